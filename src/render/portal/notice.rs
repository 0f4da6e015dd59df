use askama::Template;

use super::Frame;
use crate::render::{RenderError, text};

/// A page that says one thing: an error, mostly.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// What it is.
    pub heading: &'a str,
    /// What to do, in sentences.
    pub text: &'a str,
    /// What the request is called in the log.
    pub request: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    frame: Frame,
    heading: String,
    text: String,
    request: Option<&'a str>,
}

/// The page of a notice.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn notice(said: &Notice<'_>) -> Result<String, RenderError> {
    let page = NoticePage {
        frame: Frame::new(said.heading),
        heading: text::line(said.heading),
        text: text::visible(said.text),
        request: said.request,
    };
    Ok(page.render()?)
}
