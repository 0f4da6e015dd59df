use askama::Template;

use super::{Opinion, Tabs, Top};
use crate::{
    domain::Report,
    render::{
        Entry, RenderError,
        html::{files::Budget, view::View},
        portal::{Frame, Line},
    },
};

/// One submission: its result and what reviewers think of it.
#[derive(Template)]
#[template(path = "team_submission.html")]
pub struct SubmissionPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The invitation.
    pub tabs: Tabs,
    /// What came in, newest first.
    pub attempts: Vec<AttemptView>,
    /// The result that counts, or that was asked for.
    pub result: Option<ShownResult>,
    /// Why there is none.
    pub waits: &'static str,
    /// What reviewers think; nothing where that may not be seen yet.
    pub opinions: Vec<Opinion>,
    /// Why there are no opinions.
    pub hidden: &'static str,
    /// Whether to write a scorecard, and what the link says.
    pub card: &'static str,
    /// Whether to decide.
    pub decide: bool,
    /// Names may be seen.
    pub names: bool,
}

/// A result in words and figures.
pub struct ShownResult {
    pub(in crate::render) view: View,
    pub(in crate::render) challenge: String,
}

/// What came in once.
#[derive(Debug)]
pub struct AttemptView {
    /// From 1.
    pub number: usize,
    /// What the archive was called, where it may be seen.
    pub name: Line,
    /// When.
    pub at: String,
    /// The digest's beginning.
    pub digest: String,
    /// What came of it.
    pub result: String,
    /// Its newest finished grading; empty without one.
    pub grading: Line,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it is the one on the page.
    pub shown: bool,
}

/// A report as the page shows it. `name` stands for whoever sent it.
///
/// # Errors
/// [`RenderError::Plot`] when a plot of a timing could not be drawn.
pub fn result(report: &Report, name: &str) -> Result<ShownResult, RenderError> {
    let entry = Entry { report, candidate: Some(name), files: &[] };
    let mut view = View::new(&entry, 1, 2, Budget::of(1))?;
    // What the archive was called stands in the list of attempts, for whom it is shown to.
    view.submission.clear();
    Ok(ShownResult { view, challenge: String::new() })
}
