//! What operators and their machines ask.

use axum::Router;

use super::App;

/// Its routes.
pub fn routes() -> Router<App> {
    Router::new()
}
