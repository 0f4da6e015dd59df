//! The API for programs, below `/v1`.

use axum::Router;

use super::App;

/// Its routes.
pub fn routes() -> Router<App> {
    Router::new()
}
