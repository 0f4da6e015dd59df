//! The seam's part for visible checks: what an upload's candidate is told at once.

use async_trait::async_trait;

use super::{Ask, Claim, Lease, StoreError};
use crate::domain::Checked;

/// How often a check's lease may be lost before nobody tries it again: it only tells what the grading
/// will show anyway.
pub const MOST_LOST_CHECKS: u32 = 3;

/// Checks of uploads. One is asked for when an upload's grading is queued, and named by that grading.
#[async_trait]
pub trait Checks: Send + Sync {
    /// Leases the next check, as [`Store::claim`](super::Store::claim) does with gradings. Checks are
    /// made for uploads only, so of `ask.which` the challenges count.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_check(&self, ask: &Ask) -> Result<Option<Claim>, StoreError>;

    /// Renews its lease.
    ///
    /// # Errors
    /// [`StoreError::Stale`] or [`StoreError::Finished`] when it is another's by now.
    async fn renew_check(&self, lease: &Lease, for_ms: u64) -> Result<(), StoreError>;

    /// Writes what came of it. The first one counts.
    ///
    /// # Errors
    /// As [`Checks::renew_check`].
    async fn checked(&self, lease: &Lease, checked: &Checked) -> Result<(), StoreError>;

    /// Gives it back.
    ///
    /// # Errors
    /// As [`Checks::renew_check`].
    async fn release_check(&self, lease: &Lease) -> Result<(), StoreError>;

    /// The check that belongs to a grading; none where nobody asked for one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn check_of(&self, grading: &str) -> Result<Option<Checking>, StoreError>;
}

/// Where a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checking {
    /// Nobody has begun.
    Waiting,
    /// A worker has it.
    Running,
    /// It is over. A fault of ours is for the team and never for the candidate.
    Done(Checked),
}
