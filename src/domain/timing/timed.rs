use serde::{Deserialize, Serialize};

use super::{Sides, TimingReport};

/// One plan of a challenge, carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanTiming {
    /// The plan's name.
    pub name: String,
    /// What it measures, in one line.
    pub summary: String,
    /// What sizes count, such as `rows`.
    pub unit: String,
    /// What it was compared with: `reference`, or the name of the other submission.
    pub against: String,
    /// Figures and verdict; nothing where a side did not do its task.
    pub report: Option<TimingReport>,
    /// Why there are none.
    pub failed: Option<TimingFailure>,
    /// The wall time below which nobody can be, as far as the driver knows it.
    pub ideal: Option<Ideal>,
    /// Percentiles 50, 95 and 99 of a request's time, microseconds, median over processes; information
    /// only.
    pub latency_us: Option<Sides<[u64; 3]>>,
}

/// A side that did not do its task while it was timed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimingFailure {
    /// Which.
    pub side: super::Side,
    /// What it did instead.
    pub message: String,
}

/// How far each side is from what is possible, at the main size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ideal {
    /// Median of the wall time below which nobody can be, seconds.
    pub seconds: f64,
    /// Median of each side's wall time as a multiple of it.
    pub times: Sides<f64>,
}
