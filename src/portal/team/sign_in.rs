//! Signing in and out, and setting an account up. Whether there is an account is never told: the words are
//! the same, and a password is checked in any case.

use std::sync::LazyLock;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{CookieJar, SameSite};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::{
    super::{App, Client, Page, Problem, Rate},
    forms::{Fields, Filled},
    member::{Member, SESSION, cookie, cookie_name},
};
use crate::{
    domain::Digest,
    hiring::{Actor, MailAddress, Token},
    render::portal::{
        Frame,
        team::{SetUpPage, SignInPage, page as rendered},
    },
    reviewing::{Account, Password, PasswordHash, Role, is_locked},
    store::{NewAccount, SetUp, Team as _},
};

const VISIT: &str = "takehome_visit";
const WRONG: &str = "Address and password do not fit, or there were too many attempts. Check both; after \
    five failures an address has to wait for a quarter of an hour.";
/// Hashes at a time: each takes 19 MiB and all of a core.
static HASHING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// What an address of the sign-in has in it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
    out: Option<String>,
}

pub(super) async fn page(
    State(app): State<App>,
    jar: CookieJar,
    Query(asked): Query<Asked>,
) -> Response {
    let done = if asked.out.is_some() { "You are signed out." } else { "" };
    shown(&app, jar, asked.next.as_deref().unwrap_or_default(), "", "", done)
}

/// The page, with a cookie that its form is bound to and that no other site's form brings along.
fn shown(
    app: &App,
    jar: CookieJar,
    next: &str,
    mail: &str,
    wrong: &'static str,
    done: &'static str,
) -> Response {
    let known = jar.get(&cookie_name(app, VISIT)).map(|cookie| cookie.value().to_owned());
    let visit = known
        .filter(|visit| visit.parse::<Token>().is_ok())
        .unwrap_or_else(|| Token::new().reveal());
    let html = rendered(&SignInPage {
        frame: Frame::new("Sign in"),
        csrf: app.csrf.token(&binding(&visit)),
        next: local(next).into(),
        mail: mail.into(),
        wrong,
        done,
    });
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    let jar = jar.add(cookie(app, VISIT, visit, SameSite::Strict));
    (jar, Page::new(html).with(status)).into_response()
}

fn binding(visit: &str) -> String {
    format!("sign-in {visit}")
}

/// A page of the team, and of no other host.
fn local(next: &str) -> &str {
    let ours = next == "/team" || next.starts_with("/team/") || next.starts_with("/team?");
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours && plain && !next.contains("//") { next } else { "/team" }
}

pub(super) async fn sign_in(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    form: Filled,
) -> Result<Response, Problem> {
    app.throttle.count(Rate::SignIn, &client.key())?;
    let fields = Fields::new(form);
    let visit = jar.get(&cookie_name(&app, VISIT)).map(|cookie| cookie.value().to_owned());
    app.csrf.check(&binding(&visit.unwrap_or_default()), fields.raw("csrf"))?;
    let (typed, next) = (fields.text("mail"), fields.text("next"));
    let mail = typed.parse::<MailAddress>().ok();
    let key = mail.as_ref().map_or_else(|| typed.to_lowercase(), MailAddress::key);
    let key = Digest::of(key.as_bytes());
    let locked = is_locked(app.store.failures(&key).await?, app.now_ms());
    let found = match &mail {
        Some(mail) => app.store.account_of(mail).await?,
        None => None,
    };
    let (account, hash) = found.map_or((None, None), |(account, hash)| (Some(account), hash));
    let fits = check(fields.raw("password").to_owned(), hash).await;
    let known = account.filter(|account| fits && !locked && !account.disabled);
    let Some(account) = known else {
        if !locked {
            app.store.fail(&key).await?;
            let nobody = Actor::Team("somebody who is not signed in".into());
            app.store.note("sign_in_failed", None, &nobody, "").await?;
        }
        return Ok(shown(&app, jar, next, typed, WRONG, ""));
    };
    let (jar, _) = begin(&app, jar, account).await?;
    Ok((jar, Redirect::to(local(next))).into_response())
}

/// A session of its own for each sign-in; what the browser had before ends.
async fn begin(
    app: &App,
    jar: CookieJar,
    account: Account,
) -> Result<(CookieJar, Member), Problem> {
    if let Some(old) = jar.get(&cookie_name(app, SESSION))
        && let Ok(token) = old.value().parse::<Token>()
    {
        app.store.end_session(token.hash()).await?;
    }
    let token = Token::new();
    app.store.start_session(account.id, token.hash()).await?;
    app.store.note("signed_in", Some(account.id), &account.actor(), "").await?;
    let jar = jar.add(cookie(app, SESSION, token.reveal(), SameSite::Lax));
    Ok((jar, Member::new(account, token.reveal())))
}

