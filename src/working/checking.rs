use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::worker::Worker;
use crate::{
    batch::{BatchError, Leased, hold, submission_of},
    domain::{Checked, Fault},
    run::{GradeRequest, Stop},
    store::{Checks, Claim, Lease, StoreError},
};

/// How often a check is tried on a machine that is not well; the grading will tell what it would have.
const ROUNDS: u32 = 2;

/// The lease of a check.
struct LeasedCheck<'a> {
    checks: &'a dyn Checks,
    lease: &'a Lease,
}

#[async_trait]
impl Leased for LeasedCheck<'_> {
    type Outcome = Checked;

    async fn renew(&self, for_ms: u64) -> Result<(), StoreError> {
        self.checks.renew_check(self.lease, for_ms).await
    }

    async fn finish(&self, outcome: &Checked) -> Result<(), StoreError> {
        self.checks.checked(self.lease, outcome).await
    }

    async fn give_back(&self) -> Result<(), StoreError> {
        self.checks.release_check(self.lease).await
    }
}

impl Worker<'_> {
    /// One visible check, with its lease held until the result is in the store.
    #[tracing::instrument(name = "check", skip_all)]
    pub(super) async fn check(&self, claim: &Claim) -> Result<(), BatchError> {
        let checks: &dyn Checks = &*self.records.database;
        let leased = LeasedCheck { checks, lease: &claim.lease };
        let held = hold(&leased, &self.shutdown.kill, |stop| async move {
            Ok(self.checked(claim, &stop).await)
        });
        let (grading, challenge) = (&claim.lease.grading, &claim.challenge);
        match held.await? {
            Some(Checked::Done(check)) => tracing::info!(
                target: "takehome::worker", grading, challenge,
                builds = check.builds, imports = check.imports,
                passed = check.passed(), visible = check.tests.len(), "checked"
            ),
            Some(Checked::Unavailable(fault)) => tracing::warn!(
                target: "takehome::worker", grading, challenge,
                code = fault.code, message = fault.message, "the visible tests could not be run"
            ),
            None => {}
        }
        Ok(())
    }

    async fn checked(&self, claim: &Claim, stop: &CancellationToken) -> Result<Checked, Stop> {
        let Some(kept) = self.library.with_suite(&claim.challenge, &claim.suite_sha256).await
        else {
            return Err(Stop);
        };
        if claim.exhausted {
            return Ok(unavailable("lost_too_often", "the processes that ran it ended".into()));
        }
        let challenge = match kept.visible {
            Ok(challenge) => challenge,
            Err(message) => return Ok(unavailable("no_visible_tests", message)),
        };
        let submission = match submission_of(&self.records.blobs, claim).await {
            Ok(submission) => Arc::new(submission),
            Err(message) => return Ok(unavailable("submission_damaged", message)),
        };
        for round in 1.. {
            let images = tokio::select! {
                images = self.bench.visible_images(&challenge) => images,
                () = stop.cancelled() => return Err(Stop),
            };
            let checked = match images {
                Ok(images) => {
                    let (challenge, submission) = (challenge.clone(), submission.clone());
                    let request = GradeRequest::new(challenge, submission, claim.seed, images);
                    self.runner.check(Arc::new(request), stop).await?
                }
                Err(message) => unavailable("image_missing", message),
            };
            let fault = match checked {
                Checked::Unavailable(fault) if is_the_machines(&fault) && round < ROUNDS => fault,
                checked => return Ok(checked),
            };
            let sandbox = self.bench.sandbox();
            self.trouble.wait(round, &fault.message, &*sandbox, self.shutdown, stop).await?;
        }
        Err(Stop)
    }
}

/// A suite that is broken stays so.
fn is_the_machines(fault: &Fault) -> bool {
    !fault.code.starts_with("suite_")
}

fn unavailable(code: &str, message: String) -> Checked {
    let remedy = "nothing is lost: the submission is graded all the same".into();
    Checked::Unavailable(Fault { code: code.into(), message, remedy })
}
