//! Results as text for people. Names come from submissions: control characters never reach the
//! terminal.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use crate::domain::{Report, TestOutcome, hides};

const BAR: usize = 20;

/// One line: the score, or whose fault it is.
pub(super) fn result(report: &Report) -> String {
    match (report.score, &report.fault) {
        (Some(score), _) => format!("{} of 100", number(score)),
        // What follows the first line is the candidate's own output.
        (None, Some(fault)) => {
            let line = plain(fault.message.lines().next().unwrap_or_default());
            format!("{}: {}", report.verdict.words(), cut(&line, 200))
        }
        (None, None) => report.verdict.words().to_owned(),
    }
}

/// One report: groups with bars, then what did not pass.
pub(super) fn one(report: &Report, all_tests: bool) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} · {}", report.challenge, plain(&report.submission));
    let _ = writeln!(text, "{}", result(report));
    if let Some(test) = &report.capped_by {
        let _ = writeln!(text, "capped, because a critical test did not pass: {test}");
    }
    if let Some(fault) = &report.fault {
        for line in fault.message.lines().skip(1) {
            let _ = writeln!(text, "  {}", cut(&plain(line), 200));
        }
        let _ = writeln!(text, "what to do: {}", plain(&fault.remedy));
    }
    if !report.groups.is_empty() {
        let mut table = table(&["group", "weight", "", "passed"]);
        for group in &report.groups {
            table.add_row([
                Cell::new(&group.name),
                Cell::new(format!("{} %", group.weight)).set_alignment(CellAlignment::Right),
                Cell::new(bar(group.passed, group.total)),
                Cell::new(format!("{}/{}", group.passed, group.total))
                    .set_alignment(CellAlignment::Right),
            ]);
        }
        let _ = writeln!(text, "\n{table}");
    }
    let listed: Vec<_> = report
        .tests
        .iter()
        .filter(|test| all_tests || test.outcome != TestOutcome::Passed)
        .collect();
    if !listed.is_empty() {
        let _ = writeln!(text);
    }
    for test in listed {
        let _ = writeln!(text, "{:<13} {}  {}", test.outcome.words(), test.id, test.group);
        for line in excerpt(&plain(&test.message)) {
            // Without the bar a line could begin with a command of continuous integration (`::`).
            let _ = writeln!(text, "              │ {}", cut(line, 160));
        }
    }
    for note in &report.integrity {
        let _ = writeln!(text, "worth a look: {}", plain(&note.detail));
    }
    let resources = &report.resources;
    let _ = writeln!(
        text,
        "\n{:.1} s, {:.1} s of CPU, {} MiB at most; submission {}, seed {}",
        resources.wall_ms as f64 / 1000.0,
        resources.cpu_ms as f64 / 1000.0,
        resources.peak_memory_bytes >> 20,
        report.provenance.submission_sha256.map_or_else(|| "refused".into(), |d| d.short(12)),
        report.provenance.seed,
    );
    text
}

/// Several reports, best first.
pub(super) fn batch(reports: &[Report]) -> String {
    let mut sorted: Vec<&Report> = reports.iter().collect();
    sorted.sort_by(|a, b| {
        b.score
            .unwrap_or(-1.0)
            .total_cmp(&a.score.unwrap_or(-1.0))
            .then(a.submission.cmp(&b.submission))
    });
    let mut table =
        table(&["", "submission", "score", "groups that lost tests, or why there is no score"]);
    for (rank, report) in sorted.iter().enumerate() {
        let lost: Vec<String> = report
            .groups
            .iter()
            .filter(|group| group.passed < group.total)
            .map(|group| format!("{} {}/{}", group.name, group.passed, group.total))
            .collect();
        let why = match &report.fault {
            Some(_) => result(report),
            None => lost.join(", "),
        };
        let score = report.score.map_or_else(|| "–".into(), number);
        table.add_row([
            Cell::new(rank + 1).set_alignment(CellAlignment::Right),
            Cell::new(plain(&report.submission)),
            Cell::new(score).set_alignment(CellAlignment::Right),
            Cell::new(why),
        ]);
    }
    format!("{table}\n")
}

/// An empty table with this header, in the style of all of them.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    if table.width().is_none() {
        // A pipe has no width; a fixed one keeps logs and documents readable.
        table.set_width(120);
    }
    table
}

/// As [`table()`], never wrapped.
pub(super) fn wide(header: &[&str]) -> Table {
    let mut table = table(header);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// A score without needless zeros.
pub(super) fn number(score: f64) -> String {
    let text = format!("{score:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Text without control characters, which could move the cursor or forge a line; line breaks stay. What
/// continuous integration takes for a command anywhere in a line (`##[`, `##vso[`) is broken.
pub(super) fn plain(text: &str) -> String {
    let shown: String = text.chars().filter(|c| *c == '\n' || !hides(*c)).collect();
    shown.replace("##", "# #")
}

fn bar(passed: u32, total: u32) -> String {
    let filled = if total == 0 { 0 } else { BAR * passed as usize / total as usize };
    format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled))
}

/// The first and the last lines of a message: a traceback says at its end what went wrong.
fn excerpt(message: &str) -> Vec<&str> {
    const FIRST: usize = 4;
    const LAST: usize = 6;
    let lines: Vec<&str> = message.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() <= FIRST + LAST + 1 {
        return lines;
    }
    let end = &lines[lines.len() - LAST..];
    lines[..FIRST].iter().chain(&["…"]).chain(end).copied().collect()
}

fn cut(line: &str, chars: usize) -> String {
    match line.char_indices().nth(chars) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_direction_marks_never_reach_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c\r\nd\u{7}"), "a[2Jbc\nd");
        assert_eq!(plain("##[error]x ##vso[y]\u{2028}z\u{3164}"), "# #[error]x # #vso[y]z");
        assert_eq!(plain("Müller–Lüdenscheid’s…"), "Müller–Lüdenscheid’s…");
    }

    #[test]
    fn a_long_message_keeps_its_beginning_and_its_end() {
        let text: String = (0..40).map(|line| format!("line {line}\n\n")).collect();
        let shown = excerpt(&text);
        assert_eq!((shown.len(), shown[3], shown[4], shown[10]), (11, "line 3", "…", "line 39"));
        assert_eq!(excerpt("one\n\ntwo\n"), ["one", "two"]);
    }

    #[test]
    fn a_score_is_written_without_needless_zeros() {
        assert_eq!([number(100.0), number(62.5), number(0.0)], ["100", "62.5", "0"]);
    }
}
