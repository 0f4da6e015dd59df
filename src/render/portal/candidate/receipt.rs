use askama::Template;

use crate::render::{RenderError, portal::Frame, text};

/// All that the page of a receipt knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    /// The challenge's title.
    pub title: String,
    /// Where the invitation's page is.
    pub path: String,
    /// The upload's id.
    pub upload: String,
    /// From 1.
    pub attempt: u32,
    /// What the archive was called.
    pub name: String,
    /// When it had come.
    pub received: String,
    /// How large it was, for people.
    pub size: String,
    /// Digest of the bytes as they were sent.
    pub received_sha256: String,
    /// Digest of the files in their canonical form.
    pub sha256: String,
    /// The signed text.
    pub receipt: String,
}

#[derive(Template)]
#[template(path = "candidate/receipt.html")]
struct ReceiptPage<'a> {
    frame: Frame,
    view: &'a ReceiptView,
}

/// The page of a receipt.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn receipt(view: &ReceiptView) -> Result<String, RenderError> {
    let view = ReceiptView {
        title: text::line(&view.title),
        name: text::line(&view.name),
        receipt: text::visible(&view.receipt),
        ..view.clone()
    };
    let frame = Frame::new(&format!("Receipt \u{b7} {}", view.title));
    Ok(ReceiptPage { frame, view: &view }.render()?)
}
