//! The loop between the queue and the runner: claim, grade, commit, then tell.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    BatchError, Records,
    claimed::{damaged, lost_too_often, submission_of},
    held::{LEASE, LeasedGrading, hold},
};
use crate::{
    challenge::Challenge,
    domain::Report,
    process::Owner,
    run::{Event, GradeRequest, Listener, Runner, Shutdown, Stop},
    sandbox::ImagePair,
    store::{Ask, BatchId, Claim, Which},
};

/// How often to look whether another process has finished, or lost, what is left.
const POLL: Duration = Duration::from_secs(1);

/// A batch to be worked on.
pub struct Work<'a> {
    /// Where it is.
    pub records: &'a Records,
    /// Its number.
    pub batch: BatchId,
    /// Grades; its listener should come from [`announce_after_commit`].
    pub runner: &'a Runner,
    /// The challenge.
    pub challenge: Arc<Challenge>,
    /// Its images.
    pub images: ImagePair,
    /// Gradings at a time.
    pub workers: usize,
    /// Whether a result ends the batch.
    pub ends: &'a (dyn Fn(&Report) -> bool + Sync),
    /// Hears of each result, once it is in the store.
    pub listener: Listener,
    /// Stops it.
    pub shutdown: &'a Shutdown,
}

/// A listener for a [`Runner`] whose results count only when the store has them: passes everything on
/// but the end of a grading, which [`Work`] tells.
pub fn announce_after_commit(listener: &Listener) -> Listener {
    let listener = listener.clone();
    Arc::new(move |event| match event {
        Event::GradingFinished { .. } => {}
        other => listener(other),
    })
}

/// What the workers of a batch share.
#[derive(Default)]
struct Shared {
    /// No worker begins another grading.
    halt: CancellationToken,
    /// Wakes those that wait for the others.
    ended: Notify,
}

impl Work<'_> {
    /// Works until nothing of the batch is open, or it is stopped: what runs then is finished, or,
    /// when killed, given back to the queue.
    ///
    /// # Errors
    /// [`BatchError`], after the other gradings that ran have ended.
    pub async fn run(&self) -> Result<(), BatchError> {
        let shared = Shared::default();
        let open = self.records.store.batch(self.batch).await?.open;
        self.runner.expect(usize::try_from(open).unwrap_or(usize::MAX));
        let workers = (0..self.workers.max(1)).map(|_| async {
            let done = self.worker(&shared).await;
            if done.is_err() {
                shared.halt.cancel();
            }
            done
        });
        futures_util::future::join_all(workers).await.into_iter().collect()
    }

    async fn worker(&self, shared: &Shared) -> Result<(), BatchError> {
        let (which, owner) = (Which::Batch(self.batch), Owner::this_process().to_string());
        let ask = Ask { which, owner, lease: LEASE };
        loop {
            let mut ended = pin!(shared.ended.notified());
            ended.as_mut().enable();
            if self.shutdown.drain.is_cancelled() || shared.halt.is_cancelled() {
                return Ok(());
            }
            if let Some(claim) = self.records.store.claim(&ask).await? {
                let done = self.one(&claim, shared).await;
                shared.ended.notify_waiters();
                done?;
            } else if self.records.store.batch(self.batch).await?.open == 0 {
                return Ok(());
            } else {
                // What is left is with another worker, who may yet lose it.
                tokio::select! {
                    () = ended => {}
                    () = sleep(POLL) => {}
                    () = self.shutdown.drain.cancelled() => {}
                    () = shared.halt.cancelled() => {}
                }
            }
        }
    }

    /// One grading, with heartbeats until its result is in the store; then it is told.
    #[tracing::instrument(name = "grade", skip_all)]
    async fn one(&self, claim: &Claim, shared: &Shared) -> Result<(), BatchError> {
        let leased = LeasedGrading { store: &*self.records.store, lease: &claim.lease };
        let held =
            hold(
                &leased,
                &self.shutdown.kill,
                |stop| async move { self.report(claim, &stop).await },
            );
        let Some(report) = held.await? else { return Ok(()) };
        if (self.ends)(&report) {
            shared.halt.cancel();
        }
        let grading = report.grading_id.clone();
        (self.listener)(Event::GradingFinished { grading, report: Box::new(report) });
        Ok(())
    }

    async fn report(
        &self,
        claim: &Claim,
        stop: &CancellationToken,
    ) -> Result<Result<Report, Stop>, BatchError> {
        let now = self.challenge.suite.sha256;
        if claim.suite_sha256 != now {
            return Err(BatchError::SuiteChanged { queued: claim.suite_sha256, now });
        }
        if claim.exhausted {
            return Ok(Ok(lost_too_often(&self.challenge, claim)));
        }
        match submission_of(&self.records.blobs, claim).await {
            Ok(submission) => {
                let (challenge, images) = (self.challenge.clone(), self.images.clone());
                let request = GradeRequest {
                    timed: true,
                    grading_id: claim.lease.grading.clone(),
                    ..GradeRequest::new(challenge, Arc::new(submission), claim.seed, images)
                };
                Ok(self.runner.grade(Arc::new(request), stop).await)
            }
            Err(message) => Ok(Ok(damaged(&self.challenge, claim, message))),
        }
    }
}
