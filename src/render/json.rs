use super::RenderError;
use crate::domain::Report;

/// Reports as `docs/report.schema.json` describes them: one object where one submission was asked
/// for and came out, a list otherwise.
///
/// # Errors
/// [`RenderError::Json`] for a number that JSON cannot hold.
pub fn json(reports: &[&Report], asked: usize) -> Result<String, RenderError> {
    let text = match reports {
        [report] if asked == 1 => serde_json::to_string_pretty(report)?,
        _ => serde_json::to_string_pretty(reports)?,
    };
    Ok(text + "\n")
}
