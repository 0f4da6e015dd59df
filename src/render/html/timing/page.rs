use askama::Template;

use super::view::{TimingView, views};
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
    /// A row a plan: its number, the submission's number and name, and its place among its plans.
    rows: Vec<(usize, usize, String, usize)>,
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
    let plans = submissions
        .iter()
        .flat_map(|one| (0..one.timings.len()).map(|plan| (one.number, one.name.clone(), plan)));
    let rows = (1..).zip(plans).map(|(row, (number, name, plan))| (row, number, name, plan));
    let page = Page::new(format!("{challenge} \u{b7} timing"));
    Ok(Timings { page, rows: rows.collect(), challenge, submissions }.render()?)
}
