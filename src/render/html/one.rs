use askama::Template;

use super::{files::Budget, page::Page, view::View};
use crate::render::{Entry, RenderError, text};

#[derive(Template)]
#[template(path = "one.html")]
struct One {
    page: Page,
    challenge: String,
    view: View,
}

/// The page of one submission, for reviewers. `title` is the challenge's.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn one(title: &str, entry: &Entry<'_>) -> Result<String, RenderError> {
    let challenge = text::line(title);
    let view = View::new(entry, 1, 1, Budget::of(1))?;
    let page = Page::new(format!("{} \u{b7} {challenge}", view.name));
    Ok(One { page, challenge, view }.render()?)
}
