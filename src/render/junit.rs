use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report as Document, TestCase, TestCaseStatus, TestSuite,
};

use super::{Entry, RenderError, Round, text};
use crate::domain::{Report, TestOutcome, TestReport};

/// JUnit XML for continuous integration: a suite for each submission, a case for each test.
///
/// A test that failed is a `failure`; one that crashed, ran out of time or memory, or did not run
/// is an `error`: nothing is `skipped`, because that would look like no loss. A submission without
/// a score is a suite with the one case `grading`, in error.
///
/// # Errors
/// [`RenderError::Junit`] when the writer refuses.
pub fn junit(round: &Round<'_>) -> Result<String, RenderError> {
    let mut document = Document::new(text::line(&format!("takehome: {}", round.title)));
    for entry in round.entries {
        document.add_test_suite(suite(entry));
    }
    Ok(document.to_string()?)
}

fn suite(entry: &Entry<'_>) -> TestSuite {
    let report = entry.report;
    let mut suite = TestSuite::new(entry.name());
    suite.set_time(Duration::from_millis(report.resources.wall_ms));
    for (name, value) in properties(report) {
        suite.add_property(Property::new(name, value));
    }
    for test in &report.tests {
        suite.add_test_case(case(test));
    }
    if let Some(fault) = &report.fault {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type(text::line(&fault.code));
        status.set_message(text::line(fault.message.lines().next().unwrap_or_default()));
        let remedy = text::visible(&fault.remedy);
        status.set_description(format!("{}\nwhat to do: {remedy}", text::visible(&fault.message)));
        let mut case = TestCase::new("grading", status);
        case.set_classname(report.verdict.key());
        suite.add_test_case(case);
    }
    suite
}

fn case(test: &TestReport) -> TestCase {
    let status = match test.outcome {
        TestOutcome::Passed => TestCaseStatus::success(),
        other => {
            let kind = match other {
                TestOutcome::Failed => NonSuccessKind::Failure,
                _ => NonSuccessKind::Error,
            };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(other.key());
            status.set_message(other.words());
            status.set_description(text::visible(&test.message));
            status
        }
    };
    let mut case = TestCase::new(text::line(&test.id), status);
    case.set_classname(text::line(&test.group));
    case.set_time(Duration::from_millis(test.duration_ms));
    case
}

fn properties(report: &Report) -> Vec<(String, String)> {
    let provenance = &report.provenance;
    let digest = |digest: Option<crate::domain::Digest>| digest.map(|digest| digest.to_string());
    let known = [
        ("challenge", Some(text::line(&report.challenge))),
        ("grading_id", Some(text::line(&report.grading_id))),
        ("verdict", Some(report.verdict.key().to_owned())),
        ("score", report.score.map(text::number)),
        ("capped_by", report.capped_by.as_deref().map(text::line)),
        ("cpu_ms", Some(report.resources.cpu_ms.to_string())),
        ("peak_memory_bytes", Some(report.resources.peak_memory_bytes.to_string())),
        ("submission_sha256", digest(provenance.submission_sha256)),
        ("suite_sha256", digest(provenance.suite_sha256)),
        ("image_digest", provenance.image_digest.as_deref().map(text::line)),
        ("seed", Some(provenance.seed.to_string())),
        ("takehome_version", Some(text::line(&provenance.takehome_version))),
    ];
    let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let notes = report.integrity.iter().map(|note| {
        let name = format!("worth_a_look.{}", note.kind.key());
        (name, text::line(&note.detail))
    });
    known.chain(notes).collect()
}
