//! Holding a lease: renewed while its work runs, until the outcome is in the store.

use std::{future::pending, time::Duration};

use async_trait::async_trait;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::BatchError;
use crate::{
    domain::Report,
    run::Stop,
    store::{Lease, Store, StoreError},
};

/// A lease outlives a machine that stalls for a while; a process that ended is not waited for.
pub const LEASE: Duration = Duration::from_secs(60);
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A result is not given up because the disk is full for a moment.
const COMMITS: u32 = 6;
const COMMIT_AGAIN: Duration = Duration::from_secs(2);

/// Something that was claimed. Every method fails as fenced once it is another's.
#[async_trait]
pub trait Leased: Send + Sync {
    /// What the work comes to.
    type Outcome: Send + Sync;

    /// Renews the lease.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn renew(&self, for_ms: u64) -> Result<(), StoreError>;

    /// Writes the outcome; the first one counts.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn finish(&self, outcome: &Self::Outcome) -> Result<(), StoreError>;

    /// Gives it back to the queue.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn give_back(&self) -> Result<(), StoreError>;
}

/// The lease of a grading.
pub struct LeasedGrading<'a> {
    /// Where it is.
    pub store: &'a dyn Store,
    /// The lease.
    pub lease: &'a Lease,
}

#[async_trait]
impl Leased for LeasedGrading<'_> {
    type Outcome = Report;

    async fn renew(&self, for_ms: u64) -> Result<(), StoreError> {
        self.store.heartbeat(self.lease, for_ms).await
    }

    async fn finish(&self, outcome: &Report) -> Result<(), StoreError> {
        self.store.complete(self.lease, outcome).await
    }

    async fn give_back(&self) -> Result<(), StoreError> {
        self.store.release(self.lease).await
    }
}

/// Does `work` while the lease is held, and writes what comes of it. `work` gets a token that is
/// cancelled with `kill`, and when the lease turns out to be another's. What was stopped is given back.
///
/// The outcome, once the store has it; none when it was given back, or another attempt's counts.
///
/// # Errors
/// What `work` fails with, or [`BatchError::Store`].
pub async fn hold<L, W, F>(
    leased: &L,
    kill: &CancellationToken,
    work: W,
) -> Result<Option<L::Outcome>, BatchError>
where
    L: Leased + ?Sized,
    W: FnOnce(CancellationToken) -> F,
    F: Future<Output = Result<Result<L::Outcome, Stop>, BatchError>>,
{
    let stop = kill.child_token();
    let stopped = stop.clone();
    let worked = async {
        match work(stopped).await? {
            Ok(outcome) => Ok(commit(leased, &outcome).await?.then_some(outcome)),
            Err(Stop) => match leased.give_back().await {
                Err(error) if !error.is_fenced() => Err(error.into()),
                _ => Ok(None),
            },
        }
    };
    tokio::select! {
        done = worked => done,
        never = renewals(leased, &stop) => never,
    }
}

/// Renews the lease; never ends. Stops the work when the lease is another's.
async fn renewals<L: Leased + ?Sized, T>(leased: &L, stop: &CancellationToken) -> T {
    loop {
        sleep(HEARTBEAT).await;
        // Any other error will show when the outcome is written.
        if let Err(error) = leased.renew(LEASE.as_millis() as u64).await
            && error.is_fenced()
        {
            stop.cancel();
            return pending().await;
        }
    }
}

/// Writes the outcome; whether it is the one that counts.
#[tracing::instrument(name = "write the result", skip_all)]
async fn commit<L: Leased + ?Sized>(leased: &L, outcome: &L::Outcome) -> Result<bool, StoreError> {
    let mut tries = 1;
    loop {
        match leased.finish(outcome).await {
            Ok(()) => return Ok(true),
            // Another attempt's result counts; nothing is lost.
            Err(error) if error.is_fenced() => return Ok(false),
            Err(StoreError::Database { .. }) if tries < COMMITS => {
                tries += 1;
                sleep(COMMIT_AGAIN).await;
            }
            Err(error) => return Err(error),
        }
    }
}
