//! One submission's result.

use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::{
    super::{App, Page, Problem},
    case::{Case, utc},
    list::number,
    member::Member,
};
use crate::{
    domain::Verdict,
    hiring::State as Stage,
    render::portal::{
        Line,
        team::{AttemptView, SubmissionPage, page as rendered, result},
    },
    reviewing::Right,
    store::{Attempt, Reviews as _, Store as _},
};

/// What an address of the page has in it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    grading: Option<String>,
    said: Option<String>,
}

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    let case = Case::open(&app, &member, &code).await?;
    let attempts = app.store.attempts(case.code()).await?;
    let counting = app.store.counting(case.code()).await?;
    let shown = match asked.grading {
        None => counting.clone(),
        // Only a grading of this invitation, whatever the address says.
        Some(id) => {
            let known = attempts.iter().flat_map(|one| &one.gradings).any(|one| one.id == id);
            Some(id).filter(|_| known).map(Some).ok_or_else(Problem::not_found)?
        }
    };
    let report = match &shown {
        Some(grading) => app.store.report(grading).await?,
        None => None,
    };
    let result = report
        .map(|report| result(&case.shown(report), case.name().unwrap_or(case.code().as_str())))
        .transpose()
        .map_err(|error| Problem::internal(&error))?;
    let reviews =
        member.may(Right::Review) && matches!(case.standing.state, Stage::Graded | Stage::InReview);
    let in_review = case.standing.state == Stage::InReview;
    let html = rendered(&SubmissionPage {
        frame: member.frame(case.code().as_str(), "").script("team.js"),
        top: member.top(&app, asked.said.as_deref()),
        tabs: case.tabs(&member, ""),
        waits: waits(&case, &attempts, result.is_some()),
        attempts: views(&case, &attempts, counting.as_deref(), shown.as_deref()),
        result,
        opinions: case.opinions()?,
        hidden: hidden(&case, &member),
        card: match case.own_card() {
            _ if !reviews || case.own_is_in() => "",
            None => "Write my scorecard",
            Some(_) => "Go on with my scorecard",
        },
        decide: in_review && case.may_decide(&member),
        names: case.sight.names,
    });
    Ok(Page::new(html))
}

fn hidden(case: &Case, member: &Member) -> &'static str {
    match (case.cards_in(), case.sight.others) {
        (0, _) => "No scorecard is in yet.",
        (_, true) => "",
        _ if member.may(Right::Review) => {
            "Others have handed their scorecards in. You see them once yours is in, so that you think for \
             yourself."
        }
        _ => "Scorecards are in; they are shown once it is decided.",
    }
}

/// What a page says that has no result, or an older one.
fn waits(case: &Case, attempts: &[Attempt], has_result: bool) -> &'static str {
    let newest = attempts.first().and_then(|attempt| attempt.gradings.first());
    let ours = |verdict| matches!(verdict, Verdict::InfraFault | Verdict::AuthorFault);
    match newest {
        _ if case.standing.state == Stage::Purged => "What told whose it was has been erased.",
        Some(newest) if newest.verdict.is_some_and(ours) => {
            "The newest attempt was not scored because of a fault of ours: the challenge or the machine. \
             It is no result of the candidate's; `takehome regrade` grades it again."
        }
        Some(newest) if newest.state == "leased" => "The newest attempt is being graded.",
        Some(newest) if newest.verdict.is_none() => "The newest attempt waits for its grading.",
        _ if has_result => "",
        None if attempts.is_empty() => "Nothing has come in yet.",
        _ => "There is no result yet.",
    }
}

fn views(
    case: &Case,
    attempts: &[Attempt],
    counting: Option<&str>,
    shown: Option<&str>,
) -> Vec<AttemptView> {
    let numbered = (1..=attempts.len()).rev().zip(attempts);
    numbered
        .map(|(number, attempt)| {
            let names = |id: Option<&str>| {
                id.is_some_and(|id| attempt.gradings.iter().any(|one| one.id == id))
            };
            let done = attempt.gradings.iter().find(|one| one.verdict.is_some());
            AttemptView {
                number,
                name: match case.sight.names {
                    true => (&attempt.original_name).into(),
                    false => Line::default(),
                },
                at: utc(attempt.received_ms),
                digest: attempt.sha256.map(|sha256| sha256.short(12)).unwrap_or_default(),
                result: said(attempt),
                grading: done.map(|one| one.id.as_str()).unwrap_or_default().into(),
                counts: names(counting),
                shown: names(shown),
            }
        })
        .collect()
}

fn said(attempt: &Attempt) -> String {
    let Some(newest) = attempt.gradings.first() else { return "not graded".into() };
    match (newest.verdict, newest.score) {
        (Some(Verdict::Graded), Some(score)) => format!("{} of 100", number(score)),
        (Some(verdict), _) => verdict.words().into(),
        (None, _) if newest.state == "leased" => "is being graded".into(),
        (None, _) => "waits".into(),
    }
}
