use askama::{Template, filters::Safe};

use super::{batch::labelled, page::Page, plots, view::TestId};
use crate::{
    render::{Footnotes, RenderError, text, words},
    stats::{Change, Figure, GroupStatistics, Quartiles, Rate, Statistics, TestStatistics, What},
};

#[derive(Template)]
#[template(path = "statistics.html")]
struct Shown {
    page: Page,
    challenge: String,
    about: String,
    others: Vec<String>,
    summary: Vec<(&'static str, String)>,
    histogram: Option<Safe<String>>,
    bins: Vec<(String, u64)>,
    spreads: Vec<Spread>,
    groups: Vec<Group>,
    tests: Vec<Test>,
    counts: Vec<Count>,
    drift: Option<Drift>,
    no_drift: String,
    reasons: Vec<(usize, String)>,
}

/// A figure as text, or a dash with the number of the reason.
struct Cell {
    text: String,
    /// 0 for none.
    reason: usize,
    /// What the cell sorts by; empty for nothing.
    order: String,
}

/// A distribution's row: least, quartiles, most, and how many.
struct Spread {
    name: &'static str,
    cells: Vec<Cell>,
    n: u64,
}

struct Group {
    name: String,
    tests: u64,
    share: Share,
    whole: Share,
}

/// A share with its bar.
struct Share {
    cell: Cell,
    /// 0 to 100; empty without one.
    bar: String,
    interval: String,
    /// `34/40`, or how many there are.
    of: String,
}

struct Test {
    number: usize,
    id: TestId,
    group: String,
    difficulty: Share,
    discrimination: Cell,
    times: Cell,
    times_n: u64,
    remark: &'static str,
}

struct Count {
    what: &'static str,
    kind: String,
    share: Share,
}

struct Drift {
    earlier: i64,
    later: i64,
    earlier_n: u64,
    later_n: u64,
    compared: u64,
    differing: usize,
    rows: Vec<DriftRow>,
}

struct DriftRow {
    what: &'static str,
    name: String,
    earlier: String,
    later: String,
    difference: String,
    interval: String,
    p: String,
    differs: bool,
}

/// The page of a suite's statistics, for authors and reviewers.
///
/// # Errors
/// [`RenderError::Html`] when the template fails, [`RenderError::Plot`] when the plot does.
pub fn statistics(statistics: &Statistics) -> Result<String, RenderError> {
    let about = &statistics.about;
    let challenge = text::line(&about.challenge);
    let mut notes = Footnotes::default();
    let spreads = vec![
        spread("Score", &statistics.score.quartiles, 1.0, &mut notes),
        spread("Wall time of a grading, s", &statistics.wall_ms, 1000.0, &mut notes),
    ];
    let tests = (1..).zip(&statistics.tests).map(|(number, one)| test(number, one, &mut notes));
    let tests = tests.collect();
    let groups = statistics.groups.iter().map(group).collect();
    let graded = statistics.graded > 0;
    let page = Shown {
        page: Page::new(format!("{challenge} \u{b7} statistics")),
        about: match about.batch {
            Some(batch) => format!("Batch {batch}, suite {}", about.suite_sha256),
            None => format!("The newest result of each submission by suite {}", about.suite_sha256),
        },
        others: about
            .other_suites
            .iter()
            .map(|other| format!("{} ({} gradings)", other.suite_sha256, other.gradings))
            .collect(),
        summary: summary(statistics),
        histogram: graded.then(|| plots::histogram(statistics.score.bins)).transpose()?,
        bins: labelled(statistics.score.bins),
        counts: counts(statistics),
        drift: statistics.drift.as_ref().map(drift),
        no_drift: statistics.no_drift.map(|why| why.to_string()).unwrap_or_default(),
        reasons: (1..).zip(notes.reasons().iter().cloned()).collect(),
        challenge,
        spreads,
        groups,
        tests,
    };
    Ok(page.render()?)
}

fn summary(statistics: &Statistics) -> Vec<(&'static str, String)> {
    let mut summary = vec![
        ("submissions", statistics.submissions.to_string()),
        ("graded", statistics.graded.to_string()),
        ("cannot be graded", statistics.candidate_faults.to_string()),
        ("without a result", statistics.without_result.to_string()),
        ("gradings", statistics.gradings.to_string()),
    ];
    summary.extend(statistics.score.mean.value.map(|mean| ("mean score", text::number(mean))));
    summary
}

fn cell(figure: Option<String>, order: Option<f64>, reason: usize) -> Cell {
    Cell {
        text: figure.unwrap_or_else(|| "\u{2013}".to_owned()),
        reason,
        order: order.map(|order| order.to_string()).unwrap_or_default(),
    }
}

fn reason<T>(figure: &Figure<T>, notes: &mut Footnotes) -> usize {
    figure.why_not.map_or(0, |why| notes.number(&why))
}

fn spread(
    name: &'static str,
    figure: &Figure<Quartiles>,
    unit: f64,
    notes: &mut Footnotes,
) -> Spread {
    let reason = reason(figure, notes);
    let parts: [fn(&Quartiles) -> f64; 5] =
        [|of| of.least, |of| of.lower, |of| of.median, |of| of.upper, |of| of.most];
    let shown = |part: fn(&Quartiles) -> f64| {
        let value = figure.value.as_ref().map(|quartiles| part(quartiles) / unit);
        cell(value.map(text::number), value, reason)
    };
    Spread { name, cells: parts.map(shown).into(), n: figure.n }
}

fn share(rate: Rate) -> Share {
    Share {
        cell: cell(rate.share.map(text::number), rate.share, 0),
        bar: rate.share.map(|share| text::number(share * 100.0)).unwrap_or_default(),
        interval: rate.interval.map(interval).unwrap_or_default(),
        of: format!("{}/{}", rate.count, rate.n),
    }
}

fn interval([from, to]: [f64; 2]) -> String {
    format!("{} to {}", text::number(from), text::number(to))
}

fn group(group: &GroupStatistics) -> Group {
    let mean = group.mean_share.value;
    Group {
        name: text::line(&group.name),
        tests: group.tests,
        share: Share {
            cell: cell(mean.map(text::number), mean, 0),
            bar: mean.map(|mean| text::number(mean * 100.0)).unwrap_or_default(),
            interval: String::new(),
            of: group.mean_share.n.to_string(),
        },
        whole: share(group.passed_whole),
    }
}

fn test(number: usize, test: &TestStatistics, notes: &mut Footnotes) -> Test {
    let discrimination = test.discrimination.value;
    let times = test.duration_ms.value;
    let shown = |of: Quartiles| [of.lower, of.median, of.upper].map(text::number).join(" / ");
    let median = times.map(|of| of.median);
    Test {
        number,
        id: TestId::new(&test.id),
        group: text::line(&test.group),
        difficulty: share(test.difficulty),
        discrimination: cell(
            discrimination.map(text::number),
            discrimination,
            reason(&test.discrimination, notes),
        ),
        times: cell(times.map(shown), median, reason(&test.duration_ms, notes)),
        times_n: test.duration_ms.n,
        remark: test.remark.map(words::remark).unwrap_or_default(),
    }
}

fn counts(statistics: &Statistics) -> Vec<Count> {
    let count = |what, kind: String, rate| Count { what, kind, share: share(rate) };
    let verdicts = statistics.verdicts.iter();
    let verdicts = verdicts.map(|seen| count("verdict", seen.kind.words().to_owned(), seen.rate));
    let faults = statistics.faults.iter();
    let faults = faults.map(|seen| {
        let kind = format!("{} ({})", text::line(&seen.kind.code), seen.kind.verdict.words());
        count("fault", kind, seen.rate)
    });
    let outcomes = statistics.outcomes.iter();
    let outcomes =
        outcomes.map(|seen| count("outcome of a test", seen.kind.words().to_owned(), seen.rate));
    let integrity = statistics.integrity.iter();
    let integrity =
        integrity.map(|seen| count("worth a look", seen.kind.words().to_owned(), seen.rate));
    verdicts.chain(faults).chain(outcomes).chain(integrity).collect()
}

/// All groups, and the tests that differ.
fn drift(drift: &crate::stats::Drift) -> Drift {
    let shown = |change: &&Change| change.what == What::Group || change.differs;
    Drift {
        earlier: drift.earlier,
        later: drift.later,
        earlier_n: drift.earlier_n,
        later_n: drift.later_n,
        compared: drift.compared,
        differing: drift.changes.iter().filter(|change| change.differs).count(),
        rows: drift.changes.iter().filter(shown).map(drift_row).collect(),
    }
}

fn drift_row(change: &Change) -> DriftRow {
    DriftRow {
        what: match change.what {
            What::Group => "group",
            What::Test => "test",
        },
        name: text::line(&change.name),
        earlier: share(change.earlier).of,
        later: share(change.later).of,
        difference: text::number(change.difference.value),
        interval: interval(change.difference.interval),
        p: if change.p_holm < 0.001 {
            "under 0.001".to_owned()
        } else {
            format!("{:.3}", change.p_holm)
        },
        differs: change.differs,
    }
}
