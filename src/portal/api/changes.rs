//! What happens to an invitation.

use axum::{Json, extract::State, http::HeaderMap};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Body, InPath, wrong},
    caller::{Administers, Allowed, Caller, Invites},
    invitations::{InvitationView, parsed, standing},
    office::{desk, desk_problem, task},
    tag::matches,
};
use crate::{
    hiring::{Actor, Code, Due, Multiplier},
    portal::{App, Problem, Task},
    sending::{CarryError, Desk, Done},
    store::Standing,
};

/// The most characters of a sentence to the candidate.
const MOST_NOTE: usize = 1000;
const MOST_NAME: usize = 120;

/// An invitation after something happened to it, and what became of the message about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changed)]
pub(super) struct ChangedView {
    /// As it is now.
    invitation: InvitationView,
    /// Null where nobody was written to.
    message: Option<SentView>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sent)]
pub(super) struct SentView {
    /// Whether it left, or was written to a folder.
    sent: bool,
    /// Why not.
    error: Option<String>,
}

/// More time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Extend {
    /// A period from now or from the deadline, whichever is later (`3d`), or a moment as in
    /// `2026-12-01T18:00Z`.
    #[schema(example = "3d", max_length = 64)]
    to: String,
    /// Whether the candidate is written to.
    #[serde(default = "yes")]
    #[schema(default = true)]
    tell: bool,
}

/// More time for all of the task, without a reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Accommodate {
    /// Of the whole time, such as 150.
    #[schema(minimum = 100, maximum = 400, example = 150)]
    percent: i64,
    /// Who of the team approved it.
    #[schema(example = "Grace Hopper", min_length = 1, max_length = 120)]
    approved_by: String,
    /// Whether the candidate is written to.
    #[serde(default = "yes")]
    #[schema(default = true)]
    tell: bool,
}

/// How an invitation is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancel {
    /// A sentence that the message has as well.
    #[serde(default)]
    #[schema(max_length = 1000, default = "")]
    note: String,
    /// Whether the candidate is written to.
    #[serde(default = "yes")]
    #[schema(default = true)]
    tell: bool,
}

fn yes() -> bool {
    true
}

/// Move the deadline; it never comes nearer.
#[utoipa::path(post, path = "/v1/invitations/{code}/extend", tag = "Invitations", request_body = Extend,
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["invite"])),
    responses((status = 200, description = "It has more time.", body = ChangedView)))]
pub(super) async fn extend_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Invites>,
    InPath(code): InPath,
    headers: HeaderMap,
    Body(more): Body<Extend>,
) -> Result<Json<ChangedView>, Problem> {
    let to: Due = parsed("/to", &more.to)?;
    let at = At::of(&app, &caller, &code, &headers).await?;
    let done = at.desk.extend(&at.task.challenge, &at.standing, &to, more.tell).await;
    told(&app, &caller, &done.map_err(desk_problem)?).await
}

/// Multiply the whole time. Neither messages nor reviewers say that, or why.
#[utoipa::path(post, path = "/v1/invitations/{code}/accommodate", tag = "Invitations",
    request_body = Accommodate,
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["admin"])),
    responses((status = 200, description = "It has more time.", body = ChangedView)))]
pub(super) async fn accommodate_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    InPath(code): InPath,
    headers: HeaderMap,
    Body(more): Body<Accommodate>,
) -> Result<Json<ChangedView>, Problem> {
    let multiplier =
        Multiplier::from_percent(more.percent).map_err(|error| wrong("/percent", error))?;
    let approver = line("/approved_by", &more.approved_by, MOST_NAME)?;
    let mut at = At::of(&app, &caller, &code, &headers).await?;
    // Who approved it answers for it, whichever program says so.
    at.desk.actor = Actor::Team(approver.to_owned());
    let done = at.desk.accommodate(&at.task.challenge, &at.standing, multiplier, more.tell).await;
    told(&app, &caller, &done.map_err(desk_problem)?).await
}

