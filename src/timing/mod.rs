//! The statistics of timing: readings in, a ratio with its interval, a verdict and what comes next out.
//! Pure: no clock, no disk, no engine. docs/timing.md gives the protocol, the rules and their sources.
//!
//! Whoever runs the processes asks [`next_step`] what to run, runs that [`Turn`], pushes a
//! [`ProcessPair`](crate::domain::timing::ProcessPair) to the measurement, and asks again; at the end
//! [`report`] makes the `timing` part of a grading's report. [`Calibration`] finds the inner loop.

mod calibrate;
mod charge;
mod growth;
mod interval;
mod laws;
mod memory;
mod null;
mod ratio;
mod repeat;
mod report;
mod schedule;
mod stop;
mod verdict;

pub use calibrate::{Calibration, ClockStoodStill, MOST_INNER, SAMPLE_FROM_NS, SAMPLE_TO_NS};
pub use growth::growth;
pub use interval::{CONFIDENCE, EARLY_CONFIDENCE, t_quantile};
pub use memory::memory;
pub use null::null;
pub use ratio::{pair_logs, ratio};
pub use repeat::{Repeated, Repetition, repeated, shift};
pub use report::{report, summary};
pub use schedule::{BLOCK, LEAST_PAIRS, PairTurn, PairTurns, Turn};
pub use stop::{Step, next_step};
pub use verdict::{NULL_MOST, STEAL_MOST, verdict};
