use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Verdict;

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Recorded; no message has left yet.
    Draft,
    /// The message has left, or was written to a folder.
    Invited,
    /// The candidate followed the link.
    Opened,
    /// The candidate has the package; a time box runs from here.
    Started,
    /// An attempt came in and has no result yet.
    Submitted,
    /// The newest attempt has a result that is the candidate's.
    Graded,
    /// Somebody reviews it.
    InReview,
    /// It was decided, and the candidate may be told.
    Decided,
    /// The candidate does not want to.
    Declined,
    /// The deadline passed and nothing came in. Never stored: it follows from deadline and clock.
    Expired,
    /// The team took it back.
    Cancelled,
    /// Closed; nothing more will happen but its purge.
    Archived,
    /// Whatever told whose it was is gone.
    Purged,
}

/// What can happen to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The invitation's message has left.
    Invite,
    /// The link was followed for the first time.
    Open,
    /// The package was fetched for the first time.
    Start,
    /// An attempt came in.
    Submit,
    /// The newest attempt got a result that is the candidate's.
    Grade,
    /// A reviewer took it up.
    Review,
    /// It was decided.
    Decide,
    /// The candidate declined.
    Decline,
    /// The team took it back.
    Cancel,
    /// The deadline moved.
    Extend,
    /// The time was multiplied.
    Accommodate,
    /// A reminder left.
    Remind,
    /// A new message with a new link left.
    Resend,
    /// It was closed.
    Archive,
    /// What told whose it was was removed.
    Purge,
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "who", content = "name")]
pub enum Actor {
    /// Somebody of the hiring team, by name.
    Team(String),
    /// The candidate, by the link.
    Candidate,
    /// The program: results of gradings, and what retention asks for.
    Program,
}

/// Why an event does not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not in this state.
    #[error("an invitation that is {} cannot be {}", .state.words(), .event.participle())]
    State {
        /// The state it is in.
        state: State,
        /// What was asked for.
        event: Event,
    },
    /// Not by this one, whatever the state.
    #[error("{actor} may not have an invitation {}", .event.participle())]
    Actor {
        /// Who asked.
        actor: &'static str,
        /// For what.
        event: Event,
    },
}

impl Refused {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::State { state: State::Expired, .. } => {
                "`takehome extend` gives it more time, and it goes on from where it was"
            }
            Self::State { state: State::Draft, .. } => {
                "its message has not left; `takehome resend` sends it"
            }
            Self::State { state: State::Purged, .. } => "nothing is left of it; send a new one",
            Self::State { state: State::Declined | State::Cancelled | State::Archived, .. } => {
                "it is closed; `takehome send` makes a new one"
            }
            Self::State { .. } => "`takehome status` says where each invitation stands",
            Self::Actor { .. } => "ask the hiring team",
        }
    }
}

impl State {
    /// All of them, in the order of a life, those beside it after `Decided`.
    pub const ALL: [Self; 13] = [
        Self::Draft,
        Self::Invited,
        Self::Opened,
        Self::Started,
        Self::Submitted,
        Self::Graded,
        Self::InReview,
        Self::Decided,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::Archived,
        Self::Purged,
    ];

