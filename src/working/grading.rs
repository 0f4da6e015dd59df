use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::worker::Worker;
use crate::{
    batch::{BatchError, LeasedGrading, damaged, hold, lost_too_often, ours, submission_of},
    challenge::Challenge,
    domain::{Report, Verdict},
    run::{GradeRequest, Stop},
    store::Claim,
};

/// How often a grading is tried on a machine that is not well, the runner's own tries not counted, before
/// the fault is its result: shown to the team, never to the candidate.
const ROUNDS: u32 = 5;

impl Worker<'_> {
    /// One grading, with its lease held until the result is in the store.
    #[tracing::instrument(name = "grade", skip_all)]
    pub(super) async fn grade(&self, claim: &Claim) -> Result<(), BatchError> {
        let leased = LeasedGrading { store: &*self.records.store, lease: &claim.lease };
        let held =
            hold(
                &leased,
                &self.shutdown.kill,
                |stop| async move { self.report(claim, &stop).await },
            );
        match held.await? {
            Some(report) => tracing::info!(
                target: "takehome::worker",
                grading = claim.lease.grading,
                challenge = claim.challenge,
                verdict = ?report.verdict,
                score = report.score,
                fault = report.fault.as_ref().map(|fault| fault.message.as_str()),
                wall_ms = report.resources.wall_ms,
                "graded"
            ),
            None => tracing::info!(
                target: "takehome::worker", grading = claim.lease.grading, "given back"
            ),
        }
        Ok(())
    }

    async fn report(
        &self,
        claim: &Claim,
        stop: &CancellationToken,
    ) -> Result<Result<Report, Stop>, BatchError> {
        let Some(kept) = self.library.with_suite(&claim.challenge, &claim.suite_sha256).await
        else {
            // It was there when this was claimed; whoever has it, or puts it back, goes on.
            return Ok(Err(Stop));
        };
        let challenge = kept.whole;
        if claim.exhausted {
            return Ok(Ok(lost_too_often(&challenge, claim)));
        }
        if challenge.suite.sha256 != claim.suite_sha256 {
            return Ok(Ok(suite_changed(&challenge, claim)));
        }
        let submission = match submission_of(&self.records.blobs, claim).await {
            Ok(submission) => Arc::new(submission),
            Err(message) => return Ok(Ok(damaged(&challenge, claim, message))),
        };
        for round in 1.. {
            let images = tokio::select! {
                images = self.bench.images(&challenge) => images,
                () = stop.cancelled() => return Ok(Err(Stop)),
            };
            let report = match images {
                Ok(images) => {
                    let (challenge, submission) = (challenge.clone(), submission.clone());
                    let request = GradeRequest {
                        timed: true,
                        grading_id: claim.lease.grading.clone(),
                        ..GradeRequest::new(challenge, submission, claim.seed, images)
                    };
                    match self.runner.grade(Arc::new(request), stop).await {
                        Ok(report) => report,
                        Err(Stop) => return Ok(Err(Stop)),
                    }
                }
                Err(message) => no_images(&challenge, claim, message),
            };
            if report.verdict != Verdict::InfraFault || round >= ROUNDS {
                return Ok(Ok(report));
            }
            let fault = report.fault.map(|fault| fault.message).unwrap_or_default();
            let sandbox = self.bench.sandbox();
            let waited = self.trouble.wait(round, &fault, &*sandbox, self.shutdown, stop).await;
            if waited.is_err() {
                return Ok(Err(Stop));
            }
        }
        Ok(Err(Stop))
    }
}

fn suite_changed(challenge: &Challenge, claim: &Claim) -> Report {
    let (queued, now) = (claim.suite_sha256.short(12), challenge.suite.sha256.short(12));
    let message = format!(
        "it was uploaded when the hidden suite was {queued}, and the challenge now has {now}"
    );
    let remedy = "`takehome grade --only-failed` with its batch grades it by the suite of now";
    ours(challenge, claim, Verdict::AuthorFault, "suite_changed", message, remedy)
}

fn no_images(challenge: &Challenge, claim: &Claim, message: String) -> Report {
    let remedy = "run `takehome image build`, then grade the submission again; nothing was scored";
    ours(challenge, claim, Verdict::InfraFault, "image_missing", message, remedy)
}
