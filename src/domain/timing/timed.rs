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

/// Why there are no figures: a side did not do its task, or the machine or the plan is not fit for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimingFailure {
    /// Which side; neither, where it is the machine's or the plan's doing.
    pub side: Option<super::Side>,
    /// What happened instead.
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
