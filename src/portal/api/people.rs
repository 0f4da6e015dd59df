//! Everything about a person, and forgetting them.

use axum::{Json, extract::State, http::HeaderMap};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    body::{Body, InPath, wrong},
    caller::{Administers, Allowed},
    invitations::{InvitationView, standing},
    tag::matches,
};
use crate::{
    hiring::Who,
    portal::{App, Problem},
    sending::forget,
    store::{Invitations as _, StoreError},
};

/// The most other names that somebody's submissions were graded under.
const MOST_NAMES: usize = 20;
const MOST_NAME: usize = 200;

/// How somebody is forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Purge {
    /// Other names under which that person's submissions were graded by hand.
    #[serde(default)]
    #[schema(max_items = 20)]
    also_graded_as: Vec<String>,
}

/// What was forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Purged {
    /// Invitations without a person from now on.
    invitations: u32,
    /// People of whom nothing is left.
    people: u32,
    /// Submissions without a name from now on.
    submissions: u32,
    /// Submissions whose bytes were removed; null while others come in, and then the next purge does it.
    bytes_removed: Option<usize>,
}

/// Forget whose an invitation was, for good. Scores, counts and the audit trail stay under its code.
#[utoipa::path(post, path = "/v1/invitations/{code}/purge", tag = "People", request_body = Purge,
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["admin"])),
    responses((status = 200, description = "It is forgotten.", body = Purged)))]
pub(super) async fn purge_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    InPath(code): InPath,
    headers: HeaderMap,
    Body(how): Body<Purge>,
) -> Result<Json<Purged>, Problem> {
    let names = &how.also_graded_as;
    if names.len() > MOST_NAMES || names.iter().any(|name| name.len() > MOST_NAME) {
        return Err(wrong("/also_graded_as", format!("they are at most {MOST_NAMES} short names")));
    }
    let one = standing(&app, &code).await?;
    matches(&headers, &InvitationView::of(&one, &caller))?;
    let codes = [code];
    let done = forget(&*app.store, &app.blobs, &codes, names, &caller.actor()).await;
    let done = done.map_err(|error| match error {
        error @ StoreError::NoCandidate(_) => wrong("/also_graded_as", error),
        error => error.into(),
    })?;
    Ok(Json(Purged {
        invitations: done.purged.invitations,
        people: done.purged.people,
        submissions: done.purged.submissions,
        bytes_removed: done.removed,
    }))
}

/// Everything about the person of an invitation, for them.
#[utoipa::path(get, path = "/v1/invitations/{code}/export", tag = "People",
    params(("code" = String, Path, description = "The code of any of their invitations", example = "k7m2-9x4p")),
    security(("token" = ["admin"])),
    responses((status = 200, description = "As `takehome export-person` has it.", body = Object)))]
pub(super) async fn export_person(
    State(app): State<App>,
    _: Allowed<Administers>,
    InPath(code): InPath,
) -> Result<Json<Value>, Problem> {
    Ok(Json(app.store.dossier(&Who::Code(code)).await?.json))
}
