//! API tokens.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{Body, wrong},
    caller::{Administers, Allowed, Anything},
    changes::line,
    list::Listed,
    tag::tagged,
};
use crate::{
    access::{ApiSecret, Scope, Scopes},
    hiring::instant,
    portal::{App, Problem},
    store::{Access as _, ApiToken, NewApiToken},
};

const MOST_NAME: usize = 120;
const DAY_MS: i64 = 24 * 3_600_000;
const MOST_DAYS: i64 = 732;

/// What a token is for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Scope)]
pub(super) enum ScopeWord {
    /// Challenges, invitations without names and times, submissions, reports, statistics.
    Read,
    /// Invitations with names, and what can be done to them.
    Invite,
    /// Scorecards and decisions.
    Review,
    /// Greenhouse's assessment partner API.
    Partner,
    /// Everything.
    Admin,
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenView {
    /// Its public name.
    id: String,
    /// What people call it.
    name: String,
    /// What it is for.
    scopes: Vec<ScopeWord>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom.
    created_by: String,
    /// From when on it does not count.
    #[schema(format = DateTime)]
    expires: String,
    /// When it was used last, to the minute.
    #[schema(format = DateTime)]
    last_used: Option<String>,
    /// When it was revoked.
    #[schema(format = DateTime)]
    revoked: Option<String>,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeToken {
    /// What is known of it.
    #[serde(flatten)]
    token: TokenView,
    /// The secret. It is kept nowhere and shown this once.
    secret: String,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// What it is for, for people.
    #[schema(example = "a dashboard", min_length = 1, max_length = 120)]
    name: String,
    /// What it may do.
    #[schema(min_items = 1, max_items = 5)]
    scopes: Vec<ScopeWord>,
    /// How long it counts; 90 days without it.
    #[schema(minimum = 1, maximum = 732, example = 90)]
    days: Option<i64>,
}

impl From<ScopeWord> for Scope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::Read => Self::Read,
            ScopeWord::Invite => Self::Invite,
            ScopeWord::Review => Self::Review,
            ScopeWord::Partner => Self::Partner,
            ScopeWord::Admin => Self::Admin,
        }
    }
}

impl From<Scope> for ScopeWord {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Invite => Self::Invite,
            Scope::Review => Self::Review,
            Scope::Partner => Self::Partner,
            Scope::Admin => Self::Admin,
        }
    }
}

impl TokenView {
    fn of(token: &ApiToken) -> Self {
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            scopes: token.scopes.iter().map(Into::into).collect(),
            created: instant(token.created_ms),
            created_by: token.created_by.clone(),
            expires: instant(token.expires_ms),
            last_used: token.used_ms.map(instant),
            revoked: token.revoked_ms.map(instant),
        }
    }
}

/// The token that asks.
#[utoipa::path(get, path = "/v1/token", tag = "Tokens", security(("token" = [])),
    responses((status = 200, description = "What is known of it.", body = TokenView)))]
pub(super) async fn get_own_token(
    Allowed(caller, _): Allowed<Anything>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tagged(&headers, StatusCode::OK, &TokenView::of(&caller.token))
}

/// Every token, newest first.
#[utoipa::path(get, path = "/v1/tokens", tag = "Tokens", security(("token" = ["admin"])),
    responses((status = 200, description = "Those that count no more, too.", body = Listed<TokenView>)))]
pub(super) async fn list_tokens(
    State(app): State<App>,
    _: Allowed<Administers>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let items = app.store.tokens().await?.iter().map(TokenView::of).collect();
    tagged(&headers, StatusCode::OK, &Listed::<TokenView> { items, next: None })
}

/// Make a token. No Idempotency-Key is taken, because the secret is kept nowhere.
#[utoipa::path(post, path = "/v1/tokens", tag = "Tokens", request_body = NewToken,
    security(("token" = ["admin"])),
    responses((status = 201, description = "The token, with its secret.", body = MadeToken)))]
pub(super) async fn create_token(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    let name = line("/name", &new.name, MOST_NAME)?;
    let days = new.days.unwrap_or(90);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(wrong("/days", format!("they are 1 to {MOST_DAYS}")));
    }
    if new.scopes.len() > Scope::ALL.len() {
        return Err(wrong("/scopes", "each is named once"));
    }
    let scopes: Vec<Scope> = new.scopes.into_iter().map(Into::into).collect();
    let scopes = Scopes::try_from(scopes).map_err(|_| wrong("/scopes", "there is none"))?;
    let secret = ApiSecret::new();
    let new = NewApiToken {
        name: name.to_owned(),
        hash: secret.hash(),
        scopes,
        expires_ms: app.now_ms().saturating_add(days * DAY_MS),
    };
    let made = app.store.create_token(&new, &caller.actor()).await?;
    let made = MadeToken { token: TokenView::of(&made), secret: secret.reveal() };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke a token, but not the one that asks.
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "Tokens",
    params(("id" = String, Path, description = "Its id", example = "tok_0192f0c1a6b77f3e8d1c2b3a49586776")),
    security(("token" = ["admin"])),
    responses((status = 204, description = "It does not count any more.")))]
pub(super) async fn revoke_token(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Administers>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if id == caller.token.id {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "conflict",
            "A token does not take itself back",
            "Use another one, or `takehome token revoke`, so that nobody is locked out.",
        ));
    }
    app.store.revoke_token(&id, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
