use std::path::PathBuf;

use crate::domain::Verdict;

/// A solution with a known outcome, beside the challenge.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The folder's name.
    pub slug: String,
    /// The folder, which is the submission.
    pub dir: PathBuf,
    /// What the name says it is.
    pub kind: SampleKind,
    /// What must come out.
    pub expected: Expected,
}

/// What a sample's name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SampleKind {
    /// Another right solution: it must score 100.
    Correct,
    /// A solution with one known flaw.
    Wrong,
    /// A solution that attacks the grading.
    Hostile,
}

/// The `expected.toml` of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// What the sample does, in one line.
    pub summary: String,
    /// [`Verdict::Graded`] or [`Verdict::CandidateFault`].
    pub verdict: Verdict,
    /// Exactly these groups lose a test.
    pub fails: Vec<String>,
    /// The score is at most this.
    pub score_at_most: Option<f64>,
}
