//! Who is signed in.

use axum::{
    extract::FromRequestParts,
    http::{Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::{App, Problem};
use crate::{
    hiring::Token,
    render::portal::{
        Frame, NavLink,
        team::{Said, Top},
    },
    reviewing::{Account, Right},
    store::Team as _,
};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub account: Account,
    /// The session's secret, which forms are bound to.
    secret: String,
}

/// The pages at the top, each with the right that it needs.
const PAGES: [(&str, &str, Right); 7] = [
    ("/team", "Invitations", Right::Look),
    ("/team/invite", "Invite", Right::Invite),
    ("/team/distribution", "Scores", Right::Look),
    ("/team/agreement", "Agreement", Right::Look),
    ("/team/retention", "Retention", Right::Forget),
    ("/team/accounts", "Accounts", Right::Accounts),
    ("/team/audit", "Audit", Right::Audit),
];

/// A cookie that another host's subdomain cannot set where everything is HTTPS.
pub(super) fn cookie_name(app: &App, plain: &'static str) -> String {
    if app.settings.is_https() { format!("__Host-{plain}") } else { plain.to_owned() }
}

/// The cookie that a browser gets; it lasts until the browser ends or the session does.
pub(super) fn cookie(
    app: &App,
    plain: &'static str,
    value: String,
    site: SameSite,
) -> Cookie<'static> {
    Cookie::build((cookie_name(app, plain), value))
        .path("/")
        .http_only(true)
        .secure(app.settings.is_https())
        .same_site(site)
        .build()
}

pub(super) const SESSION: &str = "takehome_session";

impl Member {
    /// Of a session that was just begun.
    pub(super) fn new(account: Account, secret: String) -> Self {
        Self { account, secret }
    }

    /// The session.
    ///
    /// # Errors
    /// It was read as one before.
    pub(super) fn session(&self) -> Result<Token, Problem> {
        self.secret.parse().map_err(|_| Problem::of(StatusCode::UNAUTHORIZED))
    }

    /// Whether they may.
    ///
    /// # Errors
    /// Status 403.
    pub fn need(&self, right: Right) -> Result<(), Problem> {
        if self.account.role.may(right) { Ok(()) } else { Err(Problem::of(StatusCode::FORBIDDEN)) }
    }

    /// Whether they may.
    pub fn may(&self, right: Right) -> bool {
        self.account.role.may(right)
    }

    /// Whether a form was theirs.
    ///
    /// # Errors
    /// Status 403.
    pub(super) fn check(&self, app: &App, csrf: &str) -> Result<(), Problem> {
        app.csrf.check(&self.secret, csrf)
    }

    /// What stands around a page.
    pub(super) fn frame(&self, title: &str, current: &str) -> Frame {
        let links = PAGES.iter().filter(|(_, _, right)| self.may(*right));
        let links = links.map(|(path, text, _)| NavLink {
            path: (*path).into(),
            text: (*text).into(),
            current: *path == current,
        });
        Frame::new(title).nav(links.collect())
    }

    /// What stands above a page's content; `said` is a key of [`SAID`].
    pub(super) fn top(&self, app: &App, said: Option<&str>) -> Top {
        let found = said.and_then(|key| SAID.iter().find(|(known, _, _)| *known == key));
        Top {
            name: self.account.name.as_str().into(),
            role: self.account.role.key(),
            csrf: app.csrf.token(&self.secret),
            said: found.map(|(_, kind, text)| Said { kind, text: (*text).into() }),
        }
    }
}

/// What a page says that follows a form, by the key in its address.
const SAID: [(&str, &str, &str); 16] = [
    ("kept", "good", "The draft is kept."),
    ("in", "good", "Your scorecard is in."),
    ("comment", "good", "The comment is kept."),
    ("removed", "good", "The comment is taken back."),
    ("decided", "good", "The decision is recorded. Nothing was sent."),
    ("done", "good", "Done."),
    ("sent", "good", "Done, and the message has left."),
    ("unsent", "bad", "Done, but the message has not left; see why below, and send it again."),
    ("archived", "good", "The invitation is archived."),
    ("erased", "good", "What told whose it was is gone."),
    (
        "later",
        "warn",
        "The records are erased. Some bytes go with the next erasure: uploads were coming in.",
    ),
    (
        "some",
        "warn",
        "What could be erased is. Submissions that are being graded are left for later.",
    ),
    ("account", "good", "The account is changed; its sessions have ended."),
    ("password", "good", "The password is changed."),
    ("not-sure", "bad", "Nothing was erased: what was typed does not fit."),
    ("welcome", "good", "The account is set up, and you are signed in."),
];

impl FromRequestParts<App> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let jar = CookieJar::from_headers(&parts.headers);
        let secret = jar.get(&cookie_name(app, SESSION)).map(|cookie| cookie.value().to_owned());
        let token = secret.as_deref().and_then(|secret| secret.parse::<Token>().ok());
        if let (Some(secret), Some(token)) = (secret, token) {
            let found = app.store.session(token.hash()).await;
            if let Some(account) = found.map_err(|error| Problem::from(error).into_response())? {
                return Ok(Self { account, secret });
            }
        }
        Err(sign_in_first(parts))
    }
}

/// A page leads to the sign-in and back; what a script asks for is refused.
fn sign_in_first(parts: &Parts) -> Response {
    let accepts = parts.headers.get(header::ACCEPT).map(|value| value.as_bytes());
    if accepts == Some(b"text/event-stream") {
        return Problem::of(StatusCode::UNAUTHORIZED).as_document().into_response();
    }
    let target = parts.uri.path_and_query().map_or("/team", |path| path.as_str());
    let next = if parts.method == Method::GET { target } else { "/team" };
    let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
    Redirect::to(&format!("/team/sign-in?next={next}")).into_response()
}
