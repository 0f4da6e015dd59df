use askama::Template;

use super::view::{Badge, TimingView, views};
use crate::{
    domain::timing::PlanTiming,
    render::{RenderError, html::page::Page, text},
};

/// What was timed of one submission.
#[derive(Debug, Clone, Copy)]
pub struct TimedSubmission<'a> {
    /// Its name, as its sender wrote it.
    pub name: &'a str,
    /// One a plan that was carried out.
    pub timings: &'a [PlanTiming],
}

#[derive(Template)]
#[template(path = "timings.html")]
struct Timings {
    page: Page,
    challenge: String,
    submissions: Vec<Submission>,
    rows_of_timings: Vec<Row>,
}

/// A plan of a submission in the table of all.
pub(in crate::render::html) struct Row {
    pub(in crate::render::html) number: usize,
    pub(in crate::render::html) submission: usize,
    pub(in crate::render::html) name: String,
    /// The section that it links to.
    pub(in crate::render::html) id: String,
    pub(in crate::render::html) plan: String,
    pub(in crate::render::html) verdict: Badge,
    pub(in crate::render::html) ratio: String,
    pub(in crate::render::html) interval: String,
    /// What ratio and interval sort by.
    pub(in crate::render::html) order: String,
    pub(in crate::render::html) against: String,
}

struct Submission {
    number: usize,
    name: String,
    timings: Vec<TimingView>,
}

/// One row a plan, of submissions given as number, name and timings.
pub(in crate::render::html) fn rows<'a>(
    submissions: impl Iterator<Item = (usize, &'a str, &'a [TimingView])>,
) -> Vec<Row> {
    let plans = submissions.flat_map(|(submission, name, timings)| {
        timings.iter().map(move |timing| (submission, name, timing))
    });
    let numbered = (1..).zip(plans);
    numbered
        .map(|(number, (submission, name, timing))| Row {
            number,
            submission,
            name: name.to_owned(),
            id: timing.id.clone(),
            plan: timing.name.clone(),
            verdict: timing.verdict,
            ratio: timing.ratio.clone(),
            interval: timing.interval.clone(),
            order: timing.order.clone(),
            against: timing.against.clone(),
        })
        .collect()
}

/// The page of timings alone, of one submission or several. `title` is the challenge's.
///
/// # Errors
/// [`RenderError::Html`] when the template fails, [`RenderError::Plot`] when a plot does.
pub fn timings(title: &str, timed: &[TimedSubmission<'_>]) -> Result<String, RenderError> {
    let challenge = text::line(title);
    let submissions = (1..).zip(timed).map(|(number, one)| {
        let timings = views(one.timings, &format!("s{number}"), 3)?;
        Ok(Submission { number, name: text::line(one.name), timings })
    });
    let submissions: Vec<Submission> = submissions.collect::<Result<_, RenderError>>()?;
    let rows_of_timings =
        rows(submissions.iter().map(|one| (one.number, one.name.as_str(), one.timings.as_slice())));
    let page = Page::new(format!("{challenge} \u{b7} timing"));
    Ok(Timings { page, rows_of_timings, challenge, submissions }.render()?)
}
