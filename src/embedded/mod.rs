//! What the program carries along: the files under `images/`, as they were when it was built.
//!
//! Images and candidates' packages are made of the same bytes, so the visible tests run on a laptop
//! with the very plugin that runs the hidden ones.

mod images;

pub use images::{file, package};
