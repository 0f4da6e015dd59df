//! What must survive: candidates, submissions, batches, gradings, reports and the audit trail, in
//! one database with a folder of submissions beside it; and the queue, which is a view of it.
//!
//! A grading is claimed as a lease, renewed by heartbeats and finished by the first attempt that
//! still counts. Nothing that is finished is ever changed; the database itself refuses to.

mod access;
mod blobs;
mod checks;
mod clock;
mod error;
mod hooks;
mod invitations;
mod model;
mod restore;
mod reviews;
mod sqlite;
mod team;
pub mod upkeep;
mod uploads;
mod workload;

use std::path::Path;

use async_trait::async_trait;

pub use access::{
    ANSWER_LOST_MS, ANSWERS_KEPT_MS, Access, Answer, ApiToken, NewApiToken, Once, TrailEntry, Turn,
};
pub use blobs::{BlobError, Blobs, Hold, Staged};
pub use checks::{Checking, Checks, MOST_LOST_CHECKS};
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::StoreError;
pub use hooks::{
    Attempted, Delivered, Due, EVENTS, Endpoint, Hooks, NewEndpoint, NewOrder, Partner, To,
};
pub use invitations::{
    Change, Changed, Dossier, Filter, Invitations, MessageId, NewInvitation, NewMessage, Outcome,
    Purged, Remove, Standing,
};
pub use model::{
    Ask, AuditLine, Batch, BatchId, BatchKind, BatchOptions, Claim, Content, Enqueued, Entry,
    Finished, GradedBy, Lease, NewBatch, NewEntry, Queued, Scope, Twins, Which,
};
pub use restore::{Restored, restore};
pub use reviews::{
    Attempt, Graded, ListQuery, ListRow, Listed, MarkedTwice, NewComment, NewDecision,
    NewScorecard, Order, ResultOf, Reviews, Told, TrailLine,
};
pub use sqlite::{IsGone, Pulse, SqliteStore};
pub use team::{NewAccount, NewLink, SetUp, Team};
pub use uploads::{NewUpload, Recorded, Upload, Uploads, counting};
pub use workload::{FinishedLine, Load, Worker, Workload};

use crate::domain::{Digest, Observation, Occurrences, Report};

/// How often a grading's lease may be lost (a process killed, a machine that went away) before it
/// is an infrastructure fault. A submission that takes the whole process down must not do so for
/// ever; those that were only near when it happened get their turn first.
pub const MOST_LOST: u32 = 8;

/// The records and the queue over them. One implementation a database; tests/store.rs is what each
/// has to satisfy.
#[async_trait]
pub trait Store: Send + Sync {
    /// Records a batch and queues what has to be graded, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn enqueue(&self, batch: &NewBatch) -> Result<Enqueued, StoreError>;

    /// Records the batches of one command, one a challenge, and queues what has to be graded: all of
    /// it or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn enqueue_round(&self, batches: &[NewBatch]) -> Result<Vec<Enqueued>, StoreError>;

    /// Leases the next grading: those that were lost least come first, then the candidates take
    /// turns. A lease that has expired, or whose owner has ended, is taken over.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim(&self, ask: &Ask) -> Result<Option<Claim>, StoreError>;

    /// Renews a lease.
    ///
    /// # Errors
    /// [`StoreError::Stale`] or [`StoreError::Finished`] when it is another's by now.
    async fn heartbeat(&self, lease: &Lease, for_ms: u64) -> Result<(), StoreError>;

    /// Writes the result; once this returns it survives a loss of power. The first one counts.
    ///
    /// # Errors
    /// [`StoreError::Stale`] or [`StoreError::Finished`] when this one is too late, which the audit
    /// trail keeps.
    async fn complete(&self, lease: &Lease, report: &Report) -> Result<(), StoreError>;

    /// Gives a grading back that was stopped on purpose: it is not counted as lost.
    ///
    /// # Errors
    /// As [`Store::heartbeat`].
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// A batch as a whole.
    ///
    /// # Errors
    /// [`StoreError::NoBatch`].
    async fn batch(&self, batch: BatchId) -> Result<Batch, StoreError>;

    /// The batches that were queued by one command with this one, itself among them, in order.
    ///
    /// # Errors
    /// [`StoreError::NoBatch`].
    async fn round(&self, batch: BatchId) -> Result<Vec<Batch>, StoreError>;

    /// The newest batch; the newest that is not finished, if asked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn newest(&self, unfinished: bool) -> Result<Option<Batch>, StoreError>;

    /// A batch's entries, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn entries(&self, batch: BatchId) -> Result<Vec<Entry>, StoreError>;

    /// A batch's entries, in order, with the reports of those that have one, all of one moment: what a
    /// batch's table is made of.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when a report does not parse.
    async fn results(&self, batch: BatchId) -> Result<Vec<(Entry, Option<Report>)>, StoreError>;

    /// A grading's report, once it is finished.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when it does not parse.
    async fn report(&self, grading: &str) -> Result<Option<Report>, StoreError>;

    /// The newest finished grading by a challenge of each stored submission; of one batch, if asked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn latest(
        &self,
        challenge: &str,
        batch: Option<BatchId>,
    ) -> Result<Vec<Finished>, StoreError>;

    /// Submissions of a batch whose bytes another candidate has sent for the same challenge, too.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn twins(&self, batch: BatchId) -> Result<Vec<Twins>, StoreError>;

    /// What a grading by this challenge usually takes: the mean of the last hundred, milliseconds.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn usual_ms(&self, challenge: &str) -> Result<Option<u64>, StoreError>;

    /// Every suite that has a finished grading, the one with the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn suites(&self) -> Result<Vec<GradedBy>, StoreError>;

    /// What statistics are made of, all of one moment. Gives to `each`, one after another, what every
    /// submission whose newest result is a score says about the suite; a fault of the machine or the
    /// challenge is no result, so an earlier one stands.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn survey(
        &self,
        scope: &Scope,
        each: &mut (dyn FnMut(Observation) + Send),
    ) -> Result<Occurrences, StoreError>;

    /// The two newest batches, or one or none, of submissions that came in for this suite, of which at
    /// least `least` have a score; none newer than `up_to`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn newest_of(
        &self,
        challenge: &str,
        suite: &Digest,
        up_to: Option<BatchId>,
        least: u64,
    ) -> Result<Vec<BatchId>, StoreError>;

    /// The audit trail, oldest first: of one grading, if asked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn audit(&self, grading: Option<&str>) -> Result<Vec<AuditLine>, StoreError>;

    /// Every digest that a submission names, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn contents(&self) -> Result<Vec<Digest>, StoreError>;

    /// What is wrong with the records, a line each.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn problems(&self) -> Result<Vec<String>, StoreError>;

    /// Writes a whole and consistent copy to a file that is not there yet.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn snapshot(&self, file: &Path) -> Result<(), StoreError>;

    /// Gives every record, as one JSON object each, to `each`.
    ///
    /// # Errors
    /// [`StoreError`]; what `each` returns ends it.
    async fn export(
        &self,
        each: &mut (dyn FnMut(serde_json::Value) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError>;
}
