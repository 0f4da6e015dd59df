//! What verification found, for people.

use std::fmt::Write as _;

use super::table;
use crate::verify::{Fate, Matrix, Row, Strength, SuiteTime, Unclear, Verification, spread};

/// How many lost tests of a sample are quoted.
const REASONS: usize = 5;

/// One challenge's result as plain text, to be read or pasted.
pub(super) fn render(verification: &Verification) -> String {
    let matrix = &verification.matrix;
    let mut text = table_of(matrix);
    for row in &matrix.rows {
        for (mismatch, count) in &row.mismatches {
            let _ = writeln!(text, "{}: {mismatch} ({count} of {})", row.subject, row.repeats);
        }
        for (test, message) in row.reasons.iter().take(REASONS) {
            let message = table::plain(first_line(message));
            let _ = writeln!(text, "{}: lost {test}: {message}", row.subject);
        }
        if let Some(more) = row.reasons.len().checked_sub(REASONS).filter(|more| *more > 0) {
            let _ = writeln!(text, "{}: and {more} more; --format json has all", row.subject);
        }
        for (test, outcomes) in &row.flaky {
            let seen: Vec<String> = outcomes
                .iter()
                .map(|(outcome, count)| format!("{} {count}", outcome.words()))
                .collect();
            let seen = seen.join(", ");
            let _ = writeln!(text, "{}: flaky: {test}: {seen} of {}", row.subject, row.repeats);
        }
    }
    if matrix.missing > 0 {
        let _ = writeln!(text, "{} gradings were not done", matrix.missing);
    }
    if let Some(time) = &verification.suite_time {
        text.push_str(&suite_time(time));
    }
    if let Some(strength) = &verification.mutation {
        text.push_str(&mutation(&matrix.challenge, strength));
    }
    text.push_str(if verification.holds {
        "everything is as expected\n"
    } else {
        "not everything is as expected\n"
    });
    text
}

/// The matrix: `✓` whole, `✗` lost as it must, `!` not as expected.
fn table_of(matrix: &Matrix) -> String {
    let mut header = vec!["sample", "score"];
    header.extend(matrix.groups.iter().map(String::as_str));
    header.extend(["as expected", "wall"]);
    // As wide as it needs: a matrix whose names wrap cannot be read.
    let mut rows = table::wide(&header);
    for row in &matrix.rows {
        let mut cells = vec![row.subject.clone(), score(row)];
        for group in &matrix.groups {
            let cell = row.groups.get(group).cloned().unwrap_or_default();
            cells.push(match (cell.whole, cell.lost) {
                (0, 0) => String::new(),
                (_, 0) if cell.must_lose == Some(true) => "! ✓".into(),
                (0, _) if cell.must_lose == Some(false) => "! ✗".into(),
                (_, 0) => "✓".into(),
                (0, _) => "✗".into(),
                (whole, lost) if cell.must_lose.is_none() => format!("✓{whole} ✗{lost}"),
                (whole, lost) => format!("! ✓{whole} ✗{lost}"),
            });
        }
        cells.push(format!("{} of {}", row.as_expected, row.repeats));
        cells.push(format!("{:.0} s", row.wall_ms as f64 / 1000.0));
        rows.add_row(cells);
    }
    format!(
        "{}: {} samples, {} gradings\n{rows}\n✓ lost no test  ✗ lost a test, as it must or may  ! not as expected\n",
        matrix.challenge,
        matrix.rows.len(),
        matrix.rows.iter().map(|row| row.repeats).sum::<u32>(),
    )
}

fn score(row: &Row) -> String {
    match row.scores {
        Some((low, high)) if low == high => table::number(low),
        Some((low, high)) => format!("{}–{}", table::number(low), table::number(high)),
        None => row.verdicts.keys().next().map_or("–", |verdict| verdict.words()).into(),
    }
}

fn suite_time(time: &SuiteTime) -> String {
    let mut text = format!(
        "suite over the reference, alone: {:.1} s (at most {} s)\n",
        time.wall_ms as f64 / 1000.0,
        time.limit_ms as f64 / 1000.0,
    );
    if !time.holds() {
        text.push_str(
            "warning: the suite takes too long; --strict-time makes this an error. On a machine that \
             does other work, measure again\n",
        );
    }
    text
}

