use askama::Template;
use csv::{QuoteStyle, WriterBuilder};
use serde::Serialize;

use super::{RenderError, csv::cell, html::page::Page, portal::Line};

/// An invitation as the portal's list exports it. What whoever exports may not see is empty.
#[derive(Debug, Clone, Serialize)]
pub struct ListingRow {
    /// What it is called.
    pub code: String,
    /// Whom it went to.
    pub name: String,
    /// Their address.
    pub mail: String,
    /// The challenge's id.
    pub challenge: String,
    /// Where it stands.
    pub state: String,
    /// What came of it.
    pub verdict: String,
    /// The score.
    pub score: String,
    /// Submissions that came in.
    pub attempts: u32,
    /// Scorecards that are in.
    pub reviews: u32,
    /// By when, as RFC 3339 has it.
    pub deadline: String,
    /// Until when personal data are kept, likewise.
    pub kept_until: String,
}

/// The list for spreadsheets, with a header row. Text cells are quoted, on one line, and never begin as a
/// formula does.
///
/// # Errors
/// [`RenderError::Csv`] when the writer refuses.
pub fn listing_csv(rows: &[ListingRow]) -> Result<String, RenderError> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(vec![]);
    for row in rows {
        writer.serialize(ListingRow {
            name: cell(&row.name),
            mail: cell(&row.mail),
            challenge: cell(&row.challenge),
            ..row.clone()
        })?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Template)]
#[template(path = "listing.html")]
struct Listing {
    page: Page,
    rows: Vec<[Line; 11]>,
}

/// The list as a page to keep: self-contained, readable offline.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn listing_html(rows: &[ListingRow]) -> Result<String, RenderError> {
    let cells = |row: &ListingRow| {
        let (attempts, reviews) = (row.attempts.to_string(), row.reviews.to_string());
        [
            &row.code,
            &row.name,
            &row.mail,
            &row.challenge,
            &row.state,
            &row.verdict,
            &row.score,
            &attempts,
            &reviews,
            &row.deadline,
            &row.kept_until,
        ]
        .map(Line::from)
    };
    let page = Page::new("Invitations".into());
    Ok(Listing { page, rows: rows.iter().map(cells).collect() }.render()?)
}
