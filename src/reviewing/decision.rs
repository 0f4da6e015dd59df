use serde::{Deserialize, Serialize};

/// What becomes of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They go on to the next step.
    Advance,
    /// They do not.
    Decline,
}

/// A decision. There is one an invitation, and nobody changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub outcome: Outcome,
    /// Whose it was, by name.
    pub by: String,
    /// Why, for the team.
    pub reason: String,
    /// What the candidate is told.
    pub feedback: String,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
}

impl Outcome {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Advance, Self::Decline];

    /// As the store and forms write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Advance => "advance",
            Self::Decline => "decline",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Advance => "goes on",
            Self::Decline => "does not go on",
        }
    }
}
