use csv::{QuoteStyle, WriterBuilder};
use serde::Serialize;

use super::{RenderError, csv::cell, words::remark};
use crate::{
    domain::{TestOutcome, Verdict},
    stats::{Change, Figure, Quartiles, Rate, Statistics, What},
};

/// One row, whatever it is about; docs/statistics.md describes the columns. What does not apply, or is not
/// supported by enough observations, is empty.
#[derive(Default, Serialize)]
struct Row {
    challenge: String,
    suite_sha256: String,
    batch: Option<i64>,
    what: &'static str,
    name: String,
    of: String,
    count: Option<u64>,
    n: Option<u64>,
    share: Option<f64>,
    share_from: Option<f64>,
    share_to: Option<f64>,
    mean: Option<f64>,
    mean_n: Option<u64>,
    least: Option<f64>,
    lower_quartile: Option<f64>,
    median: Option<f64>,
    upper_quartile: Option<f64>,
    most: Option<f64>,
    quartiles_n: Option<u64>,
    why_no_quartiles: String,
    discrimination: Option<f64>,
    discrimination_n: Option<u64>,
    why_no_discrimination: String,
    remark: &'static str,
    earlier_batch: Option<i64>,
    earlier_count: Option<u64>,
    earlier_n: Option<u64>,
    later_batch: Option<i64>,
    later_count: Option<u64>,
    later_n: Option<u64>,
    difference: Option<f64>,
    difference_from: Option<f64>,
    difference_to: Option<f64>,
    p: Option<f64>,
    p_holm: Option<f64>,
    differs: &'static str,
}

/// Statistics for spreadsheets, a row a thing, with a header row. Text cells are quoted, on one line, and
/// never begin as a formula does.
///
/// # Errors
/// [`RenderError::Csv`] when the writer refuses.
pub fn statistics_csv(statistics: &Statistics) -> Result<String, RenderError> {
    let about = &statistics.about;
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(vec![]);
    for row in rows(statistics) {
        writer.serialize(Row {
            challenge: cell(&about.challenge),
            suite_sha256: about.suite_sha256.to_string(),
            batch: about.batch,
            ..row
        })?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn rows(statistics: &Statistics) -> Vec<Row> {
    let of_submissions = |name: &str, count: u64| {
        Row::counted("submissions", name, Rate::of(count, statistics.submissions))
    };
    let mut rows = vec![
        of_submissions("graded", statistics.graded),
        of_submissions(Verdict::CandidateFault.key(), statistics.candidate_faults),
        of_submissions("without_result", statistics.without_result),
        Row { what: "score", ..Row::default() }
            .mean(&statistics.score.mean)
            .quartiles(&statistics.score.quartiles),
        Row { what: "wall_ms", ..Row::default() }.quartiles(&statistics.wall_ms),
    ];
    let verdicts = statistics.verdicts.iter();
    rows.extend(verdicts.map(|seen| Row::counted("verdict", seen.kind.key(), seen.rate)));
    rows.extend(statistics.faults.iter().map(|seen| Row {
        of: seen.kind.verdict.key().to_owned(),
        ..Row::counted("fault", &seen.kind.code, seen.rate)
    }));
    let outcomes = statistics.outcomes.iter();
    let key = TestOutcome::key;
    rows.extend(outcomes.map(|seen| Row::counted("outcome", key(seen.kind), seen.rate)));
    let integrity = statistics.integrity.iter();
    rows.extend(integrity.map(|seen| Row::counted("integrity", seen.kind.key(), seen.rate)));
    rows.extend(statistics.groups.iter().map(|group| {
        Row::counted("group", &group.name, group.passed_whole).mean(&group.mean_share).drift(
            statistics,
            What::Group,
            &group.name,
        )
    }));
    rows.extend(statistics.tests.iter().map(|test| {
        let discrimination = &test.discrimination;
        Row {
            of: cell(&test.group),
            discrimination: discrimination.value,
            discrimination_n: Some(discrimination.n),
            why_no_discrimination: why(discrimination),
            remark: test.remark.map(remark).unwrap_or_default(),
            ..Row::counted("test", &test.id, test.difficulty)
        }
        .quartiles(&test.duration_ms)
        .drift(statistics, What::Test, &test.id)
    }));
    rows
}

impl Row {
    fn counted(what: &'static str, name: &str, rate: Rate) -> Self {
        Self {
            what,
            name: cell(name),
            count: Some(rate.count),
            n: Some(rate.n),
            share: rate.share,
            share_from: rate.interval.map(|[from, _]| from),
            share_to: rate.interval.map(|[_, to]| to),
            ..Self::default()
        }
    }

    fn mean(self, mean: &Figure<f64>) -> Self {
        Self { mean: mean.value, mean_n: Some(mean.n), ..self }
    }

    fn quartiles(self, figure: &Figure<Quartiles>) -> Self {
        let of = |part: fn(&Quartiles) -> f64| figure.value.as_ref().map(part);
        Self {
            least: of(|quartiles| quartiles.least),
            lower_quartile: of(|quartiles| quartiles.lower),
            median: of(|quartiles| quartiles.median),
            upper_quartile: of(|quartiles| quartiles.upper),
            most: of(|quartiles| quartiles.most),
            quartiles_n: Some(figure.n),
            why_no_quartiles: why(figure),
            ..self
        }
    }

    fn drift(self, statistics: &Statistics, what: What, name: &str) -> Self {
        let Some(drift) = &statistics.drift else { return self };
        let is = |change: &&Change| change.what == what && change.name == name;
        let Some(change) = drift.changes.iter().find(is) else { return self };
        let [from, to] = change.difference.interval;
        Self {
            earlier_batch: Some(drift.earlier),
            earlier_count: Some(change.earlier.count),
            earlier_n: Some(change.earlier.n),
            later_batch: Some(drift.later),
            later_count: Some(change.later.count),
            later_n: Some(change.later.n),
            difference: Some(change.difference.value),
            difference_from: Some(from),
            difference_to: Some(to),
            p: Some(change.p),
            p_holm: Some(change.p_holm),
            differs: if change.differs { "yes" } else { "no" },
            ..self
        }
    }
}

fn why<T>(figure: &Figure<T>) -> String {
    figure.why_not.map(|why| why.to_string()).unwrap_or_default()
}
