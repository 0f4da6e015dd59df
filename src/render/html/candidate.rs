use askama::Template;

use super::page::Page;
use crate::{
    domain::{Digest, Report, Verdict},
    render::{RenderError, text},
};

/// What of a result the sender of a submission is shown, beyond that it was graded or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// The score.
    pub score: bool,
    /// The share of each group that passed, in whole per cent.
    pub groups: bool,
}

/// All that the page for a candidate knows. A test's id, message or count, captured output, seeds,
/// costs and integrity notes are not in it, so no template can show them.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateView {
    challenge: String,
    submission: String,
    sha256: Option<Digest>,
    verdict: Verdict,
    score: Option<f64>,
    groups: Vec<CandidateGroup>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct CandidateGroup {
    name: String,
    weight: u32,
    per_cent: u32,
}

impl CandidateView {
    /// What may be shown of `report`; `title` is the challenge's.
    pub fn new(title: &str, report: &Report, shown: Shown) -> Self {
        let groups = report.groups.iter().filter(|_| shown.groups).map(|group| CandidateGroup {
            name: text::line(&group.name),
            weight: group.weight,
            per_cent: 100 * group.passed / group.total.max(1),
        });
        Self {
            challenge: text::line(title),
            submission: text::line(&report.submission),
            sha256: report.provenance.submission_sha256,
            verdict: report.verdict,
            score: report.score.filter(|_| shown.score),
            groups: groups.collect(),
        }
    }

    fn headline(&self) -> &'static str {
        match self.verdict {
            Verdict::Graded => "Your submission was graded",
            Verdict::CandidateFault => "Your submission could not be graded",
            Verdict::AuthorFault | Verdict::InfraFault => "Your submission is not graded yet",
        }
    }

    fn explanation(&self) -> &'static str {
        match self.verdict {
            Verdict::Graded => "",
            Verdict::CandidateFault => {
                "It could not be opened, imported or started. Run the visible tests on the archive \
                 that you sent, unpacked into an empty folder."
            }
            Verdict::AuthorFault | Verdict::InfraFault => {
                "This is not your submission's fault, and nothing for you to do."
            }
        }
    }
}

#[derive(Template)]
#[template(path = "candidate.html")]
struct ForCandidate<'a> {
    page: Page,
    view: &'a CandidateView,
    score: String,
}

/// The page that a candidate may see.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn for_candidate(view: &CandidateView) -> Result<String, RenderError> {
    let page = Page::new(view.challenge.clone());
    let score = view.score.map(text::number).unwrap_or_default();
    Ok(ForCandidate { page, view, score }.render()?)
}
