use std::path::PathBuf;

use crate::{
    challenge::{Challenge, ChallengeError, Expected, SampleKind},
    domain::{Report, Verdict},
    grade::{Mismatch, expectation},
};

/// What a graded folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// The model solution.
    Reference,
    /// What the candidate gets.
    Starter,
    /// A folder without a solution.
    Empty,
    /// One of the samples.
    Sample(SampleKind),
}

impl SubjectKind {
    /// Whether it must pass every time.
    pub fn is_right(self) -> bool {
        matches!(self, Self::Reference | Self::Sample(SampleKind::Correct))
    }
}

/// Something that verification grades, with what must come out.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its name in the matrix.
    pub name: String,
    /// The submission; absent for the empty one.
    pub dir: Option<PathBuf>,
    /// What it stands for.
    pub kind: SubjectKind,
    /// One line of what it does.
    pub summary: String,
    /// What must come out, where it is stated; the starter and the empty one must only not pass.
    pub expected: Option<Expected>,
}

/// Everything that `challenge` has to be verified with, right ones first.
///
/// # Errors
/// [`ChallengeError`] when a sample's folder or expectation cannot be read.
pub fn subjects(challenge: &Challenge) -> Result<Vec<Subject>, ChallengeError> {
    let right = |summary: &str| Expected {
        summary: summary.to_owned(),
        verdict: Verdict::Graded,
        fails: Vec::new(),
        any_groups: false,
        score_at_most: None,
    };
    let mut subjects = vec![Subject {
        name: "reference".into(),
        dir: Some(challenge.dir.join("reference")),
        kind: SubjectKind::Reference,
        summary: "the model solution".into(),
        expected: Some(right("the model solution")),
    }];
    let mut samples = challenge.samples()?;
    samples.sort_by(|a, b| (a.kind, &a.slug).cmp(&(b.kind, &b.slug)));
    subjects.extend(samples.into_iter().map(|sample| Subject {
        name: sample.slug,
        dir: Some(sample.dir),
        kind: SubjectKind::Sample(sample.kind),
        summary: sample.expected.summary.clone(),
        expected: Some(sample.expected),
    }));
    let starter = challenge.dir.join("starter");
    if !starter.is_dir() {
        return Err(ChallengeError::NoStarter(starter));
    }
    subjects.push(Subject {
        name: "starter".into(),
        dir: Some(starter),
        kind: SubjectKind::Starter,
        summary: "what the candidate gets".into(),
        expected: None,
    });
    subjects.push(Subject {
        name: "empty".into(),
        dir: None,
        kind: SubjectKind::Empty,
        summary: "a folder without a solution".into(),
        expected: None,
    });
    Ok(subjects)
}

impl Subject {
    /// In which ways `report` is not what this subject must give, as lines for people.
    pub fn mismatches(&self, report: &Report) -> Vec<String> {
        if let Some(expected) = &self.expected {
            return expectation::compare(expected, report)
                .iter()
                .map(Mismatch::to_string)
                .collect();
        }
        match (report.verdict, report.score) {
            (Verdict::CandidateFault, _) => Vec::new(),
            (Verdict::Graded, Some(score)) if score < STARTER_AT_MOST => Vec::new(),
            (_, Some(score)) => vec![format!("scores {score}, must stay below {STARTER_AT_MOST}")],
            (_, None) => vec![
                report.fault.as_ref().map_or_else(|| "no result".into(), |f| f.message.clone()),
            ],
        }
    }
}

/// What a submission without work may not reach.
const STARTER_AT_MOST: f64 = 20.0;
