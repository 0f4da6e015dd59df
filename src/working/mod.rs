//! The other half of the portal: takes up what candidates have uploaded, says what the visible tests say
//! of it, and grades it. Any number of processes may do so at once; what one of them leaves behind, the
//! next one takes up.

mod bench;
mod checking;
mod grading;
mod library;
mod patience;
mod worker;

pub use bench::{Bench, EngineBench};
pub use library::{Kept, Library};
pub use worker::{Ended, Worker};
