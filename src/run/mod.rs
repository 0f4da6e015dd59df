//! Runs gradings and checks: drives pairs of containers, turns what they say into a report. And the
//! one container that makes mutants of a reference.

mod attempt;
mod batch;
mod candidates;
mod events;
mod faults;
mod grading;
mod judges;
mod lane;
mod link;
mod mutator;
mod notes;
mod plan;
mod report;
mod sealed;
mod timing;
mod visible;

pub use batch::{Job, Shutdown, run_batch};
pub use events::{Event, Listener, silent};
pub use grading::{Runner, Stop};
pub use mutator::{MutatorError, RawMutants, make_mutants};
pub use plan::{GradeRequest, TestOrder};
pub use report::not_run;
pub use timing::{HeldLane, LaneError, Progress as TimeProgress, TimeError, TimeRequest, time};
