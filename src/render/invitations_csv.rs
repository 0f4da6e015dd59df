use csv::{QuoteStyle, WriterBuilder};
use serde::Serialize;

use super::{RenderError, csv::cell};

/// An invitation as tables show it. Nothing in it tells of an accommodation but the times themselves.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationRow {
    /// What it is called.
    pub code: String,
    /// Whom it went to; empty after a purge.
    pub name: String,
    /// Their address; empty after a purge.
    pub mail: String,
    /// The challenge's id.
    pub challenge: String,
    /// Where it stands.
    pub state: &'static str,
    /// By when, as RFC 3339 has it.
    pub deadline: String,
    /// How long it should take.
    pub time_box_minutes: i64,
    /// Submissions that came in.
    pub submissions: u32,
    /// What the last message was about.
    pub message: &'static str,
    /// What became of it.
    pub delivery: &'static str,
    /// When it was recorded, likewise.
    pub message_at: String,
    /// Until when personal data are kept, likewise.
    pub kept_until: String,
    /// The deadline in milliseconds since 1970; no column.
    #[serde(skip)]
    pub deadline_ms: i64,
}

/// Invitations for spreadsheets, a row each, with a header row. Text cells are quoted, on one line, and
/// never begin as a formula does.
///
/// # Errors
/// [`RenderError::Csv`] when the writer refuses.
pub fn invitations_csv(rows: &[InvitationRow]) -> Result<String, RenderError> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(vec![]);
    for row in rows {
        writer.serialize(InvitationRow {
            name: cell(&row.name),
            mail: cell(&row.mail),
            challenge: cell(&row.challenge),
            ..row.clone()
        })?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
