use serde::{Deserialize, Serialize};

use super::{Fault, TestOutcome};

/// What the visible tests say of a submission: for its candidate, at once. Nothing hidden took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisibleCheck {
    /// Whether the files that the challenge asks for are there.
    pub builds: bool,
    /// Whether the modules that it asks for import.
    pub imports: bool,
    /// Why not.
    pub problem: Option<Fault>,
    /// Every visible test, by name.
    pub tests: Vec<VisibleTest>,
}

/// A visible test and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisibleTest {
    /// As pytest names it.
    pub name: String,
    /// How it ended.
    pub outcome: TestOutcome,
    /// Its first words, where it did not pass.
    pub message: String,
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "of")]
pub enum Checked {
    /// There is something to tell the candidate.
    Done(VisibleCheck),
    /// The challenge or the machine failed: for the team, never for the candidate.
    Unavailable(Fault),
}

impl VisibleCheck {
    /// How many of the tests passed.
    pub fn passed(&self) -> usize {
        self.tests.iter().filter(|test| test.outcome == TestOutcome::Passed).count()
    }
}
