//! An upload comes in: from a form, or as the body of a PUT. Its bytes go to the disk as they come.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{FromRequest as _, Multipart, Query, Request, State, multipart::Field},
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::StreamExt as _;
use http_body_util::Limited;
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

use super::{link::Link, page, refusal, view};
use crate::{
    challenge::Challenge,
    portal::{App, Problem, Rate, problem::unavailable},
    receiving::{Arrival, ReceiveError, Received},
    render::portal::candidate::RefusalView,
    store::Uploads as _,
};

/// What a form has beside the archive.
const AROUND: u64 = 64 << 10;
const MOST_FIELD: usize = 1 << 10;
/// A slow line gets 32 MB through in this time.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
/// Browsers show an answer only once they have sent everything; this much is worth waiting for.
const DRAINED: u64 = 4;
const DRAIN: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

/// From the page's form, or by its script, which wants JSON.
pub(super) async fn form(
    State(app): State<App>,
    link: Link,
    request: Request,
) -> Result<Response, Problem> {
    let wants_json = wants_json(request.headers());
    let received = match guarded(&app, &link, request.headers()).await {
        Ok(challenge) => {
            let body = limited(&app, request);
            timeout(PATIENCE, from_form(&app, &link, challenge, body))
                .await
                .unwrap_or_else(|_| Err(Problem::of(StatusCode::REQUEST_TIMEOUT)))
        }
        Err(problem) => {
            drain(&app, request).await;
            Err(problem)
        }
    };
    match received {
        Ok(received) => {
            let at = format!("{}/receipts/{}", link.path(), received.upload.id);
            if wants_json {
                let said = json!({
                    "location": at,
                    "attempt": received.upload.attempt,
                    "again": received.again,
                    "receipt": received.receipt,
                });
                return Ok((StatusCode::CREATED, Json(said)).into_response());
            }
            Ok(Redirect::to(&at).into_response())
        }
        Err(problem) if wants_json => Err(problem.as_document()),
        Err(problem) if problem.status().is_server_error() => Err(problem),
        Err(problem) => {
            let refusal = RefusalView {
                title: problem.title().to_owned(),
                detail: problem.detail().to_owned(),
            };
            let standing = link.again(&app).await?;
            let shown = page::page(&app, &link, &standing, Some((problem.status(), refusal)));
            Ok(shown.await?.into_response())
        }
    }
}

/// As `curl -T solution.zip` sends it. The answer is the receipt.
pub(super) async fn raw(
    State(app): State<App>,
    link: Link,
    Query(named): Query<Named>,
    request: Request,
) -> Result<Response, Problem> {
    let received = async {
        let challenge = guarded(&app, &link, request.headers()).await?;
        let body = limited(&app, request);
        timeout(PATIENCE, from_body(&app, &link, challenge, &named.name, body))
            .await
            .unwrap_or_else(|_| Err(Problem::of(StatusCode::REQUEST_TIMEOUT)))
    };
    let received = received.await.map_err(Problem::as_document)?;
    let at = format!("{}/receipts/{}", link.path(), received.upload.id);
    let headers = [(LOCATION, at), (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned())];
    Ok((StatusCode::CREATED, headers, received.receipt).into_response())
}

/// What can be said before a byte has come: the challenge, if there is sense in it.
async fn guarded(app: &App, link: &Link, headers: &HeaderMap) -> Result<Arc<Challenge>, Problem> {
    app.throttle.count(Rate::Upload, &link.key())?;
    let standing = &link.standing;
    let uploads = app.store.uploads(&standing.invitation.code).await?;
    if !view::may_upload(standing, &uploads, app.now_ms()) {
        let most = standing.invitation.attempts.most;
        let late = app.now_ms() >= standing.invitation.terms.deadline_ms();
        if let Some(most) = most.filter(|most| uploads.len() >= *most as usize && !late) {
            let code = standing.invitation.code.to_string();
            let used = crate::store::StoreError::AttemptsUsed { code, most };
            return Err(refusal::of_upload(app, standing, &used.into()));
        }
        return Err(refusal::of_state(app, standing));
    }
    if claimed(headers).is_some_and(|length| length > app.settings.upload_bytes + AROUND) {
        let error = ReceiveError::TooLarge { limit: app.settings.upload_bytes };
        app.reception.refused(&standing.invitation.code, &error).await?;
        return Err(refusal::of_upload(app, standing, &error));
    }
    let task = app.library.task(&standing.invitation.challenge).await;
    Ok(task.map_err(|error| unavailable(&error))?.challenge.clone())
}

