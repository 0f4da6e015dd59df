//! Accounts of the team, and one's own password.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{App, Page, Problem},
    forms::{self, Fields, Filled, bad_request},
    member::Member,
    sign_in::{check, chosen, hashed},
};
use crate::{
    hiring::Token,
    render::portal::team::{AccountRow, AccountsPage, Choice, PasswordPage, page as rendered},
    reviewing::{Account, AccountId, LINK_MS, Right, Role},
    store::{NewAccount, NewLink, StoreError, Team as _},
};

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Query(query): Query<forms::Query>,
) -> Result<Page, Problem> {
    member.need(Right::Accounts)?;
    shown(&app, &member, query.said.as_deref(), None, &Fields::of(Vec::new()), "").await
}

async fn shown(
    app: &App,
    member: &Member,
    said: Option<&str>,
    link: Option<(&Account, String)>,
    fields: &Fields,
    wrong: &str,
) -> Result<Page, Problem> {
    let choices =
        |role: Role| Role::ALL.map(|one| Choice::new(one.key(), one.words(), one == role)).into();
    let row = |account: Account| AccountRow {
        id: account.id.0,
        version: account.version,
        name: account.name.as_str().into(),
        mail: account.mail.as_str().into(),
        roles: choices(account.role),
        disabled: account.disabled,
        ready: account.ready,
        own: account.id == member.account.id,
    };
    let rows = app.store.accounts().await?.into_iter().map(row).collect();
    let asked = fields.text("role").parse().unwrap_or(Role::Reviewer);
    let html = rendered(&AccountsPage {
        frame: member.frame("Accounts", "/team/accounts"),
        top: member.top(app, said),
        rows,
        roles: choices(asked),
        link: link.map(|(account, link)| (account.name.as_str().into(), link.into())),
        name: fields.text("name").into(),
        mail: fields.text("mail").into(),
        wrong: wrong.into(),
    });
    let bad = !wrong.is_empty();
    Ok(Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }))
}

/// A link, and its address as a colleague opens it.
fn new_link(app: &App) -> (NewLink, String) {
    let token = Token::new();
    let base = app.settings.url.as_ref().map(ToString::to_string).unwrap_or_default();
    let link = format!("{}/team/set-up/{}", base.trim_end_matches('/'), token.reveal());
    (NewLink { token: token.hash(), expires_ms: app.now_ms().saturating_add(LINK_MS) }, link)
}

pub(super) async fn add(
    State(app): State<App>,
    member: Member,
    form: Filled,
) -> Result<Page, Problem> {
    member.need(Right::Accounts)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let new = fields.parse("name", "Name").and_then(|name| {
        let mail = fields.parse("mail", "Address")?;
        Ok(NewAccount { name, mail, role: fields.parse("role", "Role")? })
    });
    let new = match new {
        Ok(new) => new,
        Err(why) => return shown(&app, &member, None, None, &fields, &why).await,
    };
    let (link, text) = new_link(&app);
    match app.store.add_account(&new, &link, &member.account).await {
        Ok(made) => {
            let none = Fields::of(Vec::new());
            shown(&app, &member, None, Some((&made, text)), &none, "").await
        }
        Err(error @ StoreError::AccountExists(_)) => {
            let why = format!("{error}: {}", error.remedy());
            shown(&app, &member, None, None, &fields, &why).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn link(
    State(app): State<App>,
    member: Member,
    Path(id): Path<i64>,
    form: Filled,
) -> Result<Page, Problem> {
    member.need(Right::Accounts)?;
    member.check(&app, Fields::new(form).raw("csrf"))?;
    let (link, text) = new_link(&app);
    let account = app.store.offer(AccountId(id), &link, &member.account).await?;
    let none = Fields::of(Vec::new());
    shown(&app, &member, None, Some((&account, text)), &none, "").await
}

pub(super) async fn change(
    State(app): State<App>,
    member: Member,
    Path(id): Path<i64>,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Accounts)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let role: Role = fields.parse("role", "Role").map_err(|_| bad_request())?;
    let version: u32 = fields.parse("version", "Version").map_err(|_| bad_request())?;
    let disabled = fields.ticked("disabled");
    let changed =
        app.store.change_account(AccountId(id), version, role, disabled, &member.account).await;
    match changed {
        Ok(_) => Ok(Redirect::to("/team/accounts?said=account").into_response()),
        Err(error @ (StoreError::LastAdmin | StoreError::Outdated(_))) => {
            let why = format!("Nothing was changed: {error}.");
            let none = Fields::of(Vec::new());
            Ok(shown(&app, &member, None, None, &none, &why).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn password_page(
    State(app): State<App>,
    member: Member,
    Query(query): Query<forms::Query>,
) -> Page {
    password_shown(&app, &member, query.said.as_deref(), "")
}

fn password_shown(app: &App, member: &Member, said: Option<&str>, wrong: &str) -> Page {
    let html = rendered(&PasswordPage {
        frame: member.frame("Your account", "/team/password"),
        top: member.top(app, said),
        mail: member.account.mail.as_str().into(),
        wrong: wrong.into(),
    });
    let bad = !wrong.is_empty();
    Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK })
}

pub(super) async fn password(
    State(app): State<App>,
    member: Member,
    form: Filled,
) -> Result<Response, Problem> {
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    // Whoever has the browser for a moment tries as often as anybody else.
    app.throttle.count(super::super::Rate::SignInAccount, &member.account.id.0.to_string())?;
    let wrong = |why: &str| password_shown(&app, &member, None, why).into_response();
    let hash = app.store.account_of(&member.account.mail).await?.and_then(|(_, hash)| hash);
    if !check(fields.raw("old").to_owned(), hash).await {
        return Ok(wrong("The present password does not fit."));
    }
    let password = match chosen(&fields, member.account.mail.as_str()) {
        Ok(password) => hashed(password).await?,
        Err(why) => return Ok(wrong(&why)),
    };
    let kept = member.session()?.hash();
    app.store.change_password(member.account.id, &password, kept).await?;
    Ok(Redirect::to("/team/password?said=password").into_response())
}
