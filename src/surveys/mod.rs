//! From stored gradings to statistics of the suite that graded them.

mod statistics;

pub use statistics::statistics;
