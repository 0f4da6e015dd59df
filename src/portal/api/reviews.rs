//! What came in, what reviewers wrote, and what was decided.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Body, InPath, wrong},
    caller::{Allowed, Reads, ReviewsThem},
    invitations::{InvitationView, parsed, standing},
    list::Listed,
    tag::{matches, tagged},
    words::VerdictWord,
};
use crate::{
    hiring::{MailAddress, instant},
    portal::{App, Problem},
    reviewing::{Account, Outcome, Right, Role, Scorecard, Words},
    store::{Attempt, NewDecision, Reviews as _, Team as _},
};

/// Something that a candidate handed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Submission)]
pub(super) struct SubmissionView {
    /// The canonical archive's digest; null where the archive was refused.
    sha256: Option<String>,
    /// What the archive was called; null for tokens without the scope `invite`.
    name: Option<String>,
    /// When it came in.
    #[schema(format = DateTime)]
    received: String,
    /// Whether its bytes were erased.
    erased: bool,
    /// Newest first.
    gradings: Vec<GradingView>,
}

/// A grading of a submission, in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grading)]
pub(super) struct GradingView {
    /// Its report is at `/v1/gradings/{id}` once it is done.
    id: String,
    /// `queued`, `leased` (at work) or `done`.
    state: String,
    /// Whose result it is.
    verdict: Option<VerdictWord>,
    /// 0 to 100.
    score: Option<f64>,
    /// When it was done.
    #[schema(format = DateTime)]
    finished: Option<String>,
}

/// What one reviewer thinks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scorecard)]
pub(super) struct ScorecardView {
    /// Whose.
    by: String,
    /// The grading that was looked at.
    grading: Option<String>,
    /// Its writer knew no name.
    blind: bool,
    /// In the rubric's order.
    marks: Vec<MarkView>,
    /// `strong_yes`, `yes`, `no` or `strong_no`.
    recommendation: Option<String>,
    /// About all of it.
    words: String,
    /// When it was handed in.
    #[schema(format = DateTime)]
    handed_in: Option<String>,
}

/// A criterion's mark.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Mark)]
pub(super) struct MarkView {
    /// The criterion's key in the rubric.
    criterion: String,
    /// 1 to 4.
    mark: u8,
    /// Why.
    words: String,
}

/// What becomes of a candidate.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Outcome)]
pub(super) enum OutcomeWord {
    Advance,
    Decline,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub(super) struct DecisionView {
    /// What.
    outcome: OutcomeWord,
    /// Whose.
    by: String,
    /// Why, for the team.
    reason: String,
    /// What the candidate is told.
    feedback: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// A decision to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    /// Who decides: the address of an account that may.
    #[schema(example = "grace@example.org", format = "email", max_length = 254)]
    by: String,
    /// What.
    outcome: OutcomeWord,
    /// Why, for the team.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
    /// What the candidate is told.
    #[serde(default)]
    #[schema(max_length = 4000)]
    feedback: String,
}

impl From<OutcomeWord> for Outcome {
    fn from(word: OutcomeWord) -> Self {
        match word {
            OutcomeWord::Advance => Self::Advance,
            OutcomeWord::Decline => Self::Decline,
        }
    }
}

impl From<Outcome> for OutcomeWord {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Advance => Self::Advance,
            Outcome::Decline => Self::Decline,
        }
    }
}

/// What came in under an invitation, newest first.
#[utoipa::path(get, path = "/v1/invitations/{code}/submissions", tag = "Gradings",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["read"])),
    responses((status = 200, description = "With what became of each.", body = Listed<SubmissionView>)))]
pub(super) async fn list_submissions(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Reads>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    standing(&app, &code).await?;
    let found = app.store.attempts(&code).await?;
    let items = found.into_iter().map(|one| submission(one, caller.knows_names())).collect();
    tagged(&headers, StatusCode::OK, &Listed::<SubmissionView> { items, next: None })
}

