//! Webhooks and what was delivered.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Asked, Body, wrong},
    caller::{Administers, Allowed},
    list::{Listed, PageOf, after, limit, page},
    tag::tagged,
};
use crate::{
    hiring::instant,
    hooks::SigningSecret,
    portal::{App, Problem},
    store::{Delivered, EVENTS, Endpoint, Hooks as _, NewEndpoint},
};

const KIND: &str = "d";

/// Where events go.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(super) struct WebhookView {
    /// Its public name.
    id: String,
    /// Where.
    url: String,
    /// Which events; all of them where it is empty.
    events: Vec<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    created: String,
    /// By whom.
    created_by: String,
}

/// A webhook that was just recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeWebhook {
    /// What is known of it.
    #[serde(flatten)]
    webhook: WebhookView,
    /// What messages are verified with. It is shown this once.
    secret: String,
}

/// A webhook to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// Where: https://…, not inside a network.
    #[schema(example = "https://example.org/takehome", min_length = 1, max_length = 2000)]
    url: String,
    /// Which events; all of them without it. docs/api.md has their names.
    #[serde(default)]
    #[schema(max_items = 17, example = json!(["invitation.graded"]))]
    events: Vec<String>,
}

/// An event on its way to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct DeliveryView {
    /// Its number.
    id: i64,
    /// The event's id, which is the message's `webhook-id`.
    event: String,
    /// The event's name.
    #[serde(rename = "type")]
    kind: String,
    /// To which webhook; null for a partner.
    webhook: Option<String>,
    /// `waiting`, `leased` (on its way), `delivered` or `failed`.
    state: String,
    /// Attempts so far.
    attempts: u32,
    /// When the event happened.
    #[schema(format = DateTime)]
    at: String,
    /// When it is tried next.
    #[schema(format = DateTime)]
    next: Option<String>,
    /// The status of the last answer.
    status: Option<u16>,
    /// Why the last attempt failed.
    error: Option<String>,
}

impl WebhookView {
    fn of(one: &Endpoint) -> Self {
        Self {
            id: one.id.clone(),
            url: one.url.clone(),
            events: one.events.clone(),
            created: instant(one.created_ms),
            created_by: one.created_by.clone(),
        }
    }
}

impl DeliveryView {
    fn of(one: &Delivered) -> Self {
        Self {
            id: one.id,
            event: one.event.clone(),
            kind: one.kind.clone(),
            webhook: one.endpoint.clone(),
            state: one.state.clone(),
            attempts: one.attempts,
            at: instant(one.at_ms),
            next: one.next_ms.map(instant),
            status: one.status,
            error: one.error.clone(),
        }
    }
}

/// Where events go, oldest first.
#[utoipa::path(get, path = "/v1/webhooks", tag = "Webhooks", security(("token" = ["admin"])),
    responses((status = 200, description = "All of them.", body = Listed<WebhookView>)))]
pub(super) async fn list_webhooks(
    State(app): State<App>,
    _: Allowed<Administers>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let items = app.store.endpoints().await?.iter().map(WebhookView::of).collect();
    tagged(&headers, StatusCode::OK, &Listed::<WebhookView> { items, next: None })
}

/// Send events somewhere. No Idempotency-Key is taken, because the secret is shown once.
#[utoipa::path(post, path = "/v1/webhooks", tag = "Webhooks", request_body = NewWebhook,
    security(("token" = ["admin"])),
    responses((status = 201, description = "The webhook, with its secret.", body = MadeWebhook)))]
pub(super) async fn create_webhook(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    Body(new): Body<NewWebhook>,
) -> Result<(StatusCode, Json<MadeWebhook>), Problem> {
    let url = app.settings.hooks.check(&new.url).map_err(|refused| wrong("/url", refused))?;
    let mut events = new.events;
    if let Some(unknown) = events.iter().position(|event| !EVENTS.contains(&event.as_str())) {
        return Err(wrong(&format!("/events/{unknown}"), "there is no such event"));
    }
    events.sort();
    events.dedup();
    let secret = SigningSecret::new().reveal();
    let new = NewEndpoint { url: url.into(), secret: secret.clone(), events };
    let made = app.store.add_endpoint(&new, &caller.actor()).await?;
    let made = MadeWebhook { webhook: WebhookView::of(&made), secret };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Send nothing more to a webhook.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "Webhooks",
    params(("id" = String, Path, description = "Its id", example = "ep_0192f0c1a6b77f3e8d1c2b3a49586776")),
    security(("token" = ["admin"])),
    responses((status = 204, description = "Nothing more is sent there.")))]
pub(super) async fn remove_webhook(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.store.remove_endpoint(&id, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was delivered, or is to be, newest first.
#[utoipa::path(get, path = "/v1/deliveries", tag = "Webhooks", params(PageOf),
    security(("token" = ["admin"])),
    responses((status = 200, description = "A page of it.", body = Listed<DeliveryView>)))]
pub(super) async fn list_deliveries(
    State(app): State<App>,
    _: Allowed<Administers>,
    Asked(which): Asked<PageOf>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = limit(which.limit)?;
    let before: Option<i64> = after(KIND, which.cursor.as_deref())?;
    let found = app.store.deliveries(None, before, limit + 1).await?;
    let listed = page(KIND, found, limit, |one| one.id.to_string(), DeliveryView::of);
    tagged(&headers, StatusCode::OK, &listed)
}

/// Deliver something again, whatever became of it.
#[utoipa::path(post, path = "/v1/deliveries/{id}/redeliver", tag = "Webhooks",
    params(("id" = i64, Path, description = "Its number", example = 17, minimum = 1)),
    security(("token" = ["admin"])),
    responses((status = 202, description = "It is queued.", body = DeliveryView)))]
pub(super) async fn redeliver(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let id: i64 = id.parse().map_err(|_| Problem::not_found())?;
    let queued = app.store.redeliver(id, &caller.actor()).await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryView::of(&queued))))
}
