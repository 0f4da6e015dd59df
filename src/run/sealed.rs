//! An attempt at a grading: the suite has to be the sealed one, and what it sees becomes a score.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    attempt::{self, DIFFERS, Seen},
    grading::Runner,
    lane::LaneSummary,
    plan::GradeRequest,
    report,
};
use crate::{
    domain::{Fault, Report, Verdict},
    sandbox::SandboxError,
};

/// One attempt at a grading, from an empty machine to a report.
///
/// # Errors
/// [`SandboxError`]: no verdict can be told from it, and it may be tried again.
pub(super) async fn grade(
    runner: &Runner,
    request: Arc<GradeRequest>,
    begun: Instant,
    alone: bool,
) -> Result<Report, SandboxError> {
    let challenge = request.challenge.clone();
    let frame =
        |summary: Option<&LaneSummary>| report::frame(&request, &runner.engine, begun, summary);
    let author = |code: &str, message: String| {
        let remedy = format!(
            "the challenge's author runs `takehome challenge verify {} --seal`",
            challenge.manifest.id
        );
        let fault = Fault { code: code.into(), message, remedy };
        Ok(report::with_fault(frame(None), Verdict::AuthorFault, fault))
    };
    let Some(lock) = &challenge.lock else {
        return author("suite_not_sealed", "the hidden suite has no suite.lock".into());
    };
    if let Err(mismatch) = lock.check(&challenge.manifest, &challenge.suite) {
        return author(DIFFERS, mismatch.to_string());
    }
    let suits = |tests: &[_]| lock.check_collected(tests).map_err(|error| error.to_string());
    match attempt::see(runner, request.clone(), alone, suits).await? {
        Seen::Broken(code, message) => author(code, message),
        Seen::Unfit { fault, summary, .. } => {
            Ok(report::with_fault(frame(summary.as_ref()), Verdict::CandidateFault, fault))
        }
        Seen::Ran { observed, summary, .. } => {
            match report::graded(frame(Some(&summary)), lock, &observed) {
                Ok(report) => Ok(report),
                Err(unknown) => author(DIFFERS, unknown.to_string()),
            }
        }
    }
}
