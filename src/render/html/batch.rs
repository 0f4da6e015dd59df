use askama::{Template, filters::Safe};

use super::{
    files::Budget,
    heat::{self, Block},
    page::Page,
    plots, timing,
    view::{self, GroupView, View},
};
use crate::{
    domain::{TestOutcome, Verdict},
    render::{Cost, RenderError, Round, entry::Ranked, text, words},
    stats::{self, BINS, QUARTILES_FROM},
};

#[derive(Template)]
#[template(path = "batch.html")]
struct Batch {
    page: Page,
    challenge: String,
    summary: Vec<(&'static str, String)>,
    group_names: Vec<String>,
    rows: Vec<Row>,
    verdicts: Vec<(&'static str, &'static str)>,
    histogram: Option<Safe<String>>,
    bins: Vec<(String, u64)>,
    strips: Option<Safe<String>>,
    has_reference: bool,
    times: Vec<(&'static str, [String; 2])>,
    blocks: Vec<Block>,
    legend: Vec<(&'static str, &'static str, &'static str)>,
    /// One a plan of a submission that was timed.
    rows_of_timings: Vec<timing::Row>,
    views: Vec<View>,
}

/// A submission's row in the ranking.
struct Row {
    number: usize,
    place: String,
    /// What the place sorts by.
    order: usize,
    name: String,
    verdict: &'static str,
    verdict_key: &'static str,
    score: String,
    /// One a name in `group_names`.
    groups: Vec<Option<GroupView>>,
    wall: String,
    wall_ms: u64,
    cpu: String,
    cpu_ms: u64,
    memory: String,
    memory_bytes: u64,
    notes: usize,
    why: String,
}

/// The page of several submissions of one challenge, for reviewers.
///
/// # Errors
/// [`RenderError::Html`] when the template fails, [`RenderError::Plot`] when a plot does.
pub fn batch(round: &Round<'_>) -> Result<String, RenderError> {
    let ranking = round.ranking();
    let challenge = text::line(round.title);
    let graded = || ranking.iter().filter(|one| one.entry.report.verdict == Verdict::Graded);
    let scores: Vec<f64> = graded().filter_map(|one| one.entry.report.score).collect();
    let costs: Vec<Cost> = graded()
        .map(|one| &one.entry.report.resources)
        .map(|used| Cost { wall_ms: used.wall_ms, cpu_ms: used.cpu_ms })
        .collect();
    let group_names = group_names(&ranking);
    let views: Vec<View> = (1..)
        .zip(&ranking)
        .map(|(number, one)| View::new(one.entry, number, 3, Budget::of(ranking.len())))
        .collect::<Result<_, RenderError>>()?;
    let page = Batch {
        page: Page::new(format!("{challenge} \u{b7} {} submissions", ranking.len())),
        summary: summary(&ranking, &scores),
        rows: (1..).zip(&ranking).map(|(number, one)| row(number, one, &group_names)).collect(),
        verdicts: verdicts(&ranking),
        histogram: some(&scores).then(|| plots::histogram(stats::bins(&scores))).transpose()?,
        bins: labelled(stats::bins(&scores)),
        strips: some(&costs).then(|| plots::strips(&costs, round.reference)).transpose()?,
        has_reference: round.reference.is_some(),
        times: times(&costs, round.reference),
        blocks: heat::blocks(&ranking),
        legend: words::OUTCOMES.map(|one| (one.key(), words::sign(one), one.words())).into(),
        rows_of_timings: timing::rows(
            views.iter().map(|view| (view.number, view.name.as_str(), view.timings.as_slice())),
        ),
        views,
        group_names: group_names.into_iter().map(text::line).collect(),
        challenge,
    };
    Ok(page.render()?)
}

fn some<T>(values: &[T]) -> bool {
    !values.is_empty()
}

fn group_names<'a>(ranking: &[Ranked<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for group in ranking.iter().flat_map(|one| &one.entry.report.groups) {
        if !names.contains(&group.name.as_str()) {
            names.push(&group.name);
        }
    }
    names
}

fn summary(ranking: &[Ranked<'_>], scores: &[f64]) -> Vec<(&'static str, String)> {
    let mut summary = vec![("submissions", ranking.len().to_string())];
    for (key, label) in verdicts(ranking) {
        let count = ranking.iter().filter(|one| one.entry.report.verdict.key() == key).count();
        summary.push((label, count.to_string()));
    }
    if let Some(median) = plots::median(scores) {
        summary.push(("median score", text::number(median)));
    }
    if let Some(best) = scores.iter().copied().max_by(f64::total_cmp) {
        summary.push(("best score", text::number(best)));
    }
    summary
}

/// The verdicts that occur, as key and words.
fn verdicts(ranking: &[Ranked<'_>]) -> Vec<(&'static str, &'static str)> {
    [Verdict::Graded, Verdict::CandidateFault, Verdict::AuthorFault, Verdict::InfraFault]
        .into_iter()
        .filter(|verdict| ranking.iter().any(|one| one.entry.report.verdict == *verdict))
        .map(|verdict| (verdict.key(), verdict.words()))
        .collect()
}

fn row(number: usize, ranked: &Ranked<'_>, group_names: &[&str]) -> Row {
    let report = ranked.entry.report;
    let group = |name: &&str| report.groups.iter().find(|group| group.name == **name);
    let lost = report.tests.iter().filter(|test| test.outcome != TestOutcome::Passed).count();
    let why = match &report.fault {
        Some(fault) => text::line(fault.message.lines().next().unwrap_or_default()),
        None if lost == 0 => String::new(),
        None => format!("{lost} of {} tests did not pass", report.tests.len()),
    };
    let used = &report.resources;
    Row {
        number,
        place: ranked.place.map_or_else(|| "\u{2013}".to_owned(), |place| place.to_string()),
        order: number,
        name: ranked.entry.name(),
        verdict: report.verdict.words(),
        verdict_key: report.verdict.key(),
        score: view::score(report),
        groups: group_names.iter().map(|name| group(name).map(GroupView::new)).collect(),
        wall: text::seconds(used.wall_ms),
        wall_ms: used.wall_ms,
        cpu: text::seconds(used.cpu_ms),
        cpu_ms: used.cpu_ms,
        memory: text::mebibytes(used.peak_memory_bytes),
        memory_bytes: used.peak_memory_bytes,
        notes: report.integrity.len(),
        why,
    }
}

/// The table beside the histogram.
pub(in crate::render) fn labelled(bins: [u64; BINS]) -> Vec<(String, u64)> {
    let label = |bin: usize| match bin {
        last if last + 1 == BINS => "90 to 100".to_owned(),
        bin => format!("{} to under {}", bin * 10, bin * 10 + 10),
    };
    bins.into_iter().enumerate().map(|(bin, count)| (label(bin), count)).collect()
}

/// Rows of the table beside the strips, each with wall and CPU time: least, quartiles, most, the
/// reference's, and how many there are.
pub(in crate::render) fn times(
    costs: &[Cost],
    reference: Option<Cost>,
) -> Vec<(&'static str, [String; 2])> {
    let sorted = [|cost: &Cost| cost.wall_ms, |cost: &Cost| cost.cpu_ms].map(|field| {
        let mut times: Vec<u64> = costs.iter().map(field).collect();
        times.sort_unstable();
        times
    });
    let at = |share: f64| {
        let last = costs.len().saturating_sub(1) as f64;
        sorted.each_ref().map(|times| {
            times
                .get((last * share).round() as usize)
                .copied()
                .map(text::seconds)
                .unwrap_or_default()
        })
    };
    let mut rows = vec![("least", at(0.0))];
    if costs.len() as u64 >= QUARTILES_FROM {
        rows.extend([("a quarter", at(0.25)), ("median", at(0.5)), ("three quarters", at(0.75))]);
    }
    rows.push(("most", at(1.0)));
    rows.extend(
        reference
            .map(|cost| ("reference", [text::seconds(cost.wall_ms), text::seconds(cost.cpu_ms)])),
    );
    rows.push(("submissions", [costs.len().to_string(), costs.len().to_string()]));
    rows
}
