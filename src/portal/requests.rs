//! A request's id, and its line in the log.

use std::{fmt, time::Instant};

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{App, Client};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// A path that no route has may hold anything, a secret too.
const NO_ROUTE: &str = "none";

/// What a request is called in the log, in its answer's `X-Request-Id` and on error pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(uuid::Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or_else(|| Self(uuid::Uuid::now_v7())))
    }
}

/// Names the request and logs what became of it: the route's pattern, never the path, which holds
/// personal links.
pub(super) async fn follow(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = RequestId(uuid::Uuid::now_v7());
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let client = request.extensions().get::<Client>().map(|client| client.0);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    let pattern = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    app.meters.answered(known(&method), pattern, response.status().as_u16(), begun.elapsed());
    tracing::info!(
        target: "takehome::portal",
        request_id = %id,
        method = method.as_str(),
        route = pattern,
        status = response.status().as_u16(),
        duration_ms = begun.elapsed().as_secs_f64() * 1000.0,
        client = client.map(|client| client.to_string()),
        "request"
    );
    response
}

/// A client may make up any method; what is counted has to stay few.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
