//! The loop between the queue and the runner: claim, grade, commit, then tell.

use std::{future::pending, io::Cursor, pin::pin, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{BatchError, Records};
use crate::{
    challenge::Challenge,
    domain::{Fault, Report, Verdict},
    process::Owner,
    run::{Event, GradeRequest, Listener, Runner, Shutdown, Stop, not_run},
    sandbox::ImagePair,
    store::{Ask, BatchId, Claim, Lease, MOST_LOST, StoreError},
    submission::{IntakeLimits, Submission},
};

/// A lease outlives a machine that stalls for a while; a process that ended is not waited for.
const LEASE: Duration = Duration::from_secs(60);
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often to look whether another process has finished, or lost, what is left.
const POLL: Duration = Duration::from_secs(1);
/// A result is not given up because the disk is full for a moment.
const COMMITS: u32 = 6;
const COMMIT_AGAIN: Duration = Duration::from_secs(2);

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
        let ask =
            Ask { batch: Some(self.batch), owner: Owner::this_process().to_string(), lease: LEASE };
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

    /// One grading, with heartbeats until its result is in the store.
    #[tracing::instrument(name = "grade", skip_all)]
    async fn one(&self, claim: &Claim, shared: &Shared) -> Result<(), BatchError> {
        let stop = self.shutdown.kill.child_token();
        let work = async {
            match self.report(claim, &stop).await? {
                Ok(report) => self.commit(&claim.lease, report, shared).await,
                Err(Stop) => match self.records.store.release(&claim.lease).await {
                    Err(error) if !error.is_fenced() => Err(error.into()),
                    _ => Ok(()),
                },
            }
        };
        tokio::select! {
            done = work => done,
            () = self.heartbeats(&claim.lease, &stop) => Ok(()),
        }
    }

    /// Renews the lease; never ends. Stops the grading when the lease is another's.
    async fn heartbeats(&self, lease: &Lease, stop: &CancellationToken) {
        loop {
            sleep(HEARTBEAT).await;
            // Any other error will show when the result is written.
            if let Err(error) = self.records.store.heartbeat(lease, LEASE.as_millis() as u64).await
                && error.is_fenced()
            {
                stop.cancel();
                return pending().await;
            }
        }
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
            return Ok(Ok(self.not_run(
                claim,
                "lost_too_often",
                format!(
                    "the process that graded it ended {MOST_LOST} times before there was a result"
                ),
                "see whether the machine runs out of memory, then `takehome grade --only-failed`",
            )));
        }
        match self.submission(claim).await {
            Ok(submission) => {
                let (challenge, images) = (self.challenge.clone(), self.images.clone());
                let request = GradeRequest {
                    timed: true,
                    grading_id: claim.lease.grading.clone(),
                    ..GradeRequest::new(challenge, Arc::new(submission), claim.seed, images)
                };
                Ok(self.runner.grade(Arc::new(request), stop).await)
            }
            Err(message) => Ok(Ok(self.not_run(
                claim,
                "submission_damaged",
                message,
                "run `takehome db check`, and send the archive again",
            ))),
        }
    }

    /// The kept bytes as a submission, or what is wrong with them.
    #[tracing::instrument(name = "read the submission", skip_all)]
    async fn submission(&self, claim: &Claim) -> Result<Submission, String> {
        let blobs = self.records.blobs.clone();
        let (sha256, name) = (claim.sha256, claim.original_name.clone());
        let read = tokio::task::spawn_blocking(move || {
            let tar = blobs.get(&sha256).map_err(|error| error.to_string())?;
            // Canonical already: nothing is around it, so no anchors.
            let limits = IntakeLimits::default();
            let read = Submission::from_archive(&name, Cursor::new(tar), &limits)
                .map_err(|refusal| refusal.to_fault().message)?;
            if read.sha256 == sha256 {
                Ok(read)
            } else {
                Err(format!("the kept bytes of {sha256} are not canonical"))
            }
        });
        read.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    fn not_run(&self, claim: &Claim, code: &str, message: String, remedy: &str) -> Report {
        let fault = Fault { code: code.into(), message, remedy: remedy.into() };
        let (name, sha256) = (&claim.original_name, Some(claim.sha256));
        let report = not_run(&self.challenge, name, sha256, claim.seed, Verdict::InfraFault, fault);
        Report { grading_id: claim.lease.grading.clone(), ..report }
    }

    /// Writes the result, and tells of it once that is done.
    #[tracing::instrument(name = "write the result", skip_all)]
    async fn commit(
        &self,
        lease: &Lease,
        report: Report,
        shared: &Shared,
    ) -> Result<(), BatchError> {
        let mut tries = 1;
        loop {
            match self.records.store.complete(lease, &report).await {
                Ok(()) => break,
                // Another attempt's result counts; nothing is lost.
                Err(error) if error.is_fenced() => return Ok(()),
                Err(StoreError::Database { .. }) if tries < COMMITS => {
                    tries += 1;
                    sleep(COMMIT_AGAIN).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        if (self.ends)(&report) {
            shared.halt.cancel();
        }
        let grading = report.grading_id.clone();
        (self.listener)(Event::GradingFinished { grading, report: Box::new(report) });
        Ok(())
    }
}
