//! The words and signs that every format uses for outcomes and verdicts.

use crate::domain::{IntegrityKind, TestOutcome, Verdict};

/// All outcomes, the good one first.
pub(super) const OUTCOMES: [TestOutcome; 6] = [
    TestOutcome::Passed,
    TestOutcome::Failed,
    TestOutcome::Crashed,
    TestOutcome::TimedOut,
    TestOutcome::OutOfMemory,
    TestOutcome::NotRun,
];

/// In words.
pub(super) fn outcome(outcome: TestOutcome) -> &'static str {
    match outcome {
        TestOutcome::Passed => "passed",
        TestOutcome::Failed => "failed",
        TestOutcome::Crashed => "crashed",
        TestOutcome::TimedOut => "timed out",
        TestOutcome::OutOfMemory => "out of memory",
        TestOutcome::NotRun => "not run",
    }
}

/// As the JSON writes it.
pub(super) fn outcome_key(outcome: TestOutcome) -> &'static str {
    match outcome {
        TestOutcome::Passed => "passed",
        TestOutcome::Failed => "failed",
        TestOutcome::Crashed => "crashed",
        TestOutcome::TimedOut => "timed_out",
        TestOutcome::OutOfMemory => "out_of_memory",
        TestOutcome::NotRun => "not_run",
    }
}

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

/// In words.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Graded => "graded",
        Verdict::CandidateFault => "cannot be graded",
        Verdict::AuthorFault => "challenge is broken",
        Verdict::InfraFault => "machine failed, not scored",
    }
}

/// As the JSON writes it.
pub(super) fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Graded => "graded",
        Verdict::CandidateFault => "candidate_fault",
        Verdict::AuthorFault => "author_fault",
        Verdict::InfraFault => "infra_fault",
    }
}

/// In words.
pub(super) fn integrity(kind: IntegrityKind) -> &'static str {
    match kind {
        IntegrityKind::LeftoverProcesses => "processes left running",
        IntegrityKind::OutputCapped => "output above the cap",
        IntegrityKind::ProtocolViolation => "broke the protocol",
        IntegrityKind::UnexpectedExit => "unexpected exit",
        IntegrityKind::ContainerReplaced => "container replaced",
        IntegrityKind::NetworkRefused => "reached for the network",
        IntegrityKind::CanarySeen => "sent the hidden files' mark",
        IntegrityKind::HiddenLeak => "a hidden test sent the hidden files' mark",
    }
}

/// As the JSON writes it.
pub(super) fn integrity_key(kind: IntegrityKind) -> &'static str {
    match kind {
        IntegrityKind::LeftoverProcesses => "leftover_processes",
        IntegrityKind::OutputCapped => "output_capped",
        IntegrityKind::ProtocolViolation => "protocol_violation",
        IntegrityKind::UnexpectedExit => "unexpected_exit",
        IntegrityKind::ContainerReplaced => "container_replaced",
        IntegrityKind::NetworkRefused => "network_refused",
        IntegrityKind::CanarySeen => "canary_seen",
        IntegrityKind::HiddenLeak => "hidden_leak",
    }
}
