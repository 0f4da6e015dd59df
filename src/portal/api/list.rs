//! Lists a page at a time.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{invalid, wrong};
use crate::portal::Problem;

/// The most of a page.
const MOST: u32 = 200;
const USUAL: u32 = 50;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listed<T> {
    /// What is on it.
    pub(super) items: Vec<T>,
    /// Give this as `cursor` for the next page; null on the last one.
    pub(super) next: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageOf {
    /// The `next` of the page before.
    #[param(max_length = 200, pattern = "^[A-Za-z0-9_-]+$")]
    pub(super) cursor: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: Option<u32>,
}

/// How many a page has.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(USUAL),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(wrong("limit", format!("it is 1 to {MOST}"))),
    }
}

/// What a cursor says, for the list that is called `kind`.
pub(super) fn after<T: std::str::FromStr>(
    kind: &str,
    cursor: Option<&str>,
) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        text.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()
    };
    let unknown = || invalid("cursor: it is the `next` of a page of this list.");
    read().map(Some).ok_or_else(unknown)
}

/// A page of what was found, of which there may be more.
pub(super) fn page<S, T>(
    kind: &str,
    mut found: Vec<S>,
    limit: u32,
    key: impl Fn(&S) -> String,
    view: impl Fn(&S) -> T,
) -> Listed<T> {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| more);
    let next = last.map(|one| URL_SAFE_NO_PAD.encode(format!("{kind}:{}", key(one))));
    Listed { items: found.iter().map(view).collect(), next }
}
