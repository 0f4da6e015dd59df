//! What a candidate sends, made harmless: any of the accepted sources becomes one canonical tar
//! of regular files in memory. Nothing is ever extracted to disk, and nothing of the candidate's
//! is executed or consulted.

pub(crate) mod canonical;
mod folder_source;
mod intake;
mod left_out;
mod limits;
mod metered;
mod name;
mod pax;
mod refusal;
mod sniff;
mod source;
mod tar_source;
mod tree;
mod zip_end;
mod zip_source;

pub use limits::IntakeLimits;
pub use name::display as display_name;
pub use refusal::{NameRule, Refusal, SpecialKind};
pub use source::{FileEntry, Submission};
