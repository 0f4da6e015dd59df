//! Timings: a section of a submission's page, and a page of their own.

mod axis;
mod page;
mod plots;
mod view;

pub(super) use page::{Row, rows};
pub use page::{TimedSubmission, timings};
pub(super) use view::{TimingView, views};
