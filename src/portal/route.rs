//! Which routes there are, and the frame that each request passes.

use std::any::Any;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};

use super::{
    App, Problem, address, api, assets, candidate, csrf, headers, ops, problem, requests, team,
};

/// What a form or a document may have; uploads have a limit of their own.
const MOST_BODY: usize = 1 << 20;

/// Every route of the portal.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(assets::routes())
        .merge(candidate::routes())
        .merge(team::routes())
        .merge(api::routes())
        .merge(ops::routes())
}

/// The portal as a service.
pub fn router(app: App) -> Router {
    routes()
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::of(StatusCode::METHOD_NOT_ALLOWED))
        .layer(from_fn_with_state(app.clone(), api::once))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(RequestBodyTimeoutLayer::new(app.settings.silence))
        .layer(from_fn_with_state(app.clone(), csrf::same_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::present))
        .layer(from_fn_with_state(app.clone(), headers::secure))
        .layer(from_fn_with_state(app.clone(), requests::follow))
        .layer(from_fn_with_state(app.clone(), address::find))
        .with_state(app)
}

/// A handler panicked: the client learns nothing about it, the log does.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let message = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(target: "takehome::portal", panic = message, "a handler panicked");
    Problem::of(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
