//! What a candidate sees, by a personal link. The link is all they need, and all they have: whoever has
//! another one sees nothing of theirs.

mod change;
mod check;
mod events;
mod link;
mod package;
mod page;
mod receipt;
mod refusal;
mod upload;
mod view;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use super::App;

/// Its routes.
pub fn routes() -> Router<App> {
    // It counts for itself, and stops where the settings say.
    let upload = post(upload::form).put(upload::raw).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/i/{token}", get(page::show))
        .route("/i/{token}/start", post(change::start))
        .route("/i/{token}/decline", post(change::decline))
        .route("/i/{token}/package", get(package::download))
        .route("/i/{token}/upload", upload)
        .route("/i/{token}/receipts/{upload}", get(receipt::page))
        .route("/i/{token}/receipts/{upload}/text", get(receipt::text))
        .route("/i/{token}/events", get(events::stream))
        .route("/receipt-key", get(receipt::key))
}
