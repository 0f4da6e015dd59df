//! Versions of what is shown: a change of what has changed meanwhile is refused.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
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
    let known = given(headers, &header::IF_NONE_MATCH)?.is_some_and(|given| given.name(&tag, true));
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
    let Some(given) = given(headers, &header::IF_MATCH)? else { return Ok(()) };
    if given.name(&tag(now)?, false) {
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

/// What a client says that it has seen.
enum Given {
    /// Anything at all.
    Any,
    /// One of these tags; those that are weak name something that means the same.
    Tags(Vec<(bool, String)>),
}

impl Given {
    fn name(&self, tag: &str, weakly: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|(weak, one)| one == tag && (weakly || !weak)),
        }
    }
}

/// The tags of a header, which are quoted (RFC 9110, 8.8.3).
fn given(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Given>, Problem> {
    let mut tags = Vec::new();
    for line in headers.get_all(name) {
        let text = line.to_str().map_err(|_| no_tag(name))?;
        if text == "*" {
            return Ok(Some(Given::Any));
        }
        tags.extend(listed(text).ok_or_else(|| no_tag(name))?);
    }
    Ok((!tags.is_empty()).then_some(Given::Tags(tags)))
}

/// Tags with commas between them; there may be commas in them, too.
fn listed(text: &str) -> Option<Vec<(bool, String)>> {
    let mut tags = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let (tag, after) = quoted.strip_prefix('"')?.split_once('"')?;
        if !tag.bytes().all(|b| b == b'!' || (b'#'..=b'~').contains(&b)) {
            return None;
        }
        tags.push((weak, format!("\"{tag}\"")));
        rest = after.trim_start();
        if let Some(next) = rest.strip_prefix(',') {
            rest = next.trim_start();
            if rest.is_empty() {
                return None;
            }
        } else if !rest.is_empty() {
            return None;
        }
    }
    Some(tags)
}

fn no_tag(name: &HeaderName) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_request",
        "This is no ETag",
        format!("{name} is * or ETags as they were given, in their quotation marks."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, value.parse().expect("a value"));
        headers
    }

    #[test]
    fn a_change_needs_the_tag_of_what_is_there_and_no_weak_one() {
        let tag = tag(&1).expect("a tag");
        for (given, fits) in [
            ("*".to_owned(), true),
            (tag.clone(), true),
            (format!("\"a, b\",{tag}").replace("a, b", "a,,b"), true),
            (format!("W/{tag}"), false),
            ("\"other\"".to_owned(), false),
        ] {
            assert_eq!(matches(&headers(&given), &1).is_ok(), fits, "{given}");
        }
        assert!(matches(&HeaderMap::new(), &1).is_ok());
    }

    #[test]
    fn what_is_no_tag_is_refused_as_such() {
        for given in ["{}", ",", "abc", "\"a", "\"a b\"", "W/x", "\"a\" \"b\""] {
            let refused = matches(&headers(given), &1).expect_err("it is none");
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{given}");
        }
    }
}
