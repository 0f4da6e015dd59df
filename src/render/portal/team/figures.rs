use askama::{Template, filters::Safe};

use super::{Choice, Top};
use crate::{
    render::{
        Cost, RenderError,
        html::{batch, plots as drawn},
        portal::{Frame, Line},
    },
    stats,
};

/// How scores and times are distributed.
#[derive(Template)]
#[template(path = "team_distribution.html")]
pub struct DistributionPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// Challenges to choose from.
    pub challenges: Vec<Choice>,
    /// The challenge's title.
    pub title: Line,
    /// How many results there are, and how many of them have no score.
    pub counts: (usize, usize),
    /// The plots.
    pub plots: Option<Plots>,
}

/// The plots, each with a table that says the same.
pub struct Plots {
    histogram: Safe<String>,
    strips: Safe<String>,
    bins: Vec<(String, u64)>,
    median: String,
    times: Vec<(&'static str, [String; 2])>,
    drawn: usize,
    of: usize,
}

/// More marks than this a plot cannot show apart, and a page grows by each.
const MOST_DRAWN: usize = 400;

/// Plots of scores and costs; none without a score.
///
/// # Errors
/// [`RenderError::Plot`].
pub fn plots(scores: &[f64], costs: &[Cost]) -> Result<Option<Plots>, RenderError> {
    let Some(median) = drawn::median(scores) else { return Ok(None) };
    let bins = stats::bins(scores);
    let sample = evenly(costs);
    Ok(Some(Plots {
        histogram: drawn::histogram(bins)?,
        strips: drawn::strips(&sample, None)?,
        bins: batch::labelled(bins),
        median: crate::render::text::number(median),
        times: batch::times(costs, None),
        drawn: sample.len(),
        of: costs.len(),
    }))
}

/// As many as can be drawn, evenly chosen by wall time, so that their shape stays.
fn evenly(costs: &[Cost]) -> Vec<Cost> {
    let mut sorted = costs.to_vec();
    sorted.sort_by_key(|cost| cost.wall_ms);
    let step = sorted.len().div_ceil(MOST_DRAWN).max(1);
    sorted.into_iter().step_by(step).collect()
}

/// How far reviewers agree.
#[derive(Debug, Template)]
#[template(path = "team_agreement.html")]
pub struct AgreementPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// Challenges to choose from.
    pub challenges: Vec<Choice>,
    /// The challenge's title.
    pub title: Line,
    /// Each two reviewers.
    pub reviewers: Vec<AgreementRow>,
    /// Each criterion.
    pub criteria: Vec<AgreementRow>,
    /// From how many pairs on there is a kappa.
    pub least: usize,
}

/// A row of it.
#[derive(Debug)]
pub struct AgreementRow {
    /// Who, or which criterion.
    pub name: Line,
    /// Pairs of marks.
    pub pairs: usize,
    /// Equal, per cent.
    pub exact: String,
    /// At most one mark apart, per cent.
    pub near: String,
    /// Weighted kappa, or why there is none.
    pub kappa: String,
}
