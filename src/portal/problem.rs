//! What went wrong, for people as a page and for programs as RFC 9457 has it.

use std::time::Duration;

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{Page, RequestId};
use crate::{
    render::portal::{Notice, notice},
    store::StoreError,
};

/// Below this everything is for programs.
const API: &str = "/v1";
const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered as asked. [`present`] writes it in the form that fits the path.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: String,
    detail: String,
    retry: Option<Retry>,
    more: Map<String, Value>,
    form: Form,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry(pub Duration);

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    ByPath,
    Document,
}

impl Problem {
    /// One with words of its own. `code` is stable, for programs; `title` is a short heading; `detail`
    /// says what to do, in sentences.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title: title.into(),
            detail: detail.into(),
            retry: None,
            more: Map::new(),
            form: Form::ByPath,
        }
    }

    /// One that the status alone explains.
    pub fn of(status: StatusCode) -> Self {
        let (code, title, detail) = words(status);
        Self::new(status, code, title, detail)
    }

    /// There is nothing here, or nothing for whoever asks: the two look the same.
    pub fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }

    /// A fault of ours: the log has the error, the client a sentence.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(target: "takehome::portal", error = chain(error), "internal error");
        Self::of(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Asked for too often.
    pub fn too_often(retry: Duration) -> Self {
        Self::of(StatusCode::TOO_MANY_REQUESTS).retry(retry)
    }

    /// The same with a time to try again.
    #[must_use]
    pub fn retry(mut self, after: Duration) -> Self {
        self.retry = Some(Retry(after));
        self
    }

    /// The same with another member in its document.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same as a document, whatever the path: for requests that scripts send.
    #[must_use]
    pub fn as_document(mut self) -> Self {
        self.form = Form::Document;
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What it is, in one heading.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What to do, in sentences.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    fn document(&self, id: Option<RequestId>) -> Value {
        let mut document = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        if let Value::Object(members) = &mut document {
            if let Some(id) = id {
                members.insert("instance".into(), format!("urn:request:{id}").into());
            }
            members.extend(self.more.clone());
        }
        document
    }
}

impl From<StoreError> for Problem {
    /// What the store refuses is a conflict; what it cannot do is our fault.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoInvitation(_)
            | StoreError::NoGrading(_)
            | StoreError::NoBatch(_)
            | StoreError::NoToken(_)
            | StoreError::NoEndpoint(_)
            | StoreError::NoDelivery(_)
            | StoreError::NoLink
            | StoreError::NoAccount
            | StoreError::NoComment => Self::not_found(),
            error @ (StoreError::Refused(_)
            | StoreError::Outdated(_)
            | StoreError::AlreadyInvited { .. }
            | StoreError::AccountExists(_)
            | StoreError::LastAdmin
            | StoreError::CardIsIn
            | StoreError::BeingGraded(_)) => {
                let detail = format!("{error}.");
                Self::new(StatusCode::CONFLICT, "conflict", "This is not possible now", detail)
            }
            error => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    /// Empty but for the problem itself, which [`present`] finds.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every error its form, those of the framework's own extractors too.
pub(super) async fn present(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let for_programs = path == API || path.starts_with("/v1/");
    let id = request.extensions().get::<RequestId>().copied();
    let mut response = next.run(request).await;
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_bare(&response) => Problem::of(response.status()),
        None => return response,
    };
    let kept = response.headers().clone();
    let mut shown = match for_programs || problem.form == Form::Document {
        true => {
            let document = Json(problem.document(id)).into_response();
            let mut shown = (problem.status, document).into_response();
            let kind = HeaderValue::from_static(MEDIA_TYPE);
            shown.headers_mut().insert(header::CONTENT_TYPE, kind);
            shown
        }
        false => {
            let id = id.map(|id| id.to_string());
            let said =
                Notice { heading: &problem.title, text: &problem.detail, request: id.as_deref() };
            Page::new(notice(&said)).with(problem.status).into_response()
        }
    };
    for name in [header::ALLOW, header::SET_COOKIE, header::WWW_AUTHENTICATE] {
        for value in kept.get_all(&name) {
            shown.headers_mut().append(name.clone(), value.clone());
        }
    }
    if let Some(Retry(after)) = problem.retry {
        let seconds = HeaderValue::from(after.as_secs().max(1));
        shown.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    shown
}

/// An error that says nothing in a form of ours.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn words(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => (
            "bad_request",
            "This request cannot be read",
            "Something in it is missing or malformed. Go back, reload the page and try again.",
        ),
        StatusCode::UNAUTHORIZED => {
            ("unauthorized", "Sign in first", "This needs somebody who is signed in.")
        }
        StatusCode::FORBIDDEN => {
            ("forbidden", "This is not yours to do", "Ask somebody who may do it.")
        }
        StatusCode::NOT_FOUND => (
            "not_found",
            "There is nothing here",
            "The address may be incomplete, or it may be no longer valid. A personal link has to be \
             copied whole; a newer message may hold a newer one.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method_not_allowed", "This address is used in another way", "Go back and try again.")
        }
        StatusCode::REQUEST_TIMEOUT => (
            "timeout",
            "That took too long",
            "Nothing arrived for a while, so the connection was given up. Please try again.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("too_large", "This is too large", "Send less, and try again.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_media_type",
            "This kind of content is not taken here",
            "Send it as the page or the documentation says.",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("invalid", "Something in it is not valid", "Go back, correct it and try again.")
        }
        StatusCode::TOO_MANY_REQUESTS => {
            ("too_often", "That was too often", "Please wait a little, then try again.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "unavailable",
            "This is not available right now",
            "It is not your fault, and nothing is lost. Please try again in a few minutes.",
        ),
        status if status.is_server_error() => (
            "internal",
            "Something went wrong on our side",
            "It is not your fault, and nothing that you were told has arrived is lost. Please try \
             again in a few minutes.",
        ),
        _ => ("refused", "This was refused", "Go back, reload the page and try again."),
    }
}

/// A challenge cannot be read, or its package cannot be made: nothing that a candidate can mend.
pub(super) fn unavailable(error: &dyn std::error::Error) -> Problem {
    tracing::error!(target: "takehome::portal", error = chain(error), "a challenge is not usable");
    Problem::of(StatusCode::SERVICE_UNAVAILABLE)
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}
