use crate::{
    domain::Verdict,
    hiring::{Code, State},
    store::Standing,
};

/// How far a candidate has come, as every system that orders assessments knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Asked for; nothing was begun.
    Sent,
    /// Begun, or waiting for its result.
    Started,
    /// There is a result.
    Complete,
    /// Nothing will come of it: declined, expired, taken back, forgotten.
    Closed,
}

/// What other systems are told of an invitation, whatever they call it. An adapter writes this in its
/// system's words; it has no candidate's name, no file and no test.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Which invitation.
    pub invitation: Code,
    /// To which challenge.
    pub challenge: String,
    /// How far it has come.
    pub progress: Progress,
    /// 0 to 100, once there is a result: what cannot be graded by its own fault has none of its points.
    pub score: Option<f64>,
    /// More about it in one word: the state of the invitation.
    pub state: State,
    /// Submissions that came in.
    pub submissions: u32,
    /// By when it was or is due, milliseconds since 1970.
    pub deadline_ms: i64,
}

impl Assessment {
    /// What an invitation is to them. A fault of ours is no result: it looks like waiting.
    pub fn of(standing: &Standing) -> Self {
        let progress = match standing.state {
            State::Draft | State::Invited | State::Opened => Progress::Sent,
            State::Started | State::Submitted => Progress::Started,
            State::Graded | State::InReview | State::Decided => Progress::Complete,
            // What was closed after its result keeps it.
            State::Archived | State::Purged if standing.result.is_some() => Progress::Complete,
            State::Declined
            | State::Expired
            | State::Cancelled
            | State::Archived
            | State::Purged => Progress::Closed,
        };
        let score = match standing.result {
            Some((Verdict::Graded, score)) => score,
            Some((Verdict::CandidateFault, _)) => Some(0.0),
            _ => None,
        };
        Self {
            invitation: standing.invitation.code.clone(),
            challenge: standing.invitation.challenge.clone(),
            progress,
            score: score.filter(|_| progress == Progress::Complete),
            state: standing.state,
            submissions: standing.received,
            deadline_ms: standing.invitation.terms.deadline_ms(),
        }
    }
}
