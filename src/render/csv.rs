use std::collections::BTreeMap;

use csv::{QuoteStyle, WriterBuilder};

use super::{Entry, RenderError, Round, text};
use crate::domain::{GroupScore, Report, TestOutcome};

/// The columns that every file has; one more for each group follows them.
const COLUMNS: [&str; 20] = [
    "place",
    "candidate",
    "submission",
    "challenge",
    "verdict",
    "score",
    "capped_by",
    "tests_passed",
    "tests_total",
    "wall_ms",
    "cpu_ms",
    "peak_memory_bytes",
    "worth_a_look",
    "fault_code",
    "fault_message",
    "fault_remedy",
    "grading_id",
    "submission_sha256",
    "suite_sha256",
    "seed",
];

/// One row a submission, the best score first, with a header row; docs/reports.md describes the
/// columns. Several challenges follow each other, each with places of its own. Text cells are
/// quoted, on one line, and never begin as a formula does.
///
/// # Errors
/// [`RenderError::Csv`] when the writer refuses.
pub fn csv(round: &Round<'_>) -> Result<String, RenderError> {
    let groups = groups(round);
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(vec![]);
    let header = COLUMNS.iter().map(|name| (*name).to_owned());
    writer.write_record(header.chain(groups.iter().map(|name| cell(&format!("group {name}")))))?;
    let mut challenges: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in round.entries {
        challenges.entry(&entry.report.challenge).or_default().push(*entry);
    }
    for entries in challenges.values() {
        for ranked in (Round { entries, ..*round }).ranking() {
            let report = ranked.entry.report;
            let place = ranked.place.map(|place| place.to_string()).unwrap_or_default();
            let candidate = ranked.entry.candidate.map(cell).unwrap_or_default();
            let row = row(report, place, candidate);
            let shares = groups.iter().map(|name| share(report, name));
            writer.write_record(row.into_iter().chain(shares))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn row(report: &Report, place: String, candidate: String) -> [String; 20] {
    let passed = report.tests.iter().filter(|test| test.outcome == TestOutcome::Passed).count();
    let fault = report.fault.as_ref();
    let notes: Vec<&str> = report.integrity.iter().map(|note| note.kind.key()).collect();
    let provenance = &report.provenance;
    [
        place,
        candidate,
        cell(&report.submission),
        cell(&report.challenge),
        report.verdict.key().to_owned(),
        report.score.map(text::number).unwrap_or_default(),
        report.capped_by.as_deref().map(cell).unwrap_or_default(),
        passed.to_string(),
        report.tests.len().to_string(),
        report.resources.wall_ms.to_string(),
        report.resources.cpu_ms.to_string(),
        report.resources.peak_memory_bytes.to_string(),
        notes.join(" "),
        fault.map(|fault| cell(&fault.code)).unwrap_or_default(),
        fault.map(|fault| cell(&fault.message)).unwrap_or_default(),
        fault.map(|fault| cell(&fault.remedy)).unwrap_or_default(),
        cell(&report.grading_id),
        provenance.submission_sha256.map(|digest| digest.to_string()).unwrap_or_default(),
        provenance.suite_sha256.map(|digest| digest.to_string()).unwrap_or_default(),
        provenance.seed.to_string(),
    ]
}

/// The names of all groups, in the order in which they are met.
fn groups<'a>(round: &Round<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for group in round.entries.iter().flat_map(|entry| &entry.report.groups) {
        if !names.contains(&group.name.as_str()) {
            names.push(&group.name);
        }
    }
    names
}

/// The share of a group's tests that passed, in per cent; empty without a score.
fn share(report: &Report, name: &str) -> String {
    let of = |group: &GroupScore| {
        text::number(100.0 * f64::from(group.passed) / f64::from(group.total.max(1)))
    };
    report.groups.iter().find(|group| group.name == name).map(of).unwrap_or_default()
}

/// Text from outside as a cell. A spreadsheet takes what begins with one of these characters for a
/// formula; an apostrophe before it makes it text (OWASP, "CSV Injection"). Full-width forms count
/// as well, and so does a formula after blanks, which some programs drop.
pub(super) fn cell(raw: &str) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let cell = text::line(raw);
    let starts = cell.trim_start().starts_with(FORMULA) || raw.starts_with(['\t', '\r', '\n']);
    if starts { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn what_begins_as_a_formula_becomes_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            assert!(cell(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(cell("alice=1.zip"), "alice=1.zip");
        assert_eq!(cell(""), "");
    }
}
