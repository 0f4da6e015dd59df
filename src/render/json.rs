use std::fmt::Write as _;

use super::RenderError;
use crate::{
    domain::{Report, hides},
    stats::Statistics,
};

/// Reports as `docs/report.schema.json` describes them: one object where one submission was asked
/// for and came out, a list otherwise. What a terminal would obey or not show is written as an
/// escape, which every reader of JSON undoes.
///
/// # Errors
/// [`RenderError::Json`] for a number that JSON cannot hold.
pub fn json(reports: &[&Report], asked: usize) -> Result<String, RenderError> {
    let text = match reports {
        [report] if asked == 1 => serde_json::to_string_pretty(report)?,
        _ => serde_json::to_string_pretty(reports)?,
    };
    Ok(escaped(&text) + "\n")
}

/// Statistics as `docs/statistics.schema.json` describes them, escaped as [`json()`] does.
///
/// # Errors
/// [`RenderError::Json`] for a number that JSON cannot hold.
pub fn statistics_json(statistics: &Statistics) -> Result<String, RenderError> {
    Ok(escaped(&serde_json::to_string_pretty(statistics)?) + "\n")
}

/// Anything that can be serialised, for a program to read, escaped as [`json()`] does.
///
/// # Errors
/// [`RenderError::Json`] for a number that JSON cannot hold.
pub fn pretty<T: serde::Serialize>(value: &T) -> Result<String, RenderError> {
    Ok(escaped(&serde_json::to_string_pretty(value)?))
}

/// Such characters occur in strings only, so each can be replaced where it stands.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !hides(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}
