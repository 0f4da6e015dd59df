//! The seam's part for what the team reads and writes about submissions.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    domain::{Digest, Verdict},
    hiring::{Code, State},
    reviewing::{
        Account, AccountId, Comment, Decision, Mark, Outcome, Pair, Recommendation, Scorecard,
        Words,
    },
};

/// Lists, scorecards, comments, decisions and the trail.
#[async_trait]
pub trait Reviews: Send + Sync {
    /// A page of the invitations that fit, and how many fit in all. `viewer` says whose scorecards count
    /// as the own ones.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn listed(&self, query: &ListQuery, viewer: AccountId) -> Result<Listed, StoreError>;

    /// How many invitations are in each state now; to one challenge, if asked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn tallies(&self, challenge: Option<&str>) -> Result<Vec<(State, u32)>, StoreError>;

    /// The challenges that anybody was invited to.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn invited_to(&self) -> Result<Vec<String>, StoreError>;

    /// What came in under an invitation's code, newest first, each with its gradings, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn attempts(&self, code: &Code) -> Result<Vec<Attempt>, StoreError>;

    /// The grading whose result counts.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`].
    async fn counting(&self, code: &Code) -> Result<Option<String>, StoreError>;

    /// The scorecards of an invitation, drafts included, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn scorecards(&self, code: &Code) -> Result<Vec<Scorecard>, StoreError>;

    /// Keeps a scorecard as a draft, or hands it in. The first one takes the invitation into review.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`], [`StoreError::Refused`] where there is nothing to review,
    /// [`StoreError::Outdated`] when it was kept from elsewhere meanwhile, [`StoreError::CardIsIn`].
    async fn keep_scorecard(
        &self,
        code: &Code,
        card: &NewScorecard,
        by: &Account,
    ) -> Result<Scorecard, StoreError>;

    /// Remarks about lines of these bytes, in the order of files and lines.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn comments(&self, code: &Code, sha256: &Digest) -> Result<Vec<Comment>, StoreError>;

    /// A remark about a line.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`], also where the invitation has no submission of these bytes.
    async fn comment(
        &self,
        code: &Code,
        comment: &NewComment,
        by: &Account,
    ) -> Result<i64, StoreError>;

    /// Takes back one's own remark.
    ///
    /// # Errors
    /// [`StoreError::NoComment`] where it is not there, or somebody else's.
    async fn remove_comment(&self, code: &Code, id: i64, by: &Account) -> Result<(), StoreError>;

    /// The decision about an invitation.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn decision(&self, code: &Code) -> Result<Option<Decision>, StoreError>;

    /// Decides, once.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`], [`StoreError::Refused`] where it is not in review,
    /// [`StoreError::Outdated`].
    async fn decide(&self, code: &Code, new: &NewDecision, by: &Account) -> Result<(), StoreError>;

    /// The marks of each two reviewers of a challenge, by criterion, where both scorecards are in and by
    /// the same rubric. For a `viewer`, only of what is decided or has the viewer's own scorecard.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn marked_twice(
        &self,
        challenge: &str,
        viewer: Option<AccountId>,
    ) -> Result<Vec<MarkedTwice>, StoreError>;

    /// What counts of each invitation to a challenge, for plots: score, wall time and CPU time.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn results_of(&self, challenge: &str) -> Result<Vec<ResultOf>, StoreError>;

    /// The audit trail, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn told(&self, ask: &Told) -> Result<Vec<TrailLine>, StoreError>;

    /// How many gradings wait, and how many are at work.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn progress(&self) -> Result<(u32, u32), StoreError>;
}

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest invitation first.
    #[default]
    Newest,
    /// The nearest deadline first.
    Deadline,
    /// The best score first; those without one last.
    Score,
    /// By name; only for whom names are shown to.
    Name,
}

