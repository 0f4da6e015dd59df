//! What operators and their machines ask: does it live, is it ready, how much is there to do.

mod health;
mod meters;
mod metrics;

use axum::{Router, routing::get};

use super::App;

pub use meters::Meters;

/// Its routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::all))
}
