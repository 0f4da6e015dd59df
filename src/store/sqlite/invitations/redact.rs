use crate::domain::Report;

/// A report without the candidate's own words: what the archive was called, what tests and faults
/// quote. Outcomes, counts and the score stay.
pub(super) fn redacted(mut report: Report, code: &str) -> Report {
    report.submission = code.to_owned();
    for test in &mut report.tests {
        test.message.clear();
    }
    for note in &mut report.integrity {
        note.detail.clear();
    }
    if let Some(fault) = &mut report.fault {
        fault.message = "removed with the candidate's data".into();
    }
    report
}
