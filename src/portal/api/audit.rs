//! The audit trail.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{Asked, wrong},
    caller::{Administers, Allowed},
    list::{Listed, after, limit, page},
    tag::tagged,
};
use crate::{
    hiring::{Code, instant},
    portal::{App, Problem},
    store::{Access as _, TrailEntry},
};

const KIND: &str = "a";

/// A line of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditLine)]
pub(super) struct AuditView {
    /// Grows by the order of events.
    seq: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What was done, such as `extended`.
    action: String,
    /// Who did it, where somebody did.
    actor: Option<String>,
    /// To which invitation.
    invitation: Option<String>,
    /// To which grading.
    grading: Option<String>,
    /// More of it, for people.
    detail: String,
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Lines {
    /// Of this invitation.
    #[param(example = "k7m2-9x4p", pattern = "^[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}$")]
    invitation: Option<String>,
    /// The `next` of the page before.
    #[param(max_length = 200, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// What was done and by whom, newest first.
#[utoipa::path(get, path = "/v1/audit", tag = "Audit trail", params(Lines),
    security(("token" = ["admin"])),
    responses((status = 200, description = "A page of it.", body = Listed<AuditView>)))]
pub(super) async fn list_audit(
    State(app): State<App>,
    _: Allowed<Administers>,
    Asked(which): Asked<Lines>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = limit(which.limit)?;
    let before: Option<i64> = after(KIND, which.cursor.as_deref())?;
    let of = which.invitation.as_deref().map(str::parse::<Code>).transpose();
    let of = of.map_err(|error| wrong("invitation", error))?;
    let found = app.store.trail(of.as_ref(), before, limit + 1).await?;
    let listed = page(KIND, found, limit, |line| line.seq.to_string(), view);
    tagged(&headers, StatusCode::OK, &listed)
}

fn view(line: &TrailEntry) -> AuditView {
    AuditView {
        seq: line.seq,
        at: instant(line.at_ms),
        action: line.action.clone(),
        actor: line.actor.clone(),
        invitation: line.invitation.clone(),
        grading: line.grading.clone(),
        detail: line.detail.clone(),
    }
}
