//! `Idempotency-Key`: what is asked for twice is done once, and answered twice.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::caller::authenticate;
use crate::{
    domain::Digest,
    portal::{App, Client, Problem},
    store::{Access as _, Answer, Once, Turn},
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MOST_KEY: usize = 255;
/// As the frame has it.
const MOST_BODY: usize = 1 << 20;
const MOST_ANSWER: usize = 8 << 20;
/// Its answer has a secret in it, which is kept nowhere.
const NEVER_KEPT: [&str; 2] = ["/v1/tokens", "/v1/webhooks"];

/// Does a request with a key once. Only what succeeded is kept: what was refused has changed nothing.
pub(in crate::portal) async fn once(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let Some(key) = request.headers().get(&KEY).cloned() else { return next.run(request).await };
    if *request.method() != Method::POST || !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    match keyed(&app, request, next, &key).await {
        Ok(response) | Err(response) => response,
    }
}

async fn keyed(
    app: &App,
    request: Request,
    next: Next,
    key: &HeaderValue,
) -> Result<Response, Response> {
    let fits = key.len() <= MOST_KEY && key.as_bytes().iter().all(u8::is_ascii_graphic);
    if !fits || key.is_empty() || NEVER_KEPT.contains(&request.uri().path()) {
        let detail = match fits {
            true => "This answer has a secret in it and is never given twice: leave the key out.",
            false => "A key is 1 to 255 visible ASCII characters.",
        };
        let title = "This Idempotency-Key is not taken";
        let problem = Problem::new(StatusCode::BAD_REQUEST, "idempotency_key", title, detail);
        return Err(problem.into_response());
    }
    let client = request.extensions().get::<Client>().copied();
    let client = client.unwrap_or(Client(std::net::Ipv4Addr::UNSPECIFIED.into()));
    let basic = request.uri().path().starts_with("/v1/partners/");
    let caller = authenticate(request.headers(), app, client, basic).await?;
    let (parts, body) = request.into_parts();
    let too_large = |_| Problem::of(StatusCode::PAYLOAD_TOO_LARGE).into_response();
    let body = to_bytes(body, MOST_BODY).await.map_err(too_large)?;
    let mut asked = format!("{} {}\n", parts.method, parts.uri).into_bytes();
    for name in [header::CONTENT_TYPE, header::IF_MATCH] {
        asked.extend(parts.headers.get(&name).map(HeaderValue::as_bytes).unwrap_or_default());
        asked.push(b'\n');
    }
    asked.extend(&body);
    let asked = Once {
        token: caller.token.id,
        key: Digest::of(key.as_bytes()),
        request: Digest::of(&asked),
    };
    let turn =
        app.store.once(&asked).await.map_err(|error| Problem::from(error).into_response())?;
    match turn {
        Turn::Do => {}
        Turn::Given(answer) => return Ok(again(answer)),
        Turn::Erased => {
            let detail = "It was done; its answer was erased with the person whom it was about.";
            let problem = Problem::new(StatusCode::GONE, "erased", "This is no more", detail);
            return Err(problem.into_response());
        }
        Turn::AtWork => {
            let detail = "The same request is at work. Ask again in a moment.";
            let title = "This is being done";
            let problem = Problem::new(StatusCode::CONFLICT, "at_work", title, detail);
            return Err(problem.into_response());
        }
        Turn::Other => {
            let detail = "This key was used for another request. Choose a new one for each.";
            let title = "This Idempotency-Key is taken";
            let problem =
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key", title, detail);
            return Err(problem.into_response());
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(app, &asked, response).await
}

/// Keeps the answer of what succeeded, and forgets that anything else was asked.
async fn keep(app: &App, asked: &Once, response: Response) -> Result<Response, Response> {
    let failed = |error: crate::store::StoreError| Problem::from(error).into_response();
    if !response.status().is_success() {
        app.store.unanswered(asked).await.map_err(failed)?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let too_large = |error: axum::Error| Problem::internal(&error).into_response();
    let body = to_bytes(body, MOST_ANSWER).await.map_err(too_large)?;
    let answer = Answer {
        status: parts.status.as_u16(),
        headers: kept(&parts.headers),
        body: body.to_vec(),
    };
    app.store.answer(asked, &answer).await.map_err(failed)?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    [header::CONTENT_TYPE, header::ETAG, header::LOCATION]
        .into_iter()
        .filter_map(|name| {
            let value = headers.get(&name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        })
        .collect()
}

fn again(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
