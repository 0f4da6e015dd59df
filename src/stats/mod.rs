//! Statistics over the gradings of one suite: observations in, figures out. Pure: no clock, no disk, no
//! database.
//!
//! Each figure comes with the number of observations behind it, and is left out, with the reason, where
//! they do not support it. docs/statistics.md says what the figures mean and gives the sources.

mod discrimination;
mod drift;
mod figure;
mod rate;
mod sample;
mod significance;
mod summary;
mod tally;

pub use drift::{Change, Drift, NoDrift, What, drift};
pub use figure::{
    DISCRIMINATION_FROM, DRIFT_FROM, EACH_SIDE_FROM, Figure, QUARTILES_FROM, REMARK_FROM, WhyNot,
};
pub use rate::{Difference, Rate};
pub use sample::{Quartiles, Sample};
pub use significance::{LEVEL, fisher, holm};
pub use summary::{
    About, BINS, FaultOf, GroupStatistics, Occurrence, OtherSuite, Remark, STATISTICS_SCHEMA,
    ScoreSummary, Statistics, TestStatistics, bins,
};
pub use tally::Tally;
