//! What a second grading of the same bytes changed, and why.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::domain::{Report, TestOutcome};

/// Two gradings of the same submission.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// Whose.
    pub candidate: String,
    /// The earlier report.
    pub before: Report,
    /// The later one.
    pub after: Report,
    /// What was not the same.
    pub causes: Vec<Cause>,
    /// Tests that ended in another way, by id.
    pub tests: Vec<TestChange>,
}

/// Something that has to be the same for the result to be the same, and was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Which: `suite`, `image`, `seed`, `version`, `limits` or `engine`.
    pub what: &'static str,
    /// As it was.
    pub before: String,
    /// As it is.
    pub after: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} → {}", self.what, self.before, self.after)
    }
}

/// A test that ended in another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestChange {
    /// Its id.
    pub id: String,
    /// How it ended; absent where the suite did not have it, or nothing was graded.
    pub before: Option<TestOutcome>,
    /// How it ends now, likewise.
    pub after: Option<TestOutcome>,
}

impl Change {
    /// Compares two reports.
    pub fn new(candidate: String, before: Report, after: Report) -> Self {
        let (causes, tests) = (causes(&before, &after), tests(&before, &after));
        Self { candidate, before, after, causes, tests }
    }

    /// Whether the result is another one.
    pub fn is_other(&self) -> bool {
        self.before.verdict != self.after.verdict
            || self.before.score != self.after.score
            || !self.tests.is_empty()
    }
}

fn causes(before: &Report, after: &Report) -> Vec<Cause> {
    let (old, new) = (&before.provenance, &after.provenance);
    let digest = |digest: &Option<_>| match digest {
        Some(digest) => crate::domain::Digest::short(digest, 12),
        None => "none".to_owned(),
    };
    let image = |image: &Option<String>| match image {
        Some(image) => image.trim_start_matches("sha256:").chars().take(12).collect(),
        None => "none".to_owned(),
    };
    let json = |value: serde_json::Result<String>| value.unwrap_or_default();
    let mut causes = Vec::new();
    let mut compare = |what, differs: bool, before: String, after: String| {
        if differs {
            causes.push(Cause { what, before, after });
        }
    };
    let (a, b) = (digest(&old.suite_sha256), digest(&new.suite_sha256));
    compare("suite", old.suite_sha256 != new.suite_sha256, a, b);
    let (a, b) = (image(&old.image_digest), image(&new.image_digest));
    compare("image", old.image_digest != new.image_digest, a, b);
    compare("seed", old.seed != new.seed, old.seed.to_string(), new.seed.to_string());
    let (a, b) = (old.takehome_version.clone(), new.takehome_version.clone());
    compare("version", a != b, a, b);
    let (a, b) = (&old.limits, &new.limits);
    compare("limits", a != b, json(serde_json::to_string(a)), json(serde_json::to_string(b)));
    let engine = |report: &Report| match &report.provenance.engine {
        Some(engine) => format!("{} on {}", engine.version, engine.kernel),
        None => "none".to_owned(),
    };
    compare("engine", old.engine != new.engine, engine(before), engine(after));
    causes
}

fn tests(before: &Report, after: &Report) -> Vec<TestChange> {
    let mut outcomes: BTreeMap<&str, [Option<TestOutcome>; 2]> = BTreeMap::new();
    for (place, report) in [before, after].into_iter().enumerate() {
        for test in &report.tests {
            outcomes.entry(&test.id).or_default()[place] = Some(test.outcome);
        }
    }
    outcomes
        .into_iter()
        .filter(|(_, [before, after])| before != after)
        .map(|(id, [before, after])| TestChange { id: id.to_owned(), before, after })
        .collect()
}
