//! What a candidate sees, by a personal link.

use axum::Router;

use super::App;

/// Its routes.
pub fn routes() -> Router<App> {
    Router::new()
}
