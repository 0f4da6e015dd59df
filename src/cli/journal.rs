//! What services log.

use tracing_subscriber::EnvFilter;

/// What is logged, in the words of `tracing`'s filters.
const LOG: &str = "TAKEHOME_LOG";

/// JSON lines on standard error, unless `--trace` has taken it.
pub(super) fn begin() {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
