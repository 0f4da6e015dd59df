//! From the `[limits]` table to [`Limits`]: units, ranges, and what depends on each other.

use std::{fmt::Display, ops::RangeInclusive, time::Duration};

use toml::Spanned;

use super::{
    Limits, ManifestError,
    position::Document,
    raw::RawLimits,
    units::{duration, show_duration, show_size, size},
};

/// Below this an interpreter with a few libraries does not start; above it no host follows.
const MEMORY: RangeInclusive<u64> = 64 << 20..=64 << 30;
const CPUS: RangeInclusive<f64> = 0.1..=64.0;
/// The agent and a worker need a few.
const PIDS: RangeInclusive<i64> = 8..=4096;
const WORK: RangeInclusive<u64> = 1 << 20..=16 << 30;
const INODES: RangeInclusive<i64> = 100..=10_000_000;
/// Both streams of a run travel in one frame of at most 16 MiB, as text.
const OUTPUT: RangeInclusive<u64> = 1 << 10..=4 << 20;
const TIMEOUT: RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_secs(6 * 3600);
const LANES: RangeInclusive<i64> = 1..=8;

pub(super) fn limits(document: Document<'_>, raw: &RawLimits) -> Result<Limits, ManifestError> {
    let read = Reader { document };
    let default = Limits::default();
    let limits = Limits {
        memory: read.size("memory", &raw.memory, default.memory, MEMORY)?,
        cpus: read.within("cpus", &raw.cpus, default.cpus, CPUS)?,
        pids: read.integer("pids", &raw.pids, default.pids, PIDS)?,
        work: read.size("work", &raw.work, default.work, WORK)?,
        inodes: read.integer("inodes", &raw.inodes, default.inodes, INODES)?,
        output: read.size("output", &raw.output, default.output, OUTPUT)?,
        call_timeout: read.timeout("call_timeout", &raw.call_timeout, default.call_timeout)?,
        test_timeout: read.timeout("test_timeout", &raw.test_timeout, default.test_timeout)?,
        grading_timeout: read.timeout(
            "grading_timeout",
            &raw.grading_timeout,
            default.grading_timeout,
        )?,
        lanes: read.integer("lanes", &raw.lanes, default.lanes, LANES)?,
    };
    read.consistent(&limits, raw)?;
    Ok(limits)
}

struct Reader<'a> {
    document: Document<'a>,
}

impl Reader<'_> {
    fn size(
        &self,
        key: &str,
        raw: &Option<Spanned<String>>,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ManifestError> {
        let Some(text) = raw else { return Ok(default) };
        let value = size(text.get_ref()).map_err(|message| self.error(key, text, message))?;
        self.check(key, text, value, range, show_size)
    }

    fn timeout(
        &self,
        key: &str,
        raw: &Option<Spanned<String>>,
        default: Duration,
    ) -> Result<Duration, ManifestError> {
        let Some(text) = raw else { return Ok(default) };
        let value = duration(text.get_ref()).map_err(|message| self.error(key, text, message))?;
        self.check(key, text, value, TIMEOUT, show_duration)
    }

    fn integer<T: TryFrom<i64>>(
        &self,
        key: &str,
        raw: &Option<Spanned<i64>>,
        default: T,
        range: RangeInclusive<i64>,
    ) -> Result<T, ManifestError> {
        let Some(value) = raw else { return Ok(default) };
        let checked = self.check(key, value, *value.get_ref(), range, |value| value.to_string())?;
        T::try_from(checked).map_err(|_| self.error(key, value, "out of range"))
    }

    fn within<T: PartialOrd + Copy + Display>(
        &self,
        key: &str,
        raw: &Option<Spanned<T>>,
        default: T,
        range: RangeInclusive<T>,
    ) -> Result<T, ManifestError> {
        let Some(value) = raw else { return Ok(default) };
        self.check(key, value, *value.get_ref(), range, |value| value.to_string())
    }

    fn check<T: PartialOrd + Copy, S>(
        &self,
        key: &str,
        at: &Spanned<S>,
        value: T,
        range: RangeInclusive<T>,
        show: impl Fn(T) -> String,
    ) -> Result<T, ManifestError> {
        if range.contains(&value) {
            return Ok(value);
        }
        let (value, low, high) = (show(value), show(*range.start()), show(*range.end()));
        Err(self.error(key, at, format!("{value} is not from {low} to {high}")))
    }

    /// What one limit allows must fit into what the next one does.
    fn consistent(&self, limits: &Limits, raw: &RawLimits) -> Result<(), ManifestError> {
        let pairs = [
            (
                "call_timeout",
                &raw.call_timeout,
                limits.call_timeout,
                "test_timeout",
                limits.test_timeout,
            ),
            (
                "test_timeout",
                &raw.test_timeout,
                limits.test_timeout,
                "grading_timeout",
                limits.grading_timeout,
            ),
        ];
        for (key, span, inner, outer_key, outer) in pairs {
            if inner > outer {
                let (inner, outer) = (show_duration(inner), show_duration(outer));
                let message =
                    format!("{inner} is longer than limits.{outer_key}, which is {outer}");
                return Err(self.optional_error(key, span, message));
            }
        }
        // A tmpfs counts against the memory: a larger one ends in a kill instead of ENOSPC.
        if limits.work > limits.memory {
            let (work, memory) = (show_size(limits.work), show_size(limits.memory));
            let message = format!("{work} is more than limits.memory, which is {memory}");
            return Err(self.optional_error("work", &raw.work, message));
        }
        Ok(())
    }

    fn error<S>(&self, key: &str, at: &Spanned<S>, message: impl Into<String>) -> ManifestError {
        self.document.error(format!("limits.{key}"), Some(at.span()), message)
    }

    fn optional_error<S>(
        &self,
        key: &str,
        at: &Option<Spanned<S>>,
        message: String,
    ) -> ManifestError {
        let span = at.as_ref().map(Spanned::span);
        self.document.error(format!("limits.{key}"), span, message)
    }
}
