//! The `timing` key of a grading's report.

use serde::{Deserialize, Serialize};

use super::{
    Clock, Doubt, Growth, LaneFacts, Measurement, MemoryGrowth, NoFigure, NullCheck, Plan, Ratio,
    TimingVerdict,
};

/// Why no more process pairs of the main size were run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All that were planned were run, and they sufficed.
    Planned,
    /// The interval lay wholly outside the band before that.
    Early,
    /// More than planned were run, until they sufficed.
    Extended,
    /// The most that the plan allows were run, and did not suffice.
    MostProcessPairs,
    /// The time was up.
    Cap,
    /// A reading that allows no figure: more of them would not help.
    Unusable,
}

impl StopReason {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Planned => "as planned",
            Self::Early => "early: the interval lay wholly outside the band",
            Self::Extended => "late: more process pairs were needed than planned",
            Self::MostProcessPairs => "at the most process pairs that the plan allows",
            Self::Cap => "when the time was up",
            Self::Unusable => "at a reading that allows no figure",
        }
    }
}

/// One timing: figures, verdict, and all that they were computed from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimingReport {
    /// For people, in one line.
    pub summary: String,
    /// Faster, same, slower or too noisy.
    pub verdict: TimingVerdict,
    /// Why it is too noisy; else empty.
    pub doubts: Vec<Doubt>,
    /// The same in words.
    pub doubts_in_words: Vec<String>,
    /// Which clock the main figure is of.
    pub clock: Clock,
    /// The main figure.
    pub ratio: Option<Ratio>,
    /// Present where there is none.
    pub why_no_ratio: Option<NoFigure>,
    /// The same from the other clock; information only.
    pub other_clock_ratio: Option<Ratio>,
    /// The reference compared with itself, on the main clock.
    pub null: Option<NullCheck>,
    /// Process pairs of the main size.
    pub process_pairs: u32,
    /// Samples of each side at the main size.
    pub samples: u32,
    /// Why no more of them were run.
    pub stopped: StopReason,
    /// Share of the core's time that the hypervisor gave to others, 0 to 1.
    pub steal_share: Option<f64>,
    /// What the host did for the sake of the figures.
    pub lane: LaneFacts,
    /// How time grows with the size, where the plan has several.
    pub growth: Option<Growth>,
    /// Present where it has several and there is no growth.
    pub why_no_growth: Option<NoFigure>,
    /// How memory grows with the size, where it was read at several.
    pub memory: Option<MemoryGrowth>,
    /// Present where it was read and there is no growth.
    pub why_no_memory: Option<NoFigure>,
    /// What was to be measured.
    pub plan: Plan,
    /// What was read: every figure can be computed again from this and the plan.
    pub measurement: Measurement,
}