/// Whether the password fits, off the threads that answer requests.
pub(super) async fn check(password: String, hash: Option<PasswordHash>) -> bool {
    let Ok(_turn) = HASHING.acquire().await else { return false };
    let checked = tokio::task::spawn_blocking(move || {
        // Too long for any, but it takes as long.
        let typed = Password::typed(password).or_else(|| Password::typed(String::new()));
        typed.is_some_and(|password| password.is(hash.as_ref()))
    });
    checked.await.unwrap_or(false)
}

/// What to keep of a password, likewise.
pub(super) async fn hashed(password: Password) -> Result<PasswordHash, Problem> {
    let _turn = HASHING.acquire().await.map_err(|error| Problem::internal(&error))?;
    let hash = tokio::task::spawn_blocking(move || password.hash()).await;
    hash.map_err(|error| Problem::internal(&error))
}

/// A new password out of a form that asks for it twice.
pub(super) fn chosen(fields: &Fields, mail: &str) -> Result<Password, String> {
    let text = fields.raw("password");
    let password = Password::chosen(text.to_owned(), mail).map_err(|error| error.to_string())?;
    if text == fields.raw("again") { Ok(password) } else { Err("the two are not the same".into()) }
}

pub(super) async fn sign_out(
    State(app): State<App>,
    member: Member,
    jar: CookieJar,
    form: Filled,
) -> Result<Response, Problem> {
    member.check(&app, Fields::new(form).raw("csrf"))?;
    app.store.end_session(member.session()?.hash()).await?;
    let jar = jar.remove(cookie(&app, SESSION, String::new(), SameSite::Lax));
    Ok((jar, Redirect::to("/team/sign-in?out=1")).into_response())
}

/// What a link is for. One that does not count looks like any address that is none.
async fn link(app: &App, client: &Client, token: &str) -> Result<(Token, SetUp), Problem> {
    let found = match token.parse::<Token>() {
        Ok(token) => app.store.set_up_link(token.hash()).await?.map(|found| (token, found)),
        Err(_) => None,
    };
    match found {
        Some(found) => Ok(found),
        None => {
            app.throttle.count(Rate::WrongLink, &client.key())?;
            Err(Problem::new(
                StatusCode::NOT_FOUND,
                "no_link",
                "This link is not valid any more",
                "It was used, is too old, or was replaced. Ask an admin for a new one; the very first is \
                 printed when `takehome serve` starts.",
            ))
        }
    }
}

pub(super) async fn set_up_page(
    State(app): State<App>,
    client: Client,
    Path(token): Path<String>,
) -> Result<Page, Problem> {
    let (_, found) = link(&app, &client, &token).await?;
    Ok(set_up_shown(&app, &token, &found, &Fields::of(Vec::new()), ""))
}

fn set_up_shown(app: &App, token: &str, found: &SetUp, fields: &Fields, wrong: &str) -> Page {
    let (name, mail) = match found {
        SetUp::First => (fields.text("name").to_owned(), fields.text("mail").to_owned()),
        SetUp::Of(account) => (account.name.to_string(), account.mail.to_string()),
    };
    let html = rendered(&SetUpPage {
        frame: Frame::new("Set up"),
        csrf: app.csrf.token(token),
        first: *found == SetUp::First,
        name: name.into(),
        mail: mail.into(),
        wrong: wrong.into(),
    });
    let bad = !wrong.is_empty();
    Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK })
}

pub(super) async fn set_up(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Path(text): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let (token, found) = link(&app, &client, &text).await?;
    let fields = Fields::new(form);
    app.csrf.check(&text, fields.raw("csrf"))?;
    let wrong = |why: String| set_up_shown(&app, &text, &found, &fields, &why).into_response();
    let account = match &found {
        SetUp::First => {
            let new = fields.parse("name", "Name").and_then(|name| {
                let mail = fields.parse("mail", "Address")?;
                Ok(NewAccount { name, mail, role: Role::Admin })
            });
            let new = match new {
                Ok(new) => new,
                Err(why) => return Ok(wrong(why)),
            };
            let password = match chosen(&fields, new.mail.as_str()) {
                Ok(password) => hashed(password).await?,
                Err(why) => return Ok(wrong(why)),
            };
            app.store.found(token.hash(), &new, &password).await?
        }
        SetUp::Of(account) => {
            let password = match chosen(&fields, account.mail.as_str()) {
                Ok(password) => hashed(password).await?,
                Err(why) => return Ok(wrong(why)),
            };
            app.store.set_up(token.hash(), &password).await?
        }
    };
    let (jar, _) = begin(&app, jar, account).await?;
    Ok((jar, Redirect::to("/team?said=welcome")).into_response())
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_sign_in_leads_to_pages_of_the_team_only() {
        for good in ["/team", "/team/i/abcd-efgh/code?at=1.2", "/team?state=graded"] {
            assert_eq!(local(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/teams",
            "/team//x",
            "/team/\\x",
            "/v1",
            "/team/\n",
        ] {
            assert_eq!(local(bad), "/team", "{bad:?}");
        }
    }
}