fn submission(one: Attempt, names: bool) -> SubmissionView {
    SubmissionView {
        sha256: one.sha256.map(|digest| digest.to_string()),
        name: names.then_some(one.original_name),
        received: instant(one.received_ms),
        erased: one.erased,
        gradings: one
            .gradings
            .into_iter()
            .map(|grading| GradingView {
                id: grading.id,
                state: grading.state,
                verdict: grading.verdict.map(Into::into),
                score: grading.score,
                finished: grading.finished_ms.map(instant),
            })
            .collect(),
    }
}

/// The scorecards of an invitation that are handed in, oldest first.
#[utoipa::path(get, path = "/v1/invitations/{code}/scorecards", tag = "Reviews",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["review"])),
    responses((status = 200, description = "No drafts.", body = Listed<ScorecardView>)))]
pub(super) async fn list_scorecards(
    State(app): State<App>,
    _: Allowed<ReviewsThem>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    standing(&app, &code).await?;
    let found = app.store.scorecards(&code).await?;
    let items = found.into_iter().filter(|card| card.in_ms.is_some()).map(scorecard).collect();
    tagged(&headers, StatusCode::OK, &Listed::<ScorecardView> { items, next: None })
}

fn scorecard(card: Scorecard) -> ScorecardView {
    ScorecardView {
        by: card.by.name.to_string(),
        grading: card.grading,
        blind: card.blind,
        marks: card
            .marks
            .into_iter()
            .map(|mark| MarkView { criterion: mark.criterion, mark: mark.mark, words: mark.words })
            .collect(),
        recommendation: card.recommendation.map(|word| word.key().to_owned()),
        words: card.words,
        handed_in: card.in_ms.map(instant),
    }
}

/// The decision about an invitation.
#[utoipa::path(get, path = "/v1/invitations/{code}/decision", tag = "Reviews",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["review"])),
    responses((status = 200, description = "What was decided.", body = DecisionView)))]
pub(super) async fn get_decision(
    State(app): State<App>,
    _: Allowed<ReviewsThem>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    standing(&app, &code).await?;
    let found = app.store.decision(&code).await?.ok_or_else(Problem::not_found)?;
    let shown = DecisionView {
        outcome: found.outcome.into(),
        by: found.by,
        reason: found.reason,
        feedback: found.feedback,
        at: instant(found.at_ms),
    };
    tagged(&headers, StatusCode::OK, &shown)
}

/// Decide, once, for somebody who may: an admin, or a reviewer whose scorecard is in.
#[utoipa::path(post, path = "/v1/invitations/{code}/decision", tag = "Reviews", request_body = Decide,
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["review"])),
    responses((status = 200, description = "It is decided.", body = InvitationView)))]
pub(super) async fn decide(
    State(app): State<App>,
    Allowed(caller, _): Allowed<ReviewsThem>,
    InPath(code): InPath,
    headers: HeaderMap,
    Body(asked): Body<Decide>,
) -> Result<Json<InvitationView>, Problem> {
    let mail: MailAddress = parsed("/by", &asked.by)?;
    let (reason, feedback): (Words, Words) =
        (parsed("/reason", &asked.reason)?, parsed("/feedback", &asked.feedback)?);
    let one = standing(&app, &code).await?;
    matches(&headers, &InvitationView::of(&one, &caller))?;
    let account = app.store.account_of(&mail).await?.map(|(account, _)| account);
    let cards = app.store.scorecards(&code).await?;
    let may = |account: &Account| {
        let card_in = cards.iter().any(|card| card.by.id == account.id && card.in_ms.is_some());
        let enough = card_in || account.role == Role::Admin;
        !account.disabled && account.ready && account.role.may(Right::Decide) && enough
    };
    let account = account.filter(may).ok_or_else(|| {
        wrong(
            "/by",
            "this is nobody who may decide it: an admin, or a reviewer whose scorecard is in",
        )
    })?;
    let new = NewDecision {
        version: one.invitation.version,
        outcome: asked.outcome.into(),
        reason,
        feedback,
    };
    app.store.decide(&code, &new, &account).await?;
    Ok(Json(InvitationView::of(&standing(&app, &code).await?, &caller)))
}
