//! Processes of ours, and whether one that is named somewhere still lives.

mod owner;

pub use owner::{Fate, Owner};
