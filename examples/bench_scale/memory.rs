//! How much memory this process has, and whether it grows.

use std::{fs, path::Path};

use anyhow::{Context as _, bail};
use serde::Serialize;

const KIB: u64 = 1024;

/// What the kernel says of this process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Gradings that were finished by then.
    pub gradings: u64,
    /// Anonymous memory that is resident, bytes: what the program itself holds, without files.
    pub anonymous_bytes: u64,
}

/// Resident anonymous memory, bytes.
///
/// # Errors
/// The kernel does not tell (Linux before 4.14), or says what is not understood.
pub fn anonymous_bytes() -> anyhow::Result<u64> {
    from_proc("/proc/self/smaps_rollup", "Anonymous:")
}

/// The highest resident memory that the kernel has seen, files included, bytes.
///
/// # Errors
/// As [`anonymous_bytes`].
pub fn peak_bytes() -> anyhow::Result<u64> {
    from_proc("/proc/self/status", "VmHWM:")
}

fn from_proc(file: &str, field: &str) -> anyhow::Result<u64> {
    let text = fs::read_to_string(Path::new(file)).with_context(|| format!("read {file}"))?;
    kib_of(&text, field).with_context(|| format!("{file} has no {field}"))
}

/// The bytes of a line such as `Anonymous:   512 kB`.
fn kib_of(text: &str, field: &str) -> anyhow::Result<u64> {
    let Some(rest) = text.lines().find_map(|line| line.strip_prefix(field)) else {
        bail!("no line begins with it")
    };
    let number = rest.trim().strip_suffix("kB").context("it is not in kB")?;
    Ok(number.trim().parse::<u64>()? * KIB)
}

/// What the samples come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Growth {
    /// After the first gradings that were looked at, bytes.
    pub first_bytes: u64,
    /// After all of them, bytes.
    pub last_bytes: u64,
    /// The highest of all samples, bytes.
    pub most_bytes: u64,
    /// Gradings before the slope begins.
    pub warm_up: u64,
    /// Bytes more by a thousand gradings, by least squares over what is after the warm-up; absent
    /// where fewer than three samples are.
    pub slope_bytes: Option<f64>,
}

impl Growth {
    /// Of samples in order; `None` without one.
    pub fn of(samples: &[Sample], warm_up: u64) -> Option<Self> {
        let after: Vec<(f64, f64)> = samples
            .iter()
            .filter(|sample| sample.gradings >= warm_up)
            .map(|sample| (sample.gradings as f64 / 1000.0, sample.anonymous_bytes as f64))
            .collect();
        Some(Self {
            first_bytes: samples.first()?.anonymous_bytes,
            last_bytes: samples.last()?.anonymous_bytes,
            most_bytes: samples.iter().map(|sample| sample.anonymous_bytes).max()?,
            warm_up,
            slope_bytes: slope(&after),
        })
    }
}

fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    if points.len() < 3 {
        return None;
    }
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let (x, y) = (x / count, y / count);
    let over: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let under: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    (under > 0.0).then(|| over / under)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(figures: &[(u64, u64)]) -> Vec<Sample> {
        figures
            .iter()
            .map(|&(gradings, anonymous_bytes)| Sample { gradings, anonymous_bytes })
            .collect()
    }

    #[test]
    fn a_line_of_the_kernels_is_read_and_anything_else_is_said_not_to_be() {
        let text = "Rss:      1780 kB\nAnonymous:       112 kB\nAnonHugePages:    0 kB\n";
        assert_eq!(kib_of(text, "Anonymous:").expect("a figure"), 112 * KIB);
        for (text, field) in
            [("Rss: 1 kB\n", "Anonymous:"), ("Rss: 1 MB", "Rss:"), ("Rss: x kB", "Rss:")]
        {
            assert!(kib_of(text, field).is_err(), "{text}");
        }
    }

    #[test]
    fn memory_that_is_held_is_seen() {
        let before = anonymous_bytes().expect("a figure");
        let held = vec![1_u8; 64 << 20];
        let after = anonymous_bytes().expect("a figure");
        assert!(after >= before + (32 << 20), "{before} {after}");
        assert!(peak_bytes().expect("a figure") >= after / 2);
        drop(held);
    }

    #[test]
    fn the_slope_is_that_after_the_warm_up() {
        // It doubles at first, then grows by 10 bytes a thousand.
        let seen = samples(&[(0, 100), (500, 900), (1000, 1000), (2000, 1010), (3000, 1020)]);
        let growth = Growth::of(&seen, 1000).expect("figures");
        assert_eq!((growth.first_bytes, growth.last_bytes, growth.most_bytes), (100, 1020, 1020));
        assert!((growth.slope_bytes.expect("a slope") - 10.0).abs() < 1e-6, "{growth:?}");
        let peak = samples(&[(1000, 50), (2000, 90), (3000, 40)]);
        assert_eq!(Growth::of(&peak, 0).expect("figures").most_bytes, 90);
        assert_eq!(Growth::of(&seen, 2000).expect("figures").slope_bytes, None, "two say nothing");
        assert_eq!(Growth::of(&[], 0), None);
    }
}
