use std::collections::BTreeMap;

use tokio::time::Instant;

use super::{lane::LaneSummary, plan::GradeRequest};
use crate::{
    challenge::{Challenge, Limits, SuiteLock},
    domain::{
        Digest, Engine, Fault, LimitsUsed, Provenance, REPORT_SCHEMA, Report, Resources, Verdict,
    },
    grade::{self, Observed, UnknownTest},
};

/// A report without its result: everything that is known whatever the verdict will be.
pub(super) fn frame(
    request: &GradeRequest,
    engine: &Engine,
    begun: Instant,
    summary: Option<&LaneSummary>,
) -> Report {
    let mut report =
        empty(&request.challenge, &request.submission.name, &request.grading_id, request.seed);
    report.provenance.submission_sha256 = Some(request.submission.sha256);
    report.provenance.engine = Some(engine.clone());
    report.resources.wall_ms = begun.elapsed().as_millis() as u64;
    if let Some(summary) = summary {
        report.resources.cpu_ms = summary.spent.cpu_ms;
        report.resources.peak_memory_bytes = summary.spent.peak_bytes;
        report.provenance.image_digest = summary.image_digest.clone();
        report.integrity = summary.notes.clone();
        report.integrity.iter_mut().for_each(|note| note.detail = grade::plain(&note.detail));
    }
    report
}

/// The report of a submission that was never run: a refused archive, a missing image.
pub fn not_run(
    challenge: &Challenge,
    submission: &str,
    sha256: Option<Digest>,
    seed: u64,
    verdict: Verdict,
    fault: Fault,
) -> Report {
    let id = super::plan::new_grading_id();
    let mut report = empty(challenge, submission, &id, seed);
    report.provenance.submission_sha256 = sha256;
    with_fault(report, verdict, fault)
}

/// `frame` with a result that the suite gave.
///
/// # Errors
/// [`UnknownTest`] when a test was observed that is not sealed.
pub(super) fn graded(
    mut frame: Report,
    lock: &SuiteLock,
    observed: &BTreeMap<String, Observed>,
) -> Result<Report, UnknownTest> {
    let scored = grade::score(lock, observed)?;
    frame.verdict = Verdict::Graded;
    frame.score = Some(scored.score);
    frame.capped_by = scored.capped_by;
    frame.groups = scored.groups;
    frame.tests = scored.tests;
    Ok(frame)
}

/// `frame` with the reason why there is no score, which may be a container's own words.
pub(super) fn with_fault(mut frame: Report, verdict: Verdict, mut fault: Fault) -> Report {
    frame.verdict = verdict;
    fault.message = grade::plain(&fault.message);
    if fault.message.trim().is_empty() {
        fault.message = fault.code.replace('_', " ");
    }
    frame.fault = Some(fault);
    frame
}

fn empty(challenge: &Challenge, submission: &str, grading_id: &str, seed: u64) -> Report {
    Report {
        schema: REPORT_SCHEMA,
        grading_id: grading_id.to_owned(),
        challenge: challenge.manifest.id.to_string(),
        submission: submission.to_owned(),
        verdict: Verdict::InfraFault,
        score: None,
        capped_by: None,
        groups: Vec::new(),
        tests: Vec::new(),
        resources: Resources::default(),
        timing: None,
        provenance: Provenance {
            submission_sha256: None,
            suite_sha256: Some(challenge.suite.sha256),
            image_digest: None,
            seed,
            takehome_version: env!("CARGO_PKG_VERSION").into(),
            engine: None,
            limits: Some(limits_used(&challenge.manifest.limits)),
        },
        integrity: Vec::new(),
        fault: None,
    }
}

fn limits_used(limits: &Limits) -> LimitsUsed {
    LimitsUsed {
        memory_bytes: limits.memory,
        cpus: limits.cpus,
        pids: limits.pids,
        test_timeout_s: limits.test_timeout.as_secs_f64(),
        grading_timeout_s: limits.grading_timeout.as_secs_f64(),
    }
}
