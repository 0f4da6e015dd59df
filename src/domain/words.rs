//! Outcomes, verdicts and notes in words for people, and as the JSON writes them.

use super::{IntegrityKind, TestOutcome, Verdict};

impl TestOutcome {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed out",
            Self::OutOfMemory => "out of memory",
            Self::NotRun => "not run",
        }
    }

    /// As the report's JSON writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::NotRun => "not_run",
        }
    }
}

impl Verdict {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Graded => "graded",
            Self::CandidateFault => "cannot be graded",
            Self::AuthorFault => "challenge is broken",
            Self::InfraFault => "machine failed, not scored",
        }
    }

    /// As the report's JSON writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Graded => "graded",
            Self::CandidateFault => "candidate_fault",
            Self::AuthorFault => "author_fault",
            Self::InfraFault => "infra_fault",
        }
    }
}

impl IntegrityKind {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::LeftoverProcesses => "processes left running",
            Self::OutputCapped => "output above the cap",
            Self::ProtocolViolation => "broke the protocol",
            Self::UnexpectedExit => "unexpected exit",
            Self::ContainerReplaced => "container replaced",
            Self::NetworkRefused => "reached for the network",
            Self::CanarySeen => "sent the hidden files' mark",
            Self::HiddenLeak => "a hidden test sent the hidden files' mark",
        }
    }

    /// As the report's JSON writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::LeftoverProcesses => "leftover_processes",
            Self::OutputCapped => "output_capped",
            Self::ProtocolViolation => "protocol_violation",
            Self::UnexpectedExit => "unexpected_exit",
            Self::ContainerReplaced => "container_replaced",
            Self::NetworkRefused => "network_refused",
            Self::CanarySeen => "canary_seen",
            Self::HiddenLeak => "hidden_leak",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_the_json_says() {
        let json = |key: &str| serde_json::Value::from(key);
        use TestOutcome::*;
        for outcome in [Passed, Failed, Crashed, TimedOut, OutOfMemory, NotRun] {
            assert_eq!(serde_json::to_value(outcome).expect("JSON"), json(outcome.key()));
        }
        use Verdict::*;
        for verdict in [Graded, CandidateFault, AuthorFault, InfraFault] {
            assert_eq!(serde_json::to_value(verdict).expect("JSON"), json(verdict.key()));
        }
        use IntegrityKind::*;
        for kind in [
            LeftoverProcesses,
            OutputCapped,
            ProtocolViolation,
            UnexpectedExit,
            ContainerReplaced,
            NetworkRefused,
            CanarySeen,
            HiddenLeak,
        ] {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), json(kind.key()));
        }
    }
}
