//! The decision, with drafted feedback.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{App, Page, Problem},
    case::{Case, utc},
    forms::{self, Fields, Filled, bad_request},
    member::Member,
};
use crate::{
    hiring::State as Stage,
    render::portal::team::{Choice, DecisionPage, page as rendered},
    reviewing::{GroupResult, Outcome, Right, draft},
    store::{NewDecision, Reviews as _, Store as _, StoreError},
};

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    Query(query): Query<forms::Query>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    let case = Case::open(&app, &member, &code).await?;
    let empty = Fields::of(Vec::new());
    shown(&app, &member, &case, query.said.as_deref(), &empty, "").await
}

async fn shown(
    app: &App,
    member: &Member,
    case: &Case,
    said: Option<&str>,
    fields: &Fields,
    wrong: &str,
) -> Result<Page, Problem> {
    // Reasons are what others think, too.
    let made = app.store.decision(case.code()).await?;
    let open = case.standing.state == Stage::InReview && case.may_decide(member);
    let feedback = match (&made, open) {
        (Some(made), _) => made.feedback.clone(),
        (None, true) if wrong.is_empty() => drafted(app, case).await?,
        (None, true) => fields.raw("feedback").to_owned(),
        (None, false) => String::new(),
    };
    let reason = match &made {
        Some(made) => made.reason.clone(),
        None => fields.raw("reason").to_owned(),
    };
    let chosen = fields.text("outcome");
    let html = rendered(&DecisionPage {
        frame: member.frame(case.code().as_str(), ""),
        top: member.top(app, said),
        tabs: case.tabs(member, "/decision"),
        nothing: match case.standing.state {
            _ if open || made.is_some() => "",
            Stage::InReview if member.may(Right::Decide) => {
                "You decide once your own scorecard is in."
            }
            Stage::InReview => "Not decided yet.",
            _ => "It can be decided once somebody has begun to review it.",
        },
        made: made.map(|made| (made.outcome.words(), made.by.into(), utc(made.at_ms))),
        opinions: case.opinions()?,
        outcomes: Outcome::ALL
            .map(|one| Choice::new(one.key(), one.words(), one.key() == chosen))
            .into(),
        reason: reason.into(),
        feedback: feedback.into(),
        version: case.standing.invitation.version,
        wrong: wrong.into(),
    });
    let bad = !wrong.is_empty();
    Ok(Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }))
}

/// A draft from the groups of the result that counts.
async fn drafted(app: &App, case: &Case) -> Result<String, Problem> {
    let counting = app.store.counting(case.code()).await?;
    let report = match counting {
        Some(grading) => app.store.report(&grading).await?,
        None => None,
    };
    let summary = |name: &str| {
        let group = case.challenge.as_ref().and_then(|challenge| challenge.manifest.group(name));
        group.map(|group| group.summary.clone()).unwrap_or_default()
    };
    let groups = report.map(|report| report.groups).unwrap_or_default();
    let groups: Vec<GroupResult> = groups
        .into_iter()
        .map(|group| GroupResult {
            summary: summary(&group.name),
            name: group.name,
            passed: group.passed,
            total: group.total,
        })
        .collect();
    Ok(draft(&case.title(), None, &groups))
}

pub(super) async fn decide(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Decide)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let case = Case::open(&app, &member, &code).await?;
    if !case.may_decide(&member) {
        return Err(Problem::of(StatusCode::FORBIDDEN));
    }
    let chosen = fields.text("outcome");
    let read = || -> Result<(Outcome, _, _), String> {
        let outcome = Outcome::ALL.into_iter().find(|one| one.key() == chosen);
        let outcome = outcome.ok_or("Choose what becomes of the candidate.")?;
        let reason = fields.words("reason", "Why")?;
        if reason.is_empty() {
            return Err("Say why: it is what the team remembers.".into());
        }
        Ok((outcome, reason, fields.words("feedback", "Feedback")?))
    };
    let (outcome, reason, feedback) = match read() {
        Ok(read) => read,
        Err(why) => {
            return Ok(shown(&app, &member, &case, None, &fields, &why).await?.into_response());
        }
    };
    let version = fields.parse("version", "").map_err(|_| bad_request())?;
    let new = NewDecision { version, outcome, reason, feedback };
    match app.store.decide(case.code(), &new, &member.account).await {
        Ok(()) => {
            let back = format!("/team/i/{}/decision?said=decided", case.code());
            Ok(Redirect::to(&back).into_response())
        }
        Err(StoreError::Outdated(_)) => {
            let why = "The invitation has changed meanwhile: look at it again, then decide.";
            let case = Case::open(&app, &member, &code).await?;
            let page = shown(&app, &member, &case, None, &fields, why).await?;
            Ok(page.with(StatusCode::CONFLICT).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
