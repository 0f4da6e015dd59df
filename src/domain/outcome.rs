use serde::{Deserialize, Serialize};

/// How one test ended. Only [`TestOutcome::Passed`] earns points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    /// Setup, call and teardown all passed.
    Passed,
    /// An assertion or another exception in the test.
    Failed,
    /// The candidate's process died.
    Crashed,
    /// A deadline passed, the agent's or the host's.
    TimedOut,
    /// The kernel killed a process of the candidate for memory.
    OutOfMemory,
    /// The test did not run, or was skipped.
    NotRun,
}

/// Whose the result is: the candidate's, or somebody's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The suite ran; the score counts.
    Graded,
    /// The submission cannot be graded: refused archive, does not import, hangs at import.
    CandidateFault,
    /// The challenge is broken; no candidate's score is touched.
    AuthorFault,
    /// The engine, an image or the disk failed; retried, never scored.
    InfraFault,
}

/// Why there is no score, in words that say what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A stable identifier such as `does_not_import`.
    pub code: String,
    /// What happened, one sentence.
    pub message: String,
    /// What to do about it, one sentence.
    pub remedy: String,
}