    /// As the store and JSON write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Invited => "invited",
            Self::Opened => "opened",
            Self::Started => "started",
            Self::Submitted => "submitted",
            Self::Graded => "graded",
            Self::InReview => "in_review",
            Self::Decided => "decided",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Archived => "archived",
            Self::Purged => "purged",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "not sent yet",
            Self::InReview => "in review",
            other => other.key(),
        }
    }

    /// Whether an attempt is being waited for, so that the deadline can pass.
    pub fn waits(self) -> bool {
        matches!(self, Self::Invited | Self::Opened | Self::Started)
    }

    /// Whether it still stands in the way of another invitation of the same person to the same challenge.
    pub fn is_open(self) -> bool {
        self.waits()
            || matches!(self, Self::Draft | Self::Submitted | Self::Graded | Self::InReview)
    }

    /// Whether nothing more can be handed in, whatever the deadline says.
    pub fn is_over(self) -> bool {
        !self.is_open()
    }

    /// Where `event` leads from here, if `actor` may bring it about. An `Expired` that is extended or
    /// accommodated is not expired any more: `stored` says what it is again.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn after(self, event: Event, actor: &Actor, stored: Self) -> Result<Self, Refused> {
        if !event.may_be_by(actor) {
            return Err(Refused::Actor { actor: actor.words(), event });
        }
        let refused = Refused::State { state: self, event };
        let by_team = matches!(actor, Actor::Team(_));
        let next = match (event, self) {
            (Event::Invite, Self::Draft) => Self::Invited,
            (Event::Open, Self::Invited) => Self::Opened,
            (Event::Start, Self::Opened) => Self::Started,
            (Event::Submit, Self::Started | Self::Submitted | Self::Graded) => Self::Submitted,
            // What came back by mail: nobody saw the link opened or the package fetched, and whether
            // it was late is for the team to say.
            (Event::Submit, Self::Invited | Self::Opened | Self::Expired) if by_team => {
                Self::Submitted
            }
            (Event::Grade, Self::Submitted) => Self::Graded,
            (Event::Review, Self::Graded) => Self::InReview,
            (Event::Decide, Self::InReview) => Self::Decided,
            (Event::Decline, Self::Invited | Self::Opened | Self::Started) => Self::Declined,
            (
                Event::Cancel,
                Self::Draft | Self::Invited | Self::Opened | Self::Started | Self::Expired,
            ) => Self::Cancelled,
            (
                Event::Extend | Event::Accommodate,
                Self::Draft
                | Self::Invited
                | Self::Opened
                | Self::Started
                | Self::Submitted
                | Self::Expired,
            ) => stored,
            (Event::Remind, Self::Invited | Self::Opened | Self::Started) => self,
            (Event::Resend, Self::Draft | Self::Invited | Self::Opened | Self::Started) => self,
            (Event::Archive, Self::Decided | Self::Declined | Self::Expired | Self::Cancelled) => {
                Self::Archived
            }
            // Whoever asks to be forgotten is, wherever the invitation stands.
            (Event::Purge, state) if state != Self::Purged => Self::Purged,
            _ => return Err(refused),
        };
        Ok(next)
    }

    /// What the candidate is shown of it.
    pub fn for_candidate(self) -> CandidateStage {
        match self {
            Self::Draft | Self::Purged => CandidateStage::Unknown,
            Self::Invited | Self::Opened => CandidateStage::Invited,
            Self::Started => CandidateStage::Started,
            Self::Submitted | Self::Graded | Self::InReview => CandidateStage::Received,
            Self::Decided => CandidateStage::Decided,
            Self::Expired => CandidateStage::DeadlinePassed,
            Self::Declined | Self::Cancelled | Self::Archived => CandidateStage::Closed,
        }
    }
}

/// What a candidate may know of the state. Grading, review and any fault of ours look the same: the
/// submission was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateStage {
    /// As a link that never was.
    Unknown,
    /// The invitation stands.
    Invited,
    /// The package was fetched.
    Started,
    /// A submission has arrived.
    Received,
    /// There is a decision.
    Decided,
    /// Too late, unless the team gives more time.
    DeadlinePassed,
    /// Declined, taken back or over.
    Closed,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Invite,
        Self::Open,
        Self::Start,
        Self::Submit,
        Self::Grade,
        Self::Review,
        Self::Decide,
        Self::Decline,
        Self::Cancel,
        Self::Extend,
        Self::Accommodate,
        Self::Remind,
        Self::Resend,
        Self::Archive,
        Self::Purge,
    ];

    /// What a finished grading is to the invitation: a fault of the challenge or the machine is nothing,
    /// the submission waits on.
    pub fn of_verdict(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Graded | Verdict::CandidateFault => Some(Self::Grade),
            Verdict::AuthorFault | Verdict::InfraFault => None,
        }
    }

    /// As the audit trail writes it: what has been done.
    pub fn participle(self) -> &'static str {
        match self {
            Self::Invite => "invited",
            Self::Open => "opened",
            Self::Start => "started",
            Self::Submit => "submitted",
            Self::Grade => "graded",
            Self::Review => "reviewed",
            Self::Decide => "decided",
            Self::Decline => "declined",
            Self::Cancel => "cancelled",
            Self::Extend => "extended",
            Self::Accommodate => "accommodated",
            Self::Remind => "reminded",
            Self::Resend => "resent",
            Self::Archive => "archived",
            Self::Purge => "purged",
        }
    }

    fn may_be_by(self, actor: &Actor) -> bool {
        match actor {
            Actor::Team(_) => !matches!(self, Self::Open | Self::Start | Self::Grade),
            Actor::Candidate => {
                matches!(self, Self::Open | Self::Start | Self::Submit | Self::Decline)
            }
            Actor::Program => {
                matches!(
                    self,
                    Self::Invite | Self::Grade | Self::Remind | Self::Archive | Self::Purge
                )
            }
        }
    }
}

