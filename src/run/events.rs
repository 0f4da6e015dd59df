use std::sync::Arc;

use crate::domain::{Report, TestOutcome};

/// What happens in a run, for whoever wants to show or record it.
#[derive(Debug, Clone)]
pub enum Event {
    /// A submission's turn has come.
    GradingStarted {
        /// The grading's id.
        grading: String,
        /// The submission's name.
        submission: String,
    },
    /// The suite is collected and the submission imports; tests begin.
    TestsStarted {
        /// The grading's id.
        grading: String,
        /// How many tests will run.
        total: usize,
    },
    /// One test ended.
    TestFinished {
        /// The grading's id.
        grading: String,
        /// Sealed id.
        id: String,
        /// How.
        outcome: TestOutcome,
    },
    /// An infrastructure fault; the grading starts again.
    Retrying {
        /// The grading's id.
        grading: String,
        /// What failed.
        cause: String,
        /// The attempt that begins, from 2.
        attempt: u32,
    },
    /// The report is final.
    GradingFinished {
        /// The grading's id.
        grading: String,
        /// The result.
        report: Box<Report>,
    },
}

/// Receives events, in order for one grading; called from several tasks.
pub type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// A listener that ignores everything.
pub fn silent() -> Listener {
    Arc::new(|_| {})
}
