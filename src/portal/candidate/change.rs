//! What a candidate lets happen to their invitation.

use axum::{Form, extract::State, response::Redirect};
use serde::Deserialize;

use super::{link::Link, refusal};
use crate::{
    hiring::{self, Actor, Event},
    portal::{App, Problem},
    store::{Change, Invitations as _, Standing, StoreError},
};

/// Somebody of the team may change it at the same moment.
const TRIES: usize = 3;

#[derive(Deserialize)]
pub(super) struct Started {
    form: String,
}

#[derive(Deserialize)]
pub(super) struct Declined {
    form: String,
    #[serde(default)]
    sure: String,
}

/// The package is theirs from now on. Starting twice is starting once.
pub(super) async fn start(
    State(app): State<App>,
    link: Link,
    Form(given): Form<Started>,
) -> Result<Redirect, Problem> {
    app.csrf.check(&link.binding(), &given.form)?;
    if link.standing.state == hiring::State::Invited {
        happen(&app, &link, Event::Open).await?;
    }
    happen(&app, &link, Event::Start).await?;
    Ok(Redirect::to(&link.path()))
}

/// They do not want to.
pub(super) async fn decline(
    State(app): State<App>,
    link: Link,
    Form(given): Form<Declined>,
) -> Result<Redirect, Problem> {
    app.csrf.check(&link.binding(), &given.form)?;
    if given.sure == "yes" {
        happen(&app, &link, Event::Decline).await?;
    }
    Ok(Redirect::to(&link.path()))
}

/// Lets something happen, once.
pub(super) async fn happen(app: &App, link: &Link, event: Event) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let standing = link.again(app).await?;
        if has_happened(&standing, event) {
            return Ok(());
        }
        let change = Change {
            code: standing.invitation.code.clone(),
            version: standing.invitation.version,
            event,
            terms: None,
            token: None,
            message: None,
        };
        match app.store.change(&change, &Actor::Candidate).await {
            Ok(_) => {
                app.live.touch();
                return Ok(());
            }
            Err(StoreError::Outdated(_)) => {}
            Err(StoreError::Refused(_)) => return Err(refusal::of_state(app, &standing)),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::of(axum::http::StatusCode::SERVICE_UNAVAILABLE))
}

fn has_happened(standing: &Standing, event: Event) -> bool {
    use hiring::State::{Declined, Graded, InReview, Opened, Started, Submitted};
    let state = standing.state;
    match event {
        Event::Open => matches!(state, Opened | Started | Submitted | Graded | InReview),
        Event::Start => matches!(state, Started | Submitted | Graded | InReview),
        Event::Decline => state == Declined,
        _ => false,
    }
}
