use serde::{Deserialize, Serialize};

/// What a reviewer may want to look at; never a part of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrityKind {
    /// Processes were still running when a scenario ended, and were killed.
    LeftoverProcesses,
    /// More output than the cap was written; the rest was dropped.
    OutputCapped,
    /// The candidate's side sent something that the protocol does not allow.
    ProtocolViolation,
    /// A worker or process ended in a way that its task does not explain.
    UnexpectedExit,
    /// The candidate's container had to be replaced.
    ContainerReplaced,
    /// Packets were sent to where there is no route: something reached out of the sandbox.
    NetworkRefused,
    /// The mark of the hidden files was in what the candidate sent: it has seen them.
    CanarySeen,
    /// A hidden test was about to send the mark of the hidden files to the candidate.
    HiddenLeak,
}

/// One observation of an [`IntegrityKind`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrityNote {
    /// What was seen.
    pub kind: IntegrityKind,
    /// One line of plain text, capped.
    pub detail: String,
}
