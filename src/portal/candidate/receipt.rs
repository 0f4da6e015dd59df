use axum::{
    extract::{Path, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};

use super::{
    link::Link,
    view::{moment, size},
};
use crate::{
    portal::{App, Page, Problem, problem::unavailable},
    render::portal::candidate::{ReceiptView, receipt},
    store::{Upload, Uploads as _},
};

const TEXT: &str = "text/plain; charset=utf-8";

/// The receipt of an attempt, as a page.
pub(super) async fn page(
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    link: Link,
) -> Result<Page, Problem> {
    let upload = find(&app, &link, &id).await?;
    let task = app.library.task(&link.standing.invitation.challenge).await;
    let task = task.map_err(|error| unavailable(&error))?;
    let view = ReceiptView {
        title: task.challenge.manifest.title.clone(),
        path: link.path(),
        attempt: upload.attempt,
        name: upload.original_name.clone(),
        received: moment(&link.standing, upload.received_ms),
        size: size(upload.size),
        received_sha256: upload.received_sha256.to_string(),
        sha256: upload.sha256.to_string(),
        receipt: app.reception.receipt(&upload),
        upload: upload.id,
    };
    Ok(Page::new(receipt(&view)))
}

/// The same as a file.
pub(super) async fn text(
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    link: Link,
) -> Result<impl IntoResponse, Problem> {
    let upload = find(&app, &link, &id).await?;
    let code = &link.standing.invitation.code;
    let name = format!("attachment; filename=\"receipt-{code}-{}.txt\"", upload.attempt);
    let receipt = app.reception.receipt(&upload);
    Ok(([(CONTENT_TYPE, TEXT.to_owned()), (CONTENT_DISPOSITION, name)], receipt))
}

/// The key that verifies receipts; for everybody.
pub(super) async fn key(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, TEXT)], app.reception.public_pem())
}

/// An attempt of this link's invitation; another one's is not there.
async fn find(app: &App, link: &Link, id: &str) -> Result<Upload, Problem> {
    let uploads = app.store.uploads(&link.standing.invitation.code).await?;
    uploads.into_iter().find(|upload| upload.id == id).ok_or_else(Problem::not_found)
}
