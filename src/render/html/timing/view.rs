//! What `timing.html` shows of a plan that was carried out.

use askama::filters::Safe;

use super::{
    axis::duration,
    plots::{self, Curves, MOST_PAIRS, Pairs},
};
use crate::{
    domain::timing::{
        Growth, MemoryGrowth, PlanTiming, Ratio, Side, Sides, Slope, TimingReport, TimingVerdict,
    },
    render::{RenderError, html::plots::median, text},
    timing::pair_logs,
};

/// One plan, carried out.
pub(in crate::render) struct TimingView {
    /// What ids on the page begin with.
    pub(in crate::render) id: String,
    /// The level of its heading.
    pub(in crate::render) level: u8,
    pub(in crate::render) name: String,
    pub(in crate::render) about: String,
    pub(in crate::render) against: String,
    pub(in crate::render) unit: String,
    pub(in crate::render) verdict: Badge,
    /// The ratio in words, and the line of the report; empty where it was not timed.
    pub(in crate::render) said: String,
    pub(in crate::render) line: String,
    pub(in crate::render) doubts: Vec<String>,
    pub(in crate::render) remarks: Vec<String>,
    /// What a side did instead of its task.
    pub(in crate::render) failed: String,
    /// The ratio and its ends; empty without one.
    pub(in crate::render) ratio: String,
    pub(in crate::render) interval: String,
    /// What the ratio sorts by.
    pub(in crate::render) order: String,
    pub(in crate::render) band: String,
    pub(in crate::render) bar: Option<Safe<String>>,
    pub(in crate::render) pairs: Option<PairsView>,
    pub(in crate::render) growth: Option<CurvesView>,
    pub(in crate::render) memory: Option<CurvesView>,
}

/// A verdict as a sign and a word.
#[derive(Clone, Copy)]
pub(in crate::render) struct Badge {
    pub(in crate::render) key: &'static str,
    pub(in crate::render) sign: &'static str,
    pub(in crate::render) words: &'static str,
}

/// Pairs by process pair.
pub(in crate::render) struct PairsView {
    pub(in crate::render) plot: Pairs,
    pub(in crate::render) most: usize,
    /// Whether the ratio and its interval are in the plot.
    pub(in crate::render) has_ratio: bool,
    /// A process pair's number, pairs, and the ratio of a quarter, the median and three quarters.
    pub(in crate::render) rows: Vec<(usize, usize, [String; 3])>,
}

/// Time or memory by size, of both sides.
pub(in crate::render) struct CurvesView {
    pub(in crate::render) svg: Safe<String>,
    /// What the legend says of each side.
    pub(in crate::render) legend: Sides<String>,
    /// What is said of both.
    pub(in crate::render) said: String,
    pub(in crate::render) rows: Vec<(String, [String; 3])>,
}

/// The sections of these plans; ids begin with `prefix`, which is ours, and `level` is that of headings.
///
/// # Errors
/// [`RenderError::Plot`] when a plot could not be drawn.
pub(in crate::render) fn views(
    plans: &[PlanTiming],
    prefix: &str,
    level: u8,
) -> Result<Vec<TimingView>, RenderError> {
    let numbered = (1..).zip(plans);
    numbered.map(|(number, plan)| view(plan, format!("{prefix}-t{number}"), level)).collect()
}

fn view(timing: &PlanTiming, id: String, level: u8) -> Result<TimingView, RenderError> {
    let report = timing.report.as_ref().filter(|_| timing.failed.is_none());
    let ratio = report.and_then(|report| report.ratio.as_ref()).filter(|one| plots::drawable(one));
    let band = report.map_or(0.0, |report| report.plan.band);
    let bar = ratio.map(|one| plots::interval(&format!("{id}-bar"), one, band)).transpose()?;
    let lines = |lines: &[String]| lines.iter().map(|line| text::line(line)).collect();
    Ok(TimingView {
        level,
        name: text::line(&timing.name),
        about: text::line(&timing.summary),
        against: text::line(&timing.against),
        unit: text::line(&timing.unit),
        verdict: badge(report.map(|report| report.verdict)),
        said: report.map(|report| text::line(&timing.said(report))).unwrap_or_default(),
        line: report.map(|report| text::line(&timing.line(report))).unwrap_or_default(),
        doubts: report.map(doubts).unwrap_or_default(),
        remarks: report.map(|_| lines(&timing.remarks())).unwrap_or_default(),
        failed: failed(timing),
        ratio: ratio.map(|one| format!("{}x", digits(one.value))).unwrap_or_default(),
        interval: ratio.map(interval).unwrap_or_default(),
        order: ratio.map(|one| format!("{:.6}", one.value)).unwrap_or_default(),
        band: text::number(band * 100.0),
        bar,
        pairs: report.map(|report| pairs(report, ratio, &id)).transpose()?.flatten(),
        growth: report
            .and_then(|report| report.growth.as_ref())
            .map(|found| growth(found, &id))
            .transpose()?
            .flatten(),
        memory: report
            .and_then(|report| report.memory.as_ref())
            .map(|found| memory(found, &id))
            .transpose()?
            .flatten(),
        id,
    })
}

/// What a side did instead of its task, first line and at most 2,000 characters of it.
fn failed(timing: &PlanTiming) -> String {
    match (&timing.failed, &timing.report) {
        (Some(failed), _) => {
            let message: String = failed.message.chars().take(2000).collect();
            let whose = failed.side.map_or("the machine or the plan", Side::words);
            format!("{whose}: {}", text::visible(&message))
        }
        (None, None) => "there are no readings".to_owned(),
        (None, Some(_)) => String::new(),
    }
}