async fn from_form(
    app: &App,
    link: &Link,
    challenge: Arc<Challenge>,
    request: Request,
) -> Result<Received, Problem> {
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|_| Problem::of(StatusCode::BAD_REQUEST))?;
    let mut allowed = false;
    while let Some(field) =
        form.next_field().await.map_err(|error| broken_off(app, link, &error))?
    {
        match field.name() {
            Some("form") => {
                let given = short(field).await?;
                app.csrf.check(&link.binding(), &given)?;
                allowed = true;
            }
            Some("archive") if allowed => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let mut arrival = begin(app, link, challenge, &name).await?;
                let mut field = field;
                while let Some(bytes) =
                    field.chunk().await.map_err(|error| broken_off(app, link, &error))?
                {
                    write(app, link, &mut arrival, &bytes).await?;
                }
                return finish(app, link, arrival).await;
            }
            _ => return Err(Problem::of(StatusCode::BAD_REQUEST)),
        }
    }
    Err(Problem::of(StatusCode::BAD_REQUEST))
}

async fn from_body(
    app: &App,
    link: &Link,
    challenge: Arc<Challenge>,
    name: &str,
    request: Request,
) -> Result<Received, Problem> {
    let mut arrival = begin(app, link, challenge, name).await?;
    let mut body = request.into_body().into_data_stream();
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|error| broken_off(app, link, &error))?;
        write(app, link, &mut arrival, &bytes).await?;
    }
    finish(app, link, arrival).await
}

async fn begin(
    app: &App,
    link: &Link,
    challenge: Arc<Challenge>,
    name: &str,
) -> Result<Arrival, Problem> {
    let code = &link.standing.invitation.code;
    let begun = app.reception.begin(code, challenge, name, app.settings.upload_bytes).await;
    begun.map_err(|error| refusal::of_upload(app, &link.standing, &error.into()))
}

async fn write(
    app: &App,
    link: &Link,
    arrival: &mut Arrival,
    bytes: &Bytes,
) -> Result<(), Problem> {
    let Err(error) = arrival.write(bytes).await else { return Ok(()) };
    if error.is_refusal() {
        app.reception.refused(&link.standing.invitation.code, &error).await?;
    }
    Err(refusal::of_upload(app, &link.standing, &error))
}

async fn finish(app: &App, link: &Link, arrival: Arrival) -> Result<Received, Problem> {
    match app.reception.finish(arrival).await {
        Ok(received) => {
            app.live.touch();
            Ok(received)
        }
        Err(error) => {
            let standing = link.again(app).await?;
            Err(refusal::of_upload(app, &standing, &error))
        }
    }
}

/// A short value of a form.
async fn short(mut field: Field<'_>) -> Result<String, Problem> {
    let mut value = Vec::new();
    let bad = || Problem::of(StatusCode::BAD_REQUEST);
    while let Some(bytes) = field.chunk().await.map_err(|_| bad())? {
        value.extend_from_slice(&bytes);
        if value.len() > MOST_FIELD {
            return Err(bad());
        }
    }
    String::from_utf8(value).map_err(|_| bad())
}

/// The body ended before it was complete, or went on beyond the limit.
fn broken_off(app: &App, link: &Link, error: &(dyn std::error::Error + 'static)) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            let error = ReceiveError::TooLarge { limit: app.settings.upload_bytes };
            return refusal::of_upload(app, &link.standing, &error);
        }
        cause = error.source();
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "upload_broken_off",
        "The upload broke off",
        "Not all of it arrived, and nothing of it counts. Please send it again.",
    )
}

fn limited(app: &App, request: Request) -> Request {
    let most = usize::try_from(app.settings.upload_bytes + AROUND).unwrap_or(usize::MAX);
    request.map(|body| Body::new(Limited::new(body, most)))
}

/// Reads on without keeping anything, so that a browser gets to the answer.
async fn drain(app: &App, request: Request) {
    let most = app.settings.upload_bytes.saturating_mul(DRAINED);
    if claimed(request.headers()).is_none_or(|length| length > most) {
        return;
    }
    let mut body = request.into_body().into_data_stream();
    let all = async { while let Some(Ok(_)) = body.next().await {} };
    // Whoever takes longer gets the answer when the connection ends.
    let _ = timeout(DRAIN, all).await;
}

fn claimed(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}
