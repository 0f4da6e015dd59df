//! A grading that was claimed: what was sent, and reports for what cannot be run.

use std::io::Cursor;

use crate::{
    challenge::Challenge,
    domain::{Fault, Report, Verdict},
    run::not_run,
    store::{Blobs, Claim, MOST_LOST},
    submission::{IntakeLimits, Submission},
};

/// The kept bytes as a submission, or what is wrong with them.
#[tracing::instrument(name = "read the submission", skip_all)]
pub async fn submission_of(blobs: &Blobs, claim: &Claim) -> Result<Submission, String> {
    let blobs = blobs.clone();
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

/// The report of a submission whose kept bytes are no good.
pub fn damaged(challenge: &Challenge, claim: &Claim, message: String) -> Report {
    let remedy = "run `takehome db check`, and send the archive again";
    ours(challenge, claim, Verdict::InfraFault, "submission_damaged", message, remedy)
}

/// The report of a grading whose process ended too often before there was a result.
pub fn lost_too_often(challenge: &Challenge, claim: &Claim) -> Report {
    let message =
        format!("the process that graded it ended {MOST_LOST} times before there was a result");
    let remedy = "see whether the machine runs out of memory, then `takehome grade --only-failed`";
    ours(challenge, claim, Verdict::InfraFault, "lost_too_often", message, remedy)
}

/// The report of a grading that never ran, through no fault of the candidate.
pub fn ours(
    challenge: &Challenge,
    claim: &Claim,
    verdict: Verdict,
    code: &str,
    message: String,
    remedy: &str,
) -> Report {
    let fault = Fault { code: code.into(), message, remedy: remedy.into() };
    let (name, sha256) = (&claim.original_name, Some(claim.sha256));
    let report = not_run(challenge, name, sha256, claim.seed, verdict, fault);
    Report { grading_id: claim.lease.grading.clone(), ..report }
}
