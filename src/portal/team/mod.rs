//! What the hiring team sees.

use axum::Router;

use super::App;

/// Its routes.
pub fn routes() -> Router<App> {
    Router::new()
}
