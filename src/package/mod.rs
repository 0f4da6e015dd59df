//! What an author starts from and what a candidate gets: the skeleton of a new challenge, the
//! check of a challenge's folder, and the package, which holds nothing that is hidden.
//!
//! Pure: folders in, findings or bytes out. No engine, no grading.

mod archive;
mod design;
mod finding;
mod layout;
mod leak;
mod lines;
mod lint;
mod local;
mod parts;
mod readme;
mod requirements;
mod secrets;
mod skeleton;
mod time_box;
mod tree;

pub use finding::{Finding, Rule, Severity};
pub use leak::Leak;
pub use lint::{lint, unreadable};
pub use parts::{Package, PackageError};
pub use skeleton::{Skeleton, SkeletonError};
