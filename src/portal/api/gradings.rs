//! Results.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    caller::{Allowed, Reads},
    tag::tagged,
};
use crate::{
    portal::{App, Problem},
    store::Store as _,
};

/// What a submission is called where no name may show.
const DIGITS: usize = 12;

/// The report of a grading. What the archive was called, which may be a name, is for tokens with the scope
/// `invite`; for others it is the beginning of the submission's digest.
#[utoipa::path(get, path = "/v1/gradings/{id}", tag = "Gradings",
    params(("id" = String, Path, description = "Its id", example = "0192f0c1a6b77f3e8d1c2b3a49586776")),
    security(("token" = ["read"])),
    responses((status = 200, description = "As docs/report.schema.json has it.", body = Object)))]
pub(super) async fn get_grading(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Reads>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let report = app.store.report(&id).await?;
    let mut report = report.ok_or_else(Problem::not_found)?;
    if !caller.knows_names() {
        let digest = report.provenance.submission_sha256;
        report.submission = digest.map(|digest| digest.short(DIGITS)).unwrap_or_default();
    }
    tagged(&headers, StatusCode::OK, &report)
}
