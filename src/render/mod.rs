//! Reports as text that others open: JSON, JUnit, CSV and self-contained HTML pages.
//!
//! Pure: reports in, text out; no clock, no disk, no network. Names, messages and files come from
//! candidates, so everything is made visible ([`text`]) before it is escaped for its format.

mod csv;
mod entry;
mod error;
pub mod html;
mod json;
mod junit;
mod text;
mod words;

pub use csv::csv;
pub use entry::{Cost, Entry, Round, SourceFile};
pub use error::RenderError;
pub use json::json;
pub use junit::junit;