fn badge(verdict: Option<TimingVerdict>) -> Badge {
    let (key, sign) = match verdict {
        Some(TimingVerdict::Faster) => ("passed", "\u{25bc}"),
        Some(TimingVerdict::Same) => ("not_run", "="),
        Some(TimingVerdict::Slower) => ("failed", "\u{25b2}"),
        Some(TimingVerdict::TooNoisy) => ("timed_out", "?"),
        None => ("crashed", "\u{2717}"),
    };
    Badge { key, sign, words: verdict.map_or("not timed", TimingVerdict::words) }
}

/// Why it is too noisy, and what could not be found.
fn doubts(report: &TimingReport) -> Vec<String> {
    let mut doubts: Vec<String> =
        report.doubts_in_words.iter().map(|doubt| text::line(doubt)).collect();
    if report.ratio.as_ref().is_some_and(|ratio| !plots::drawable(ratio)) {
        doubts.push("the interval has no end that could be drawn".to_owned());
    }
    doubts.extend(report.why_no_growth.map(|why| format!("growth of time is not known: {why}")));
    doubts.extend(report.why_no_memory.map(|why| format!("growth of memory is not known: {why}")));
    doubts
}

fn interval(ratio: &Ratio) -> String {
    format!("{} to {}", digits(ratio.from), digits(ratio.to))
}

/// Three decimals near 1, else three digits.
fn digits(ratio: f64) -> String {
    match ratio {
        ratio if !(1e-3..1e6).contains(&ratio) => format!("{ratio:.2e}"),
        ratio if ratio >= 100.0 => format!("{ratio:.0}"),
        ratio if ratio >= 10.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.3}"),
    }
}

fn pairs(
    report: &TimingReport,
    ratio: Option<&Ratio>,
    id: &str,
) -> Result<Option<PairsView>, RenderError> {
    let Ok(columns) = pair_logs(&report.measurement, &report.plan, report.clock) else {
        return Ok(None);
    };
    let usable = |column: &Vec<f64>| !column.is_empty() && column.iter().all(|log| log.is_finite());
    if columns.is_empty() || !columns.iter().all(usable) {
        return Ok(None);
    }
    let rows = (1..).zip(&columns).map(|(number, logs)| (number, logs.len(), quartiles(logs)));
    let rows = rows.collect();
    let plot = plots::pairs(&format!("{id}-pairs"), &columns, ratio)?;
    Ok(Some(PairsView { plot, most: MOST_PAIRS, has_ratio: ratio.is_some(), rows }))
}

/// The ratios at a quarter, the middle and three quarters.
fn quartiles(logs: &[f64]) -> [String; 3] {
    let mut sorted = logs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    let at = |share: f64| sorted.get((last * share).round() as usize).copied();
    [at(0.25), median(logs), at(0.75)]
        .map(|log| log.map(|log| digits(log.exp())).unwrap_or_default())
}

fn growth(growth: &Growth, id: &str) -> Result<Option<CurvesView>, RenderError> {
    let points = growth.sizes.iter().map(|at| (at.size, at.least_ns));
    let Some(curves) = curves(points, |value| value > 0.0) else { return Ok(None) };
    let rows = growth.sizes.iter().map(|at| {
        let Sides { candidate, reference } = at.least_ns;
        (at.size.to_string(), [duration(candidate), duration(reference), digits(at.ratio)])
    });
    let sides = &growth.sides;
    Ok(Some(CurvesView {
        svg: plots::growth(&format!("{id}-growth"), &curves)?,
        legend: Sides {
            candidate: format!("exponent {}", slope(&sides.candidate.exponent)),
            reference: format!("exponent {}", slope(&sides.reference.exponent)),
        },
        said: format!("difference of the exponents {}", slope(&growth.difference)),
        rows: rows.collect(),
    }))
}

fn memory(memory: &MemoryGrowth, id: &str) -> Result<Option<CurvesView>, RenderError> {
    let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
    let points = memory.sizes.iter().map(|at| {
        let Sides { candidate, reference } = at.peak_bytes;
        let peaks = Sides { candidate: mebibytes(candidate), reference: mebibytes(reference) };
        (at.size, peaks)
    });
    let Some(curves) = curves(points.clone(), |value| value >= 0.0) else { return Ok(None) };
    let rows = points.map(|(size, Sides { candidate, reference })| {
        let cells = [format!("{candidate:.1}"), format!("{reference:.1}"), String::new()];
        (size.to_string(), cells)
    });
    Ok(Some(CurvesView {
        svg: plots::memory(&format!("{id}-memory"), &curves)?,
        legend: Sides {
            candidate: memory.trend.candidate.words().to_owned(),
            reference: memory.trend.reference.words().to_owned(),
        },
        said: format!(
            "growth of {} bytes for each or more would be seen",
            text::number(memory.visible_bytes_per_element)
        ),
        rows: rows.collect(),
    }))
}

/// The points as two curves, where each is a number that `fits`.
fn curves(
    points: impl Iterator<Item = (u64, Sides<f64>)>,
    fits: fn(f64) -> bool,
) -> Option<Curves> {
    let mut curves = Curves::default();
    for (size, Sides { candidate, reference }) in points {
        let fit = |value: f64| value.is_finite() && fits(value);
        if size == 0 || !fit(candidate) || !fit(reference) {
            return None;
        }
        curves.candidate.push((size, candidate));
        curves.reference.push((size, reference));
    }
    (!curves.candidate.is_empty()).then_some(curves)
}

fn slope(slope: &Slope) -> String {
    if [slope.value, slope.from, slope.to].iter().all(|one| one.is_finite()) {
        format!("{:.2} ({:.2} to {:.2})", slope.value, slope.from, slope.to)
    } else {
        "not known".to_owned()
    }
}
