//! Reports as text that others open: JSON, JUnit, CSV and self-contained HTML pages.
//!
//! Pure: reports, or statistics over them, in, text out; no clock, no disk, no network. Names, messages and files come from
//! candidates, so everything is made visible ([`text`]) before it is escaped for its format.

mod csv;
mod entry;
mod error;
mod footnotes;
pub mod html;
mod invitations_csv;
mod json;
mod junit;
mod letter;
mod listing;
pub mod portal;
mod sources;
mod statistics_csv;
mod text;
mod words;

pub use csv::csv;
pub use entry::{Cost, Entry, Round, SourceFile};
pub use error::RenderError;
pub use footnotes::Footnotes;
pub use invitations_csv::{InvitationRow, invitations_csv};
pub use json::{json, pretty, statistics_json};
pub use junit::junit;
pub use letter::{LetterFacts, LetterText, Occasion, Way, letter};
pub use listing::{ListingRow, listing_csv, listing_html};
pub use sources::files_of;
pub use statistics_csv::statistics_csv;
