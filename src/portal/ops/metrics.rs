use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use subtle::ConstantTimeEq as _;

use crate::portal::{App, Client, Problem};

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is counted, as OpenMetrics. For whoever has the token; where none is set, for this
/// machine only and not through a proxy.
pub(super) async fn all(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match &app.settings.metrics_token {
        Some(token) if !bears(&headers, token) => {
            let mut refused = Problem::of(StatusCode::UNAUTHORIZED).into_response();
            let scheme = HeaderValue::from_static("Bearer");
            refused.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
            return Ok(refused);
        }
        None if !client.0.is_loopback() || is_forwarded(&headers) => {
            return Err(Problem::not_found());
        }
        _ => {}
    }
    let text = app.meters.text(&app.store).await?;
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}

fn bears(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.as_bytes()).into()
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED)
}
