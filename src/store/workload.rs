//! The seam's part for those who watch: what waits, what was finished, and who works.

use async_trait::async_trait;
use serde::Serialize;

use super::StoreError;
use crate::domain::Verdict;

/// What operators want to know of the queue.
#[async_trait]
pub trait Workload: Send + Sync {
    /// What waits and what runs, at this moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn load(&self) -> Result<Load, StoreError>;

    /// Gradings that were finished after the line `after` of the audit trail, up to the line `to`, in
    /// order, `most` at a time.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn finished_between(
        &self,
        after: i64,
        to: i64,
        most: u32,
    ) -> Result<Vec<FinishedLine>, StoreError>;

    /// How many uploads were taken, and how many refused, in these lines.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn uploads_between(&self, after: i64, to: i64) -> Result<(u64, u64), StoreError>;

    /// The newest line of the audit trail.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn newest_line(&self) -> Result<i64, StoreError>;

    /// A worker lives.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn worker_lives(&self, worker: &Worker) -> Result<(), StoreError>;

    /// A worker has ended.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn worker_ended(&self, owner: &str) -> Result<(), StoreError>;
}

/// A process that works on uploads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worker {
    /// Names the process, as its leases do.
    pub owner: String,
    /// How much it does at a time.
    pub slots: u32,
    /// What keeps it from working.
    pub trouble: Option<String>,
}

/// What waits and what runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Gradings that wait.
    pub gradings_queued: u64,
    /// Gradings that somebody has.
    pub gradings_running: u64,
    /// How long the oldest of those that wait has, milliseconds.
    pub oldest_grading_ms: u64,
    /// Visible checks that wait.
    pub checks_queued: u64,
    /// Visible checks that somebody has.
    pub checks_running: u64,
    /// How long the oldest of those that wait has, milliseconds.
    pub oldest_check_ms: u64,
    /// Workers that were heard of within a minute.
    pub workers: Vec<Worker>,
}

/// A grading that was finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedLine {
    /// Its line in the audit trail.
    pub seq: i64,
    /// The challenge's id.
    pub challenge: String,
    /// How it ended.
    pub verdict: Verdict,
    /// The code of its fault, where it has one.
    pub fault: Option<String>,
    /// From queued to claimed, milliseconds; none of what was never claimed.
    pub waited_ms: Option<u64>,
    /// From claimed to stored, milliseconds.
    pub held_ms: Option<u64>,
    /// What the grading itself took, milliseconds.
    pub graded_ms: u64,
}
