//! Who asks: a token, and what it is for.

use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    access::{ApiSecret, Scope},
    hiring::Actor,
    portal::{App, Client, Problem, Rate},
    store::{Access as _, ApiToken},
};

/// No credentials are longer.
const MOST_CREDENTIALS: usize = 512;

/// A token that counts.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) token: ApiToken,
}

impl Caller {
    /// Whether it is for that.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.token.scopes.allow(scope)
    }

    /// As the audit trail names it.
    pub(super) fn actor(&self) -> Actor {
        Actor::Team(format!("token {}", self.token.name))
    }

    /// Whether it may know who a candidate is.
    pub(super) fn knows_names(&self) -> bool {
        self.may(Scope::Invite)
    }
}

/// One of these scopes is needed.
pub(super) trait Needs: Send + Sync + 'static {
    const ANY: &'static [Scope];
    /// Whether the token may come as the user of Basic authentication, as partners send it.
    const BASIC: bool = false;
}

/// A caller who may do what a route does.
pub(super) struct Allowed<N>(pub(super) Caller, pub(super) PhantomData<N>);

/// To read without names.
pub(super) struct Reads;
/// To see invitations, with names or without.
pub(super) struct Sees;
/// To change invitations.
pub(super) struct Invites;
/// To read what reviewers wrote.
pub(super) struct ReviewsThem;
/// To do what partners do.
pub(super) struct Partners;
/// To do everything.
pub(super) struct Administers;
/// To know one's own token.
pub(super) struct Anything;

impl Needs for Reads {
    const ANY: &'static [Scope] = &[Scope::Read];
}
impl Needs for Sees {
    const ANY: &'static [Scope] = &[Scope::Read, Scope::Invite];
}
impl Needs for Invites {
    const ANY: &'static [Scope] = &[Scope::Invite];
}
impl Needs for ReviewsThem {
    const ANY: &'static [Scope] = &[Scope::Review];
}
impl Needs for Partners {
    const ANY: &'static [Scope] = &[Scope::Partner];
    const BASIC: bool = true;
}
impl Needs for Administers {
    const ANY: &'static [Scope] = &[Scope::Admin];
}
impl Needs for Anything {
    const ANY: &'static [Scope] = &Scope::ALL;
}

impl<N: Needs> FromRequestParts<App> for Allowed<N> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let client =
            Client::from_request_parts(parts, app).await.unwrap_or_else(|never| match never {});
        let caller = authenticate(&parts.headers, app, client, N::BASIC).await?;
        if !N::ANY.iter().any(|scope| caller.may(*scope)) {
            let needed: Vec<&str> = N::ANY.iter().map(|scope| scope.key()).collect();
            let problem = Problem::new(
                StatusCode::FORBIDDEN,
                "scope",
                "This token is not for that",
                format!("It needs one of these scopes: {}.", needed.join(", ")),
            );
            return Err(problem.into_response());
        }
        Ok(Self(caller, PhantomData))
    }
}

/// The caller of a request's headers.
pub(super) async fn authenticate(
    headers: &HeaderMap,
    app: &App,
    client: Client,
    basic: bool,
) -> Result<Caller, Response> {
    let refused = || refused(basic);
    let Some(secret) = secret(headers, basic) else {
        // Nothing was guessed where nothing was given.
        if headers.contains_key(header::AUTHORIZATION) {
            count_wrong(app, client).map_err(Problem::into_response)?;
        }
        return Err(refused());
    };
    let found = app.store.token_by_hash(&secret.hash()).await;
    match found.map_err(|error| Problem::from(error).into_response())? {
        Some(token) => {
            app.throttle.count(Rate::Api, &token.id).map_err(Problem::into_response)?;
            Ok(Caller { token })
        }
        None => {
            count_wrong(app, client).map_err(Problem::into_response)?;
            Err(refused())
        }
    }
}

fn count_wrong(app: &App, client: Client) -> Result<(), Problem> {
    app.throttle.count(Rate::WrongToken, &client.key())
}

fn secret(headers: &HeaderMap, basic: bool) -> Option<ApiSecret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    if value.len() > MOST_CREDENTIALS {
        return None;
    }
    let (scheme, given) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return given.trim().parse().ok();
    }
    if basic && scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(given.trim()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        return if password.is_empty() { user.parse().ok() } else { None };
    }
    None
}

fn refused(basic: bool) -> Response {
    let problem = Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "A token is needed",
        "Send one that counts as `Authorization: Bearer takehome_…`; `takehome token create` makes it.",
    );
    let mut response = problem.into_response();
    let scheme = if basic { "Basic realm=\"takehome\"" } else { "Bearer" };
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
    response
}