impl Actor {
    /// For people and the audit trail.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Team(_) => "the team",
            Self::Candidate => "the candidate",
            Self::Program => "the program",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Team(name) => f.write_str(name),
            other => f.write_str(other.words()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state in the columns' order below, every event a row: who may (t team, c candidate, p
    /// program), then where it leads from each state; `.` is refused.
    const STATES: &str = "dra inv ope sta sub gra rev dec dcl exp can arc pur";
    const TABLE: &str = "
        Invite      tp  inv  .   .   .   .   .   .   .   .   .   .   .   .
        Open        c    .  ope  .   .   .   .   .   .   .   .   .   .   .
        Start       c    .   .  sta  .   .   .   .   .   .   .   .   .   .
        Submit      c    .   .   .  sub sub sub  .   .   .   .   .   .   .
        Submit      t    .  sub sub sub sub sub  .   .   .  sub  .   .   .
        Grade       p    .   .   .   .  gra  .   .   .   .   .   .   .   .
        Review      t    .   .   .   .   .  rev  .   .   .   .   .   .   .
        Decide      t    .   .   .   .   .   .  dec  .   .   .   .   .   .
        Decline     tc   .  dcl dcl dcl  .   .   .   .   .   .   .   .   .
        Cancel      t   can can can can  .   .   .   .   .  can  .   .   .
        Extend      t   dra inv ope sta sub  .   .   .   .  ope  .   .   .
        Accommodate t   dra inv ope sta sub  .   .   .   .  ope  .   .   .
        Remind      tp   .  inv ope sta  .   .   .   .   .   .   .   .   .
        Resend      t   dra inv ope sta  .   .   .   .   .   .   .   .   .
        Archive     tp   .   .   .   .   .   .   .  arc arc arc arc  .   .
        Purge       tp  pur pur pur pur pur pur pur pur pur pur pur pur  .";

    fn short(state: State) -> &'static str {
        let at = State::ALL.iter().position(|one| *one == state).expect("a state");
        STATES.split(' ').nth(at).expect("a column")
    }

    #[test]
    fn every_event_leads_from_every_state_where_the_table_says_and_nowhere_else() {
        let actors =
            [('t', Actor::Team("a".into())), ('c', Actor::Candidate), ('p', Actor::Program)];
        let rows: Vec<Vec<&str>> =
            TABLE.lines().map(|line| line.split_whitespace().collect()).skip(1).collect();
        let mut seen = 0;
        for event in Event::ALL {
            for (letter, actor) in &actors {
                let row = rows
                    .iter()
                    .find(|row| row[0] == format!("{event:?}") && row[1].contains(*letter));
                for (at, state) in State::ALL.into_iter().enumerate() {
                    // What expired had been opened.
                    let stored = if state == State::Expired { State::Opened } else { state };
                    let found = state.after(event, actor, stored);
                    let expected = row.map_or(".", |row| row[2 + at]);
                    let shown = found.as_ref().map_or(".", |next| short(*next));
                    assert_eq!(shown, expected, "{event:?} of {state:?} by {actor:?}");
                    let by_actor = matches!(found, Err(Refused::Actor { .. }));
                    assert_eq!(by_actor, row.is_none(), "{event:?} of {state:?} by {actor:?}");
                    if let Err(refused) = found {
                        assert!(!refused.remedy().is_empty() && !refused.to_string().is_empty());
                    }
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 15 * 13 * 3);
    }

    #[test]
    fn a_fault_that_is_not_the_candidates_changes_nothing_and_shows_nothing() {
        assert_eq!(Event::of_verdict(Verdict::InfraFault), None);
        assert_eq!(Event::of_verdict(Verdict::AuthorFault), None);
        assert_eq!(Event::of_verdict(Verdict::CandidateFault), Some(Event::Grade));
        let shown = [State::Submitted, State::Graded, State::InReview].map(State::for_candidate);
        assert_eq!(shown, [CandidateStage::Received; 3]);
    }

    #[test]
    fn keys_are_what_json_writes() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).expect("JSON"), state.key());
        }
    }
}
