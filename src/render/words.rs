//! Outcomes in the order and with the signs that every format uses, and remarks in words.

use crate::{domain::TestOutcome, stats::Remark};

/// All outcomes, the good one first.
pub(super) const OUTCOMES: [TestOutcome; 6] = [
    TestOutcome::Passed,
    TestOutcome::Failed,
    TestOutcome::Crashed,
    TestOutcome::TimedOut,
    TestOutcome::OutOfMemory,
    TestOutcome::NotRun,
];

/// A sign that tells outcomes apart without colour.
pub(super) fn sign(outcome: TestOutcome) -> &'static str {
    match outcome {
        TestOutcome::Passed => "✓",
        TestOutcome::Failed => "✗",
        TestOutcome::Crashed => "C",
        TestOutcome::TimedOut => "T",
        TestOutcome::OutOfMemory => "M",
        TestOutcome::NotRun => "–",
    }
}

/// What is remarked of a test, in words.
pub(super) fn remark(remark: Remark) -> &'static str {
    match remark {
        Remark::EverybodyPasses => "everybody passes",
        Remark::NobodyPasses => "nobody passes",
    }
}
