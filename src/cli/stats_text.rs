//! Statistics as tables for people. Names come from challenges: control characters never reach the
//! terminal.

use std::fmt::{Display, Write as _};

use comfy_table::{Cell, CellAlignment, Table};

use super::{
    batch::counted,
    table::{self, number},
};
use crate::{
    domain::{TestOutcome, Verdict},
    render::Footnotes,
    stats::{Change, Drift, Figure, Quartiles, Rate, Remark, Statistics, What},
};

const RIGHT: CellAlignment = CellAlignment::Right;
/// Tests that changed most in the table; JSON names all.
const CHANGES_SHOWN: usize = 10;

/// All of it: what was looked at, distributions, groups, tests, changes, how often what occurred, and why
/// something is not shown.
pub(super) fn text(statistics: &Statistics) -> String {
    let mut notes = Footnotes::default();
    let mut text = head(statistics);
    let tables = [
        distributions(statistics, &mut notes),
        groups(statistics, &mut notes),
        tests(statistics, &mut notes),
    ];
    for table in tables.iter().filter(|table| !table.is_empty()) {
        let _ = writeln!(text, "\n{table}");
    }
    text.push_str(&remarks(statistics));
    text.push_str(&match (&statistics.drift, &statistics.no_drift) {
        (Some(drift), _) => changed(drift),
        (None, Some(why)) => format!("\nbatches were not compared: {why}\n"),
        (None, None) => String::new(),
    });
    let _ = writeln!(text, "\n{}", occurrences(statistics));
    for (number, why) in (1..).zip(notes.reasons()) {
        let _ = writeln!(text, "[{number}] {why}");
    }
    text
}

