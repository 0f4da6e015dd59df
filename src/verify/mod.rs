//! Whether a hidden suite separates right from wrong: every sample graded as often as asked, and
//! compared with what its author expects; and how many changes of the reference it notices.

mod estimate;
mod load;
mod matrix;
mod mutants;
mod plan;
mod strength;
mod throughput;
mod turns;
mod verification;

pub use estimate::Estimate;
pub use load::CpuLoad;
pub use matrix::{Cell, Matrix, Row};
pub use mutants::{Mutant, mutated_files, sample, spread};
pub use plan::{Subject, SubjectKind, subjects};
pub use strength::{Fate, Judged, LEAST_PERCENT, Strength, Unclear, doubtful, equivalent};
pub use throughput::at_a_time;
pub use turns::{Repeats, Turn, turns};
pub use verification::{SuiteTime, Verification};
