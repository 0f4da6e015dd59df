//! The desk that a token writes at.

use std::sync::Arc;

use axum::http::StatusCode;

use super::{body::invalid, caller::Caller};
use crate::{
    challenge::ChallengeError,
    portal::{App, Problem, Task},
    sending::{Desk, DeskError},
};

/// The desk, where somebody said who writes.
pub(super) fn desk(app: &App, caller: &Caller) -> Result<Desk, Problem> {
    app.desk(caller.actor()).ok_or_else(|| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no_sender",
            "This portal sends no messages",
            "Start it with --from, and with a mail server's settings if it is to send by itself.",
        )
    })
}

/// A challenge, as it is now.
pub(super) async fn task(app: &App, id: &str) -> Result<Arc<Task>, Problem> {
    app.library.task(id).await.map_err(|error| match error {
        ChallengeError::NotFound { .. } | ChallengeError::NoManifest(_) => Problem::not_found(),
        // What is wrong with it may quote it.
        error => broken(&error),
    })
}

/// A challenge's fault, of which only its author learns more.
fn broken(error: &dyn std::error::Error) -> Problem {
    tracing::warn!(target: "takehome::portal", %error, "a challenge is broken");
    Problem::new(
        StatusCode::CONFLICT,
        "challenge",
        "This challenge cannot be used",
        "Its author finds out why with `takehome challenge lint`.",
    )
}

/// What a desk refuses.
pub(super) fn desk_problem(error: DeskError) -> Problem {
    match error {
        DeskError::Store(error) => error.into(),
        error @ DeskError::Due { .. } => invalid(format!("{error}.")),
        error @ DeskError::Shorter { .. } => Problem::new(
            StatusCode::CONFLICT,
            "conflict",
            "A deadline never comes nearer",
            format!("{error}."),
        ),
        DeskError::Package(error) => broken(&error),
        error => Problem::internal(&error),
    }
}
