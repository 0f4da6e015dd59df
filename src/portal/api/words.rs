//! Words of other modules as the API's description has them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{domain::Verdict, hiring::State};

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateWord {
    Draft,
    Invited,
    Opened,
    Started,
    Submitted,
    Graded,
    InReview,
    Decided,
    Declined,
    Expired,
    Cancelled,
    Archived,
    Purged,
}

/// Whose result it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum VerdictWord {
    Graded,
    CandidateFault,
    AuthorFault,
    InfraFault,
}

impl From<State> for StateWord {
    fn from(state: State) -> Self {
        match state {
            State::Draft => Self::Draft,
            State::Invited => Self::Invited,
            State::Opened => Self::Opened,
            State::Started => Self::Started,
            State::Submitted => Self::Submitted,
            State::Graded => Self::Graded,
            State::InReview => Self::InReview,
            State::Decided => Self::Decided,
            State::Declined => Self::Declined,
            State::Expired => Self::Expired,
            State::Cancelled => Self::Cancelled,
            State::Archived => Self::Archived,
            State::Purged => Self::Purged,
        }
    }
}

impl From<StateWord> for State {
    fn from(word: StateWord) -> Self {
        Self::ALL
            .into_iter()
            .find(|state| StateWord::from(*state) == word)
            .expect("each word is of a state")
    }
}

impl From<Verdict> for VerdictWord {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Graded => Self::Graded,
            Verdict::CandidateFault => Self::CandidateFault,
            Verdict::AuthorFault => Self::AuthorFault,
            Verdict::InfraFault => Self::InfraFault,
        }
    }
}