/// Remind of the deadline.
#[utoipa::path(post, path = "/v1/invitations/{code}/remind", tag = "Invitations",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["invite"])),
    responses((status = 200, description = "The reminder left, or did not.", body = ChangedView)))]
pub(super) async fn remind_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Invites>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Json<ChangedView>, Problem> {
    let at = At::of(&app, &caller, &code, &headers).await?;
    let done = at.desk.remind(&at.task.challenge, &at.standing).await;
    told(&app, &caller, &done.map_err(desk_problem)?).await
}

/// Send the invitation again, with a new link; the old one is dead then.
#[utoipa::path(post, path = "/v1/invitations/{code}/resend", tag = "Invitations",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["invite"])),
    responses((status = 200, description = "The message left, or did not.", body = ChangedView)))]
pub(super) async fn resend_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Invites>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Json<ChangedView>, Problem> {
    let at = At::of(&app, &caller, &code, &headers).await?;
    let done = at.desk.resend(&at.task.challenge, &at.standing).await;
    told(&app, &caller, &done.map_err(desk_problem)?).await
}

/// Take an invitation back.
#[utoipa::path(post, path = "/v1/invitations/{code}/cancel", tag = "Invitations", request_body = Cancel,
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["invite"])),
    responses((status = 200, description = "It is cancelled.", body = ChangedView)))]
pub(super) async fn cancel_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Invites>,
    InPath(code): InPath,
    headers: HeaderMap,
    Body(how): Body<Cancel>,
) -> Result<Json<ChangedView>, Problem> {
    if how.note.chars().count() > MOST_NOTE {
        return Err(wrong("/note", format!("it has at most {MOST_NOTE} characters")));
    }
    let at = At::of(&app, &caller, &code, &headers).await?;
    let done = at.desk.cancel(&at.task.challenge, &at.standing, &how.note, how.tell).await;
    told(&app, &caller, &done.map_err(desk_problem)?).await
}

/// Everything that a change needs.
struct At {
    desk: Desk,
    standing: Standing,
    task: std::sync::Arc<Task>,
}

impl At {
    async fn of(
        app: &App,
        caller: &Caller,
        code: &Code,
        headers: &HeaderMap,
    ) -> Result<Self, Problem> {
        let standing = standing(app, code).await?;
        matches(headers, &InvitationView::of(&standing, caller))?;
        let desk = desk(app, caller)?;
        let task = task(app, &standing.invitation.challenge).await?;
        Ok(Self { desk, standing, task })
    }
}

async fn told(app: &App, caller: &Caller, done: &Done) -> Result<Json<ChangedView>, Problem> {
    changed(app, caller, done).await.map(Json)
}

/// What was done, as it stands now.
pub(super) async fn changed(
    app: &App,
    caller: &Caller,
    done: &Done,
) -> Result<ChangedView, Problem> {
    let now = standing(app, &done.invitation.code).await?;
    let message = done.message.as_ref().map(|left| SentView {
        sent: left.is_ok(),
        error: left.as_ref().err().map(|error| {
            // A path of this machine is nobody's business.
            match error {
                CarryError::Mail(_) | CarryError::Send(_) => error.to_string(),
                _ => "the message could not leave; the portal's log says why".to_owned(),
            }
        }),
    });
    if let Some(Err(error)) = &done.message {
        tracing::warn!(target: "takehome::portal", %error, "a message did not leave");
    }
    Ok(ChangedView { invitation: InvitationView::of(&now, caller), message })
}

/// One line of text that shows as it is.
pub(super) fn line<'a>(pointer: &str, text: &'a str, most: usize) -> Result<&'a str, Problem> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > most || text.chars().any(crate::domain::hides) {
        return Err(wrong(pointer, format!("it is one line of 1 to {most} visible characters")));
    }
    Ok(text)
}
