//! What is known to go wrong on a machine, checked, each finding with its remedy.

mod advisories;
mod checks;

pub use advisories::{Advisory, affecting};
pub use checks::{Finding, Machine, State, examine};
