//! Versions of what is shown: a change of what has changed meanwhile is refused.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{domain::Digest, portal::Problem};

const CHARS: usize = 32;

/// What is shown, with its tag; nothing but the tag where the client has it already.
pub(super) fn tagged<T: Serialize>(
    headers: &HeaderMap,
    status: StatusCode,
    value: &T,
) -> Result<Response, Problem> {
    let tag = tag(value)?;
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|given| names(given, &tag, true));
    let mut response = match known && status == StatusCode::OK {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (status, Json(value)).into_response(),
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    Ok(response)
}

/// Refuses a change where the client has seen another version.
pub(super) fn matches<T: Serialize>(headers: &HeaderMap, now: &T) -> Result<(), Problem> {
    if !headers.contains_key(header::IF_MATCH) {
        return Ok(());
    }
    let tag = tag(now)?;
    if headers.get_all(header::IF_MATCH).iter().any(|given| names(given, &tag, false)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "changed",
        "It has changed since it was read",
        "Nothing was done. Read it again; its ETag is another one now.",
    ))
}

fn tag<T: Serialize>(value: &T) -> Result<String, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    Ok(format!("\"{}\"", Digest::of(&bytes).short(CHARS)))
}

fn names(given: &HeaderValue, tag: &str, weakly: bool) -> bool {
    let Ok(given) = given.to_str() else { return false };
    given.split(',').map(str::trim).any(|one| {
        one == "*" || one == tag || (weakly && one.strip_prefix("W/").is_some_and(|one| one == tag))
    })
}