fn head(statistics: &Statistics) -> String {
    let about = &statistics.about;
    let of = match about.batch {
        Some(batch) => format!("batch {batch}"),
        None => "the newest result of each submission".into(),
    };
    let mut text = format!(
        "{} · suite {} · {of}\n{} of {}: {} graded",
        line(&about.challenge),
        about.suite_sha256.short(12),
        counted(number_of(statistics.gradings), "grading"),
        counted(number_of(statistics.submissions), "submission"),
        statistics.graded,
    );
    for (count, what) in [
        (statistics.candidate_faults, "cannot be graded"),
        (statistics.without_result, "without a result"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text.push('\n');
    if !about.other_suites.is_empty() {
        let others = about.other_suites.iter().map(|other| {
            let gradings = counted(number_of(other.gradings), "grading");
            format!("{} ({gradings})", other.suite_sha256.short(12))
        });
        let others: Vec<String> = others.collect();
        let _ = writeln!(text, "other suites, nothing of which is in here: {}", others.join(", "));
    }
    text
}

fn number_of(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn distributions(statistics: &Statistics, notes: &mut Footnotes) -> Table {
    let mut table = table::table(&["", "mean", "least", "¼", "median", "¾", "most", "n"]);
    let mean = figure(&statistics.score.mean, notes, |mean| number(*mean));
    let rows = [
        ("score", mean, &statistics.score.quartiles, 1.0),
        ("wall time of a grading, s", String::new(), &statistics.wall_ms, 1000.0),
    ];
    for (name, mean, quartiles, unit) in rows {
        let parts: [fn(&Quartiles) -> f64; 5] =
            [|of| of.least, |of| of.lower, |of| of.median, |of| of.upper, |of| of.most];
        let parts = parts.map(|part| figure(quartiles, notes, |of| number(part(of) / unit)));
        let cells = [mean].into_iter().chain(parts).chain([quartiles.n.to_string()]);
        table.add_row([Cell::new(name)].into_iter().chain(cells.map(right)));
    }
    table
}

fn groups(statistics: &Statistics, notes: &mut Footnotes) -> Table {
    let mut table =
        table::table(&["group", "tests", "mean share passed", "pass all of it", "share (95 %)"]);
    for group in &statistics.groups {
        table.add_row([
            Cell::new(line(&group.name)),
            right(group.tests),
            right(figure(&group.mean_share, notes, |mean| hundredths(*mean))),
            right(of(group.passed_whole)),
            right(share(group.passed_whole)),
        ]);
    }
    table
}

/// Tests below their groups, which would cost each row its width.
fn tests(statistics: &Statistics, notes: &mut Footnotes) -> Table {
    let mut table = table::table(&[
        "test",
        "passed",
        "difficulty (95 %)",
        "discrimination",
        "ms at ¼, ½, ¾",
        "n",
    ]);
    let mut above = None;
    for test in &statistics.tests {
        if above.replace(&test.group) != Some(&test.group) {
            table.add_row([format!("{}:", line(&test.group))]);
        }
        let times = |of: &Quartiles| [of.lower, of.median, of.upper].map(number).join(" / ");
        table.add_row([
            Cell::new(line(&test.id)),
            right(of(test.difficulty)),
            right(share(test.difficulty)),
            right(figure(&test.discrimination, notes, |value| hundredths(*value))),
            right(figure(&test.duration_ms, notes, times)),
            right(test.duration_ms.n),
        ]);
    }
    table
}

fn remarks(statistics: &Statistics) -> String {
    let mut text = String::new();
    for (remark, says) in
        [(Remark::EverybodyPasses, "everybody passes"), (Remark::NobodyPasses, "nobody passes")]
    {
        let of = statistics.tests.iter().filter(|test| test.remark == Some(remark));
        for test in of {
            let _ = writeln!(text, "worth a look: {says} {}", line(&test.id));
        }
    }
    text
}

/// All groups, and the tests that differ most.
fn changed(drift: &Drift) -> String {
    let Drift { earlier, later, earlier_n, later_n, compared, .. } = drift;
    let mut text = format!(
        "\nbatch {earlier} ({earlier_n} graded) and batch {later} ({later_n} graded, of candidates \
         who were not in batch {earlier}):\n"
    );
    let mut table = table::table(&["", "earlier", "later", "difference (95 %)", "p (Holm)", ""]);
    let is = |what| move |change: &&Change| change.what == what;
    let groups = drift.changes.iter().filter(is(What::Group));
    let mut tests: Vec<&Change> =
        drift.changes.iter().filter(is(What::Test)).filter(|change| change.differs).collect();
    tests.sort_by(|a, b| a.p.total_cmp(&b.p));
    for change in groups.chain(tests.iter().copied().take(CHANGES_SHOWN)) {
        let name = match change.what {
            What::Group => format!("all of {}", line(&change.name)),
            What::Test => line(&change.name),
        };
        let [from, to] = change.difference.interval.map(hundredths);
        table.add_row([
            Cell::new(name),
            right(of(change.earlier)),
            right(of(change.later)),
            right(format!("{} ({from} to {to})", hundredths(change.difference.value))),
            right(if change.p_holm < 0.001 {
                "< 0.001".to_owned()
            } else {
                format!("{:.3}", change.p_holm)
            }),
            Cell::new(if change.differs { "differs" } else { "" }),
        ]);
    }
    if tests.len() > CHANGES_SHOWN {
        table.add_row([format!("and {} more tests", tests.len() - CHANGES_SHOWN)]);
    }
    let differing = drift.changes.iter().filter(|change| change.differs).count();
    let says = match differing {
        0 => format!("none of {compared} groups and tests differs by more than chance explains"),
        1 => format!("1 of {compared} groups and tests differs by more than chance explains"),
        some => {
            format!("{some} of {compared} groups and tests differ by more than chance explains")
        }
    };
    let _ = writeln!(text, "{table}\n{says}");
    text
}

fn occurrences(statistics: &Statistics) -> Table {
    let mut table = table::table(&["how often", "", "count", "share (95 %)"]);
    let mut add = |what: &str, kind: String, rate: Rate| {
        table.add_row([Cell::new(what), Cell::new(kind), right(of(rate)), right(share(rate))]);
    };
    for seen in &statistics.verdicts {
        add("verdict", Verdict::words(seen.kind).into(), seen.rate);
    }
    for seen in &statistics.faults {
        let kind = format!("{} ({})", line(&seen.kind.code), seen.kind.verdict.words());
        add("fault", kind, seen.rate);
    }
    for seen in &statistics.outcomes {
        add("outcome of a test", TestOutcome::words(seen.kind).into(), seen.rate);
    }
    for seen in &statistics.integrity {
        add("worth a look", seen.kind.words().into(), seen.rate);
    }
    table
}

/// A figure, or a dash with the number of the reason.
fn figure<T>(
    figure: &Figure<T>,
    notes: &mut Footnotes,
    shown: impl FnOnce(&T) -> String,
) -> String {
    match (&figure.value, figure.why_not) {
        (Some(value), _) => shown(value),
        (None, Some(why)) => format!("- [{}]", notes.number(&why)),
        (None, None) => "-".into(),
    }
}

fn of(rate: Rate) -> String {
    format!("{}/{}", rate.count, rate.n)
}

fn share(rate: Rate) -> String {
    match (rate.share, rate.interval) {
        (Some(share), Some(interval)) => {
            let [from, to] = interval.map(hundredths);
            format!("{} ({from} to {to})", hundredths(share))
        }
        (Some(share), None) => hundredths(share),
        _ => "-".into(),
    }
}

/// Shares and correlations, so that they stand below each other.
fn hundredths(value: f64) -> String {
    format!("{value:.2}")
}

fn right(text: impl Display) -> Cell {
    Cell::new(text.to_string()).set_alignment(RIGHT)
}

fn line(text: &str) -> String {
    table::plain(&text.replace('\n', " "))
}
