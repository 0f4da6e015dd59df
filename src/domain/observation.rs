use std::sync::Arc;

use super::{IntegrityKind, TestOutcome, Verdict};

/// A sealed test and the group that it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TestName {
    /// The sealed id.
    pub id: String,
    /// Its group.
    pub group: String,
}

/// What one graded submission says about the suite that graded it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The tests in the report's order; the gradings of one suite share them.
    pub tests: Arc<[TestName]>,
    /// How each ended.
    pub outcomes: Vec<TestOutcome>,
    /// Wall time of each, milliseconds.
    pub durations_ms: Vec<u64>,
    /// 0 to 100.
    pub score: f64,
    /// From the submission in hand to the verdict, milliseconds.
    pub wall_ms: u64,
}

/// How often what occurred in a set of finished gradings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occurrences {
    /// Submissions that the gradings are of.
    pub submissions: u64,
    /// Submissions whose newest result is that they cannot be graded.
    pub candidate_faults: u64,
    /// Gradings by verdict.
    pub verdicts: Vec<(Verdict, u64)>,
    /// Gradings by whose fault it was, and its code; most frequent first.
    pub faults: Vec<(Verdict, String, u64)>,
    /// Submissions whose newest result has a note of this kind.
    pub integrity: Vec<(IntegrityKind, u64)>,
}