/// Which invitations, and which page of them.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// In this state, expired included.
    pub state: Option<State>,
    /// To this challenge.
    pub challenge: Option<String>,
    /// With this in the code; in name or address, too, where `names` is set.
    pub text: Option<String>,
    /// Whether the search looks at names and addresses.
    pub names: bool,
    /// Only those that the viewer has no scorecard of that is in, and that are to be reviewed.
    pub to_review: bool,
    /// Only those that were kept for longer than was said.
    pub overdue: bool,
    /// Sorted.
    pub order: Order,
    /// Left out at the beginning.
    pub skip: u32,
    /// At most so many.
    pub limit: u32,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its rows.
    pub rows: Vec<ListRow>,
    /// How many fit in all.
    pub total: u32,
}

/// An invitation as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// What it is called.
    pub code: Code,
    /// Whom it went to; none after a purge.
    pub name: Option<String>,
    /// Their address.
    pub mail: Option<String>,
    /// The challenge's id.
    pub challenge: String,
    /// Where it stands, expired included.
    pub state: State,
    /// By when, milliseconds since 1970.
    pub deadline_ms: i64,
    /// Until when personal data are kept, likewise.
    pub kept_until_ms: i64,
    /// Submissions that came in.
    pub received: u32,
    /// The result that counts.
    pub verdict: Option<Verdict>,
    /// Its score.
    pub score: Option<f64>,
    /// Scorecards that are in.
    pub cards: u32,
    /// Whether the viewer's is in.
    pub own_card: bool,
}

/// What came in once.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// What the archive was called. It may tell whose it is.
    pub original_name: String,
    /// The canonical archive; none where it was refused.
    pub sha256: Option<Digest>,
    /// When, milliseconds since 1970.
    pub received_ms: i64,
    /// Whether its bytes were erased.
    pub erased: bool,
    /// Its gradings by the challenge, newest first.
    pub gradings: Vec<Graded>,
}

/// One grading of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// Its id.
    pub id: String,
    /// `queued`, `leased` or `done`.
    pub state: String,
    /// What came of it.
    pub verdict: Option<Verdict>,
    /// Its score.
    pub score: Option<f64>,
    /// When it was done, milliseconds since 1970.
    pub finished_ms: Option<i64>,
}

/// A scorecard to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScorecard {
    /// The version that its writer has seen; none for the first.
    pub version: Option<u32>,
    /// What was looked at.
    pub grading: Option<String>,
    /// The rubric that was marked by.
    pub rubric: Digest,
    /// As far as they are given.
    pub marks: Vec<Mark>,
    /// What they would do.
    pub recommendation: Option<Recommendation>,
    /// About all of it.
    pub words: Words,
    /// It is handed in and does not change any more.
    pub hand_in: bool,
    /// Its writer knows no name.
    pub blind: bool,
}

/// A remark to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// Which bytes.
    pub sha256: Digest,
    /// The file.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// What.
    pub words: Words,
}

/// A decision to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// The version of the invitation that whoever decides has seen.
    pub version: u32,
    /// What.
    pub outcome: Outcome,
    /// Why, for the team.
    pub reason: Words,
    /// What the candidate is told.
    pub feedback: Words,
}

/// Two reviewers' marks of one criterion, always the older account's first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedTwice {
    /// The two, by name.
    pub between: (String, String),
    /// The criterion's key.
    pub criterion: String,
    /// The marks.
    pub pair: Pair,
}

/// A result that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultOf {
    /// The invitation.
    pub code: Code,
    /// What came of it.
    pub verdict: Verdict,
    /// The score.
    pub score: Option<f64>,
    /// From the submission in hand to the verdict, milliseconds.
    pub wall_ms: u64,
    /// CPU time of the candidate's side, milliseconds.
    pub cpu_ms: u64,
}

/// Which lines of the trail.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Of this invitation.
    pub code: Option<Code>,
    /// With this action.
    pub action: Option<String>,
    /// With this in the actor.
    pub actor: Option<String>,
    /// Older than this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A line of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailLine {
    /// Grows by the order of events.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// What happened.
    pub action: String,
    /// Who did it, where it was somebody.
    pub actor: Option<String>,
    /// To which invitation.
    pub code: Option<String>,
    /// To which grading.
    pub grading: Option<String>,
    /// More of it.
    pub detail: String,
}
