//! The API for programs, below `/v1`.

mod audit;
mod body;
mod caller;
mod challenges;
mod changes;
mod gradings;
mod greenhouse;
mod invitations;
mod list;
mod office;
mod once;
mod people;
mod reviews;
mod spec;
mod tag;
mod tokens;
mod webhooks;
mod words;

use std::sync::Arc;

use axum::{Json, Router, routing::get};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::App;

pub(super) use once::once;

/// Its routes.
pub fn routes() -> Router<App> {
    let (router, api) = described().split_for_parts();
    let document = Arc::new(spec::finished(&api));
    let serve = move || {
        let document = document.clone();
        async move { Json(Value::clone(&document)) }
    };
    router.route("/v1/openapi.json", get(serve))
}

/// The description of every route, as `/v1/openapi.json` has it.
pub fn document() -> Value {
    spec::finished(&described().split_for_parts().1)
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(challenges::list_challenges))
        .routes(routes!(challenges::get_challenge))
        .routes(routes!(challenges::get_statistics))
        .routes(routes!(invitations::list_invitations, invitations::create_invitations))
        .routes(routes!(invitations::get_invitation))
        .routes(routes!(invitations::list_messages))
        .routes(routes!(changes::extend_invitation))
        .routes(routes!(changes::accommodate_invitation))
        .routes(routes!(changes::remind_invitation))
        .routes(routes!(changes::resend_invitation))
        .routes(routes!(changes::cancel_invitation))
        .routes(routes!(people::purge_invitation))
        .routes(routes!(people::export_person))
        .routes(routes!(reviews::list_submissions))
        .routes(routes!(gradings::get_grading))
        .routes(routes!(reviews::list_scorecards))
        .routes(routes!(reviews::get_decision, reviews::decide))
        .routes(routes!(tokens::get_own_token))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(webhooks::list_webhooks, webhooks::create_webhook))
        .routes(routes!(webhooks::remove_webhook))
        .routes(routes!(webhooks::list_deliveries))
        .routes(routes!(webhooks::redeliver))
        .routes(routes!(audit::list_audit))
        .routes(routes!(greenhouse::list_tests))
        .routes(routes!(greenhouse::send_test))
        .routes(routes!(greenhouse::test_status))
        .routes(routes!(greenhouse::response_error))
}
