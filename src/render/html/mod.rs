//! Self-contained HTML pages: readable offline, printable, complete without JavaScript.
//!
//! Each page forbids by its content security policy whatever it does not carry itself; the one
//! script is allowed by its hash. Templates escape everything but [`askama::filters::Safe`] values,
//! which only `page` and `plots` make, from text that is ours.

pub(in crate::render) mod batch;
mod candidate;
pub(in crate::render) mod colour;
pub(in crate::render) mod files;
mod heat;
mod one;
pub(in crate::render) mod page;
pub(in crate::render) mod plots;
mod statistics;
pub(in crate::render) mod timing;
pub(in crate::render) mod view;

pub use batch::batch;
pub use candidate::{CandidateView, Shown, for_candidate};
pub use one::one;
pub use statistics::statistics;
pub use timing::{TimedSubmission, timings};

use super::{RenderError, Round};

/// The page of what was asked for: of one submission where `asked` is one and it came out, of all
/// of them otherwise.
///
/// # Errors
/// As [`one()`] and [`batch()`].
pub fn page(round: &Round<'_>, asked: usize) -> Result<String, RenderError> {
    match round.entries {
        [entry] if asked == 1 => one(round.title, entry),
        _ => batch(round),
    }
}
