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
    rows: Vec<Row>,
}

/// A plan of a submission in the table of all.
struct Row {
    number: usize,
    submission: usize,
    name: String,
    /// The section that it links to.
    id: String,
    plan: String,
    verdict: Badge,
    ratio: String,
    interval: String,
    /// What ratio and interval sort by.
    order: String,
    against: String,
}

struct Submission {
    number: usize,
    name: String,
    timings: Vec<TimingView>,
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
    let plans =
        submissions.iter().flat_map(|one| one.timings.iter().map(move |timing| (one, timing)));
    let rows = (1..).zip(plans).map(|(number, (submission, timing))| Row {
        number,
        submission: submission.number,
        name: submission.name.clone(),
        id: timing.id.clone(),
        plan: timing.name.clone(),
        verdict: timing.verdict,
        ratio: timing.ratio.clone(),
        interval: timing.interval.clone(),
        order: timing.order.clone(),
        against: timing.against.clone(),
    });
    let rows = rows.collect();
    let page = Page::new(format!("{challenge} \u{b7} timing"));
    Ok(Timings { page, rows, challenge, submissions }.render()?)
}
