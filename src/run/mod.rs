//! Runs gradings: drives pairs of containers, turns what they say into a report.

mod batch;
mod events;
mod grading;
mod lane;
mod link;
mod plan;
mod report;

pub use batch::{Job, Shutdown, run_batch};
pub use events::{Event, Listener, silent};
pub use grading::{Runner, Stop};
pub use plan::{GradeRequest, TestOrder};
pub use report::not_run;