fn mutation(challenge: &str, strength: &Strength) -> String {
    if let Some(reason) = &strength.unmeasured {
        return format!("mutants: not measured: {reason}\n");
    }
    let graded = strength.killed + strength.survived;
    let percent = strength.percent.map_or("none".into(), |share| format!("{share:.1} %"));
    let sampled: Vec<_> = strength.mutants.iter().map(|one| one.mutant.clone()).collect();
    let (files, kinds) = spread(&sampled);
    let mut text = format!(
        "mutants: {} of {graded} killed: {percent} (at least {} %)\n  sample of {} with seed {}, of {} \
         possible, in {files} files by {kinds} kinds of change; {} equivalent\n",
        strength.killed,
        strength.least_percent,
        sampled.len(),
        strength.seed,
        strength.possible,
        strength.equivalent,
    );
    for survivor in strength.survivors() {
        let _ = writeln!(text, "{} survived {}", survivor.place(), survivor.operator);
        text.push_str(&diff(&survivor.original, &survivor.mutated));
    }
    if strength.survived > 0 {
        let _ = writeln!(
            text,
            "a survivor needs a test, or its lines and the reason in {challenge}/equivalent-mutants.toml"
        );
    }
    for one in &strength.mutants {
        if let Fate::NotGraded { reason } = &one.fate {
            let reason = table::plain(reason);
            let _ = writeln!(text, "{} was not graded: {reason}", one.mutant.place());
        }
    }
    for Unclear { entry, lines } in &strength.unclear {
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "warning: equivalent-mutants.toml: {} means lines {} of {}: an `after` in it says which: {}",
            entry.operator,
            lines.join(", "),
            entry.file,
            first_line(&entry.original),
        );
    }
    for entry in &strength.stale {
        let line = first_line(&entry.original);
        let _ = writeln!(
            text,
            "warning: equivalent-mutants.toml: {} makes no such mutant of {} any more: {line}",
            entry.operator, entry.file,
        );
    }
    text
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

/// Removed and added lines, plain.
fn diff(original: &str, mutated: &str) -> String {
    let marked = |mark: char, lines: &str| {
        table::plain(lines).lines().map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    marked('-', original) + &marked('+', mutated)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::*;
    use crate::{
        domain::{TestOutcome, Verdict},
        verify::Cell,
    };

    fn row(subject: &str, whole: u32, lost: u32, must_lose: impl Into<Option<bool>>) -> Row {
        let must_lose = must_lose.into();
        Row {
            subject: subject.into(),
            summary: String::new(),
            repeats: whole + lost,
            as_expected: if must_lose == Some(false) { whole } else { lost },
            scores: Some((
                if lost > 0 { 40.0 } else { 100.0 },
                if whole > 0 { 100.0 } else { 40.0 },
            )),
            verdicts: BTreeMap::from([(Verdict::Graded, whole + lost)]),
            groups: BTreeMap::from([("sums".into(), Cell { whole, lost, must_lose })]),
            wall_ms: 4200,
            mismatches: BTreeMap::new(),
            reasons: BTreeMap::new(),
            flaky: BTreeMap::new(),
        }
    }

    fn verification(rows: Vec<Row>, wall_ms: u64, strength: Option<Strength>) -> Verification {
        let matrix =
            Matrix { challenge: "x".into(), groups: vec!["sums".into()], rows, missing: 0 };
        let time = SuiteTime::new(wall_ms, Duration::from_secs(30));
        Verification::new(matrix, Some(time), strength, false)
    }

    #[test]
    fn repeats_without_loss_are_counted() {
        let rows = vec![
            row("reference", 20, 0, false),
            row("wrong-a", 0, 1, true),
            row("hostile-b", 0, 1, None),
        ];
        let text = render(&verification(rows, 18_240, None));
        assert!(text.starts_with("x: 3 samples, 22 gradings\n"), "{text}");
        let cells = |name: &str| {
            let line = text.lines().find(|line| line.contains(name)).expect("a row");
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(cells("reference"), "│ reference 100 ✓ 20 of 20 4 s │");
        assert_eq!(cells("wrong-a"), "│ wrong-a 40 ✗ 1 of 1 4 s │");
        assert_eq!(cells("hostile-b"), "│ hostile-b 40 ✗ 1 of 1 4 s │");
        assert!(text.ends_with(
            "suite over the reference, alone: 18.2 s (at most 30 s)\neverything is as expected\n"
        ));
    }

    #[test]
    fn a_flaky_test_is_named_with_what_it_did_and_a_slow_suite_warned_of() {
        let mut wavering = row("reference", 19, 1, false);
        let outcomes = BTreeMap::from([(TestOutcome::Passed, 19), (TestOutcome::TimedOut, 1)]);
        wavering.flaky.insert("test_a.py::test_b".into(), outcomes);
        wavering.mismatches.insert("loses sums".into(), 1);
        for test in 1..=7 {
            wavering.reasons.insert(format!("test_a.py::test_{test}"), "1 != 2\nmore".into());
        }
        let text = render(&verification(vec![wavering], 31_000, None));
        for line in [
            "reference: loses sums (1 of 20)",
            "reference: lost test_a.py::test_5: 1 != 2",
            "reference: and 2 more; --format json has all",
            "reference: flaky: test_a.py::test_b: passed 19, timed out 1 of 20",
            "suite over the reference, alone: 31.0 s (at most 30 s)",
            "not everything is as expected",
        ] {
            assert!(text.lines().any(|found| found == line), "{line:?} is not in\n{text}");
        }
        assert!(text.contains("warning: the suite takes too long; --strict-time"), "{text}");
    }

    #[test]
    fn a_strength_that_was_not_measured_says_why_and_does_not_hold() {
        let strength = Strength::unmeasured(1, "the reference itself does not pass");
        let text = render(&verification(vec![row("reference", 1, 0, false)], 1, Some(strength)));
        assert!(text.ends_with(
            "mutants: not measured: the reference itself does not pass\n\
             not everything is as expected\n"
        ));
    }
}
