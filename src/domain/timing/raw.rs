//! What was read, as it was read: enough to compute every figure again.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Two readings of one piece of work, both in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// User and system time of the process that did it, nanoseconds.
    pub cpu_ns: u64,
    /// Time on the host's monotonic clock, nanoseconds.
    pub wall_ns: u64,
}

/// A reading that no clock gives.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum BadReading {
    /// Not a number, or endless.
    #[error("a clock gave {0} seconds, which is no duration: read it again in a new process")]
    NotFinite(f64),
    /// The clock went backwards.
    #[error("a clock gave {0} seconds, so it went backwards: read a monotonic one")]
    Negative(f64),
    /// More than 64 bits of nanoseconds, which is 584 years.
    #[error("a clock gave {0} seconds, more than 584 years: the unit is wrong")]
    TooLong(f64),
}

impl Sample {
    /// From seconds, as Python's and the kernel's clocks give them.
    ///
    /// # Errors
    /// [`BadReading`] for what is negative, not finite, or does not fit.
    pub fn from_seconds(cpu: f64, wall: f64) -> Result<Self, BadReading> {
        Ok(Self { cpu_ns: nanoseconds(cpu)?, wall_ns: nanoseconds(wall)? })
    }
}

fn nanoseconds(seconds: f64) -> Result<u64, BadReading> {
    if !seconds.is_finite() {
        return Err(BadReading::NotFinite(seconds));
    }
    if seconds < 0.0 {
        return Err(BadReading::Negative(seconds));
    }
    let nanoseconds = (seconds * 1e9).round();
    // 2 to the power of 64 is exact as a float, `u64::MAX` is not.
    if nanoseconds >= 18_446_744_073_709_551_616.0 {
        return Err(BadReading::TooLong(seconds));
    }
    Ok(nanoseconds as u64)
}

/// Whose code ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The submission's.
    Candidate,
    /// The challenge's.
    Reference,
}

/// The same of either side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides<T> {
    /// Of the submission.
    pub candidate: T,
    /// Of the challenge's reference.
    pub reference: T,
}

/// Which side went first in a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The candidate, then the reference.
    Ab,
    /// The reference, then the candidate.
    Ba,
}

/// One sample of each side on the same input, one right after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Which went first.
    pub order: Order,
    /// Calls in each of the two samples.
    pub inner: u32,
    /// All these calls of the candidate.
    pub candidate: Sample,
    /// All these calls of the reference.
    pub reference: Sample,
}

/// A fresh process of each side, and the pairs that they ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessPair {
    /// `PYTHONHASHSEED` of both.
    pub hash_seed: u32,
    /// Which of the plan's sizes the inputs had.
    pub size_index: usize,
    /// What each took to import its code, once.
    pub import: Sides<Sample>,
    /// In the order in which they ran, without the discarded warm sample.
    pub pairs: Vec<Pair>,
}

/// What the host did for the sake of the figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneFacts {
    /// Cores of the host.
    pub host_cores: u32,
    /// The core to which both sides were pinned; absent where pinning was not possible.
    pub pinned_core: Option<u32>,
    /// No other timing ran, and no grading had that core.
    pub alone: bool,
    /// How long the lane had to be waited for, milliseconds.
    pub waited_ms: u64,
}

impl LaneFacts {
    /// Both sides had a core to themselves.
    pub fn is_lane(&self) -> bool {
        self.alone && self.pinned_core.is_some()
    }
}

/// The peak of anonymous memory of each side at one size, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryReading {
    /// Which of the plan's sizes the inputs had.
    pub size_index: usize,
    /// Bytes; absent where the side went over the memory limit.
    pub peak_bytes: Sides<Option<u64>>,
}

/// All that one timing read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// In the order in which they ran.
    pub process_pairs: Vec<ProcessPair>,
    /// Peaks of memory, where they were read.
    pub memory: Vec<MemoryReading>,
    /// Share of the core's time that the hypervisor gave to others meanwhile, 0 to 1; absent where the
    /// kernel does not say.
    pub steal_share: Option<f64>,
    /// What the host did for the sake of the figures.
    pub lane: LaneFacts,
}

impl Measurement {
    /// The process pairs of one size.
    pub fn of_size(&self, size_index: usize) -> impl Iterator<Item = &ProcessPair> {
        self.process_pairs.iter().filter(move |process_pair| process_pair.size_index == size_index)
    }
}
