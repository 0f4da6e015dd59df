//! From outcomes to a score, and from a score to whether a sample behaved as its author says.
//! Pure: no clock, no file, no engine.

pub mod expectation;
mod plain;
mod score;

pub use expectation::Mismatch;
pub use plain::plain;
pub use score::{Observed, Scored, UnknownTest, score};
