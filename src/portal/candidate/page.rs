use axum::{
    extract::State,
    http::{Method, StatusCode},
};

use super::{change::happen, check::checks, link::Link, view};
use crate::{
    hiring::{self, Event},
    portal::{App, Page, Problem, problem::unavailable},
    render::portal::candidate::{RefusalView, invitation},
    store::{Standing, Uploads as _},
};

/// The page of a link; the first time it is looked at, the invitation is opened.
pub(super) async fn show(
    State(app): State<App>,
    method: Method,
    link: Link,
) -> Result<Page, Problem> {
    let mut standing = link.standing.clone();
    if standing.state == hiring::State::Invited && method == Method::GET {
        happen(&app, &link, Event::Open).await?;
        standing = link.again(&app).await?;
    }
    page(&app, &link, &standing, None).await
}

/// The page, with why the last upload was refused.
pub(super) async fn page(
    app: &App,
    link: &Link,
    standing: &Standing,
    refusal: Option<(StatusCode, RefusalView)>,
) -> Result<Page, Problem> {
    let task = app.library.task(&standing.invitation.challenge).await;
    let task = task.map_err(|error| unavailable(&error))?;
    let uploads = app.store.uploads(&standing.invitation.code).await?;
    let checks = checks(app, &uploads).await?;
    let mut view = view::invitation(app, link, standing, &task.challenge, &uploads, &checks);
    let (status, refusal) = refusal.unzip();
    view.refusal = refusal;
    Ok(Page::new(invitation(&view)).with(status.unwrap_or(StatusCode::OK)))
}
