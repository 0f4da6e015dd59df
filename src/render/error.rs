/// A report could not be written. None of these depends on what a candidate sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A value that JSON cannot hold.
    #[error("failed to write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The XML writer refused.
    #[error("failed to write JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// The CSV writer refused.
    #[error("failed to write CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A template failed.
    #[error("failed to write HTML: {0}")]
    Html(#[from] askama::Error),
    /// A plot could not be drawn.
    #[error("failed to draw a plot: {0}")]
    Plot(String),
}
