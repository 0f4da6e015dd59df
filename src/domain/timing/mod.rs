//! The words of timing: what was read, what was planned, what was found. the module `timing` computes the
//! last from the first two; docs/timing.md says what each word means.

mod figures;
mod plan;
mod raw;
mod report;
mod timed;
mod verdict;
mod words;

pub use figures::{
    Growth, GrowthLaw, MemoryGrowth, MemorySize, MemoryTrend, NoFigure, NullCheck, Ratio,
    SideGrowth, SizeTimes, Slope,
};
pub use plan::{BadPlan, Clock, Plan};
pub use raw::{
    BadReading, LaneFacts, Measurement, MemoryReading, Order, Pair, ProcessPair, Sample, Side,
    Sides,
};
pub use report::{StopReason, TimingReport};
pub use timed::{Ideal, PlanTiming, TimingFailure};
pub use verdict::{Doubt, TimingVerdict};
