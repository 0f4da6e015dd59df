//! Why something is not possible, in words for a candidate.

use axum::http::StatusCode;

use super::view::moment;
use crate::{
    hiring::State,
    portal::{Portal, Problem},
    receiving::ReceiveError,
    store::{Standing, StoreError},
};

/// Not in the state that the invitation is in.
pub(super) fn of_state(app: &Portal, standing: &Standing) -> Problem {
    let deadline = standing.invitation.terms.deadline_ms();
    let late = app.now_ms() >= deadline;
    let (code, title, detail) = match standing.state {
        State::Declined => (
            "declined",
            "You have declined this task",
            "If that was a mistake, write to us.".into(),
        ),
        State::Cancelled => (
            "withdrawn",
            "This task was withdrawn",
            "The team has taken the invitation back, and there is nothing for you to do.".into(),
        ),
        State::Decided | State::Archived | State::InReview => (
            "closed",
            "This task is closed",
            "What arrived before stays as it was. The team tells you how it goes on.".into(),
        ),
        State::Invited | State::Opened if !late => (
            "not_started",
            "Start the task first",
            "Go to the page of the task and press the button that starts it.".into(),
        ),
        _ => (
            "deadline_passed",
            "The deadline has passed",
            format!(
                "It was {}. What arrived before stays as it was. If something came in between, write to \
                 us: the team can give you more time.",
                moment(standing, deadline)
            ),
        ),
    };
    Problem::new(StatusCode::CONFLICT, code, title, detail)
}

/// What was handed in was not received.
pub(super) fn of_upload(app: &Portal, standing: &Standing, error: &ReceiveError) -> Problem {
    match error {
        ReceiveError::Store(StoreError::Refused(_)) => return of_state(app, standing),
        ReceiveError::Store(StoreError::AttemptsUsed { most, .. }) => {
            let detail = match most {
                1 => "The one attempt is used, and it counts.".to_owned(),
                most => format!("All {most} attempts are used. They stay as they are."),
            };
            let title = "There is no attempt left";
            return Problem::new(StatusCode::CONFLICT, error.code(), title, detail);
        }
        _ => {}
    }
    let Some(remedy) = error.remedy().filter(|_| error.is_refusal()) else {
        tracing::error!(target: "takehome::portal", %error, "an upload was not received");
        return Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side",
            "Your archive is not stored. It is not your fault; please send it again in a few minutes.",
        );
    };
    let status = match error {
        ReceiveError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let detail = format!("{}. {}.", capital(&error.to_string()), capital(&remedy));
    Problem::new(status, error.code(), "This archive was not taken", detail)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}
