use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};

use super::{link::Link, refusal};
use crate::{
    hiring,
    portal::{App, Problem, Rate, problem::unavailable},
};

/// The challenge's package, for who has started.
pub(super) async fn download(
    State(app): State<App>,
    link: Link,
) -> Result<impl IntoResponse, Problem> {
    use hiring::State::{Graded, InReview, Started, Submitted};
    if !matches!(link.standing.state, Started | Submitted | Graded | InReview) {
        return Err(refusal::of_state(&app, &link.standing));
    }
    app.throttle.count(Rate::Download, &link.key())?;
    let task = app.library.task(&link.standing.invitation.challenge).await;
    let task = task.map_err(|error| unavailable(&error))?;
    // An id is lower-case letters, digits and hyphens: nothing of it needs quoting.
    let name = format!("attachment; filename=\"{}.zip\"", task.challenge.manifest.id);
    let zip = tokio::task::spawn_blocking(move || task.package()).await;
    let zip = match zip {
        Ok(zip) => zip.map_err(|error| unavailable(&error))?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, name)], zip))
}
