//! Everything about a person, and forgetting them.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{App, Problem},
    case::Case,
    forms::{Fields, Filled},
    member::Member,
};
use crate::{
    hiring::{Code, Who},
    render,
    reviewing::Right,
    sending::{Forgotten, forget},
    store::{Filter, Invitations as _, StoreError, Team as _},
};

pub(super) async fn export(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    member.need(Right::Forget)?;
    let case = Case::open(&app, &member, &code).await?;
    let dossier = app.store.dossier(&Who::Code(case.code().clone())).await?;
    app.store
        .note(
            "person_exported",
            Some(member.account.id),
            &member.account.actor(),
            case.code().as_str(),
        )
        .await?;
    let text = render::pretty(&dossier.json).map_err(|error| Problem::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"person-{}.json\"", case.code()),
        ),
    ];
    Ok((headers, text).into_response())
}

/// All invitations of whoever got this one.
async fn all_of(app: &App, case: &Case) -> Result<Vec<Code>, Problem> {
    let Some(mail) = case.standing.invitation.person.mail.clone() else {
        return Ok(vec![case.code().clone()]);
    };
    let filter = Filter { who: Some(Who::Mail(mail)), ..Filter::default() };
    let found = app.store.invitations(&filter).await?;
    let open = found.into_iter().filter(|one| one.state != crate::hiring::State::Purged);
    Ok(open.map(|one| one.invitation.code).collect())
}

pub(super) async fn erase(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Forget)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let case = Case::open(&app, &member, &code).await?;
    let back = |said: &str| {
        Redirect::to(&format!("/team/i/{}/manage?said={said}", case.code())).into_response()
    };
    if fields.text("sure") != case.code().as_str() {
        return Ok(back("not-sure"));
    }
    let codes = all_of(&app, &case).await?;
    let done = forgotten(&app, &member, &codes).await?;
    Ok(back(if done.removed.is_some() { "erased" } else { "later" }))
}

async fn forgotten(app: &App, member: &Member, codes: &[Code]) -> Result<Forgotten, StoreError> {
    forget(&*app.store, &app.blobs, codes, &[], &member.account.actor()).await
}

pub(super) async fn erase_overdue(
    State(app): State<App>,
    member: Member,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Forget)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let back = |said: &str| Redirect::to(&format!("/team/retention?said={said}")).into_response();
    if fields.text("sure") != "erase" {
        return Ok(back("not-sure"));
    }
    let filter = Filter { overdue: true, ..Filter::default() };
    let (mut some, mut later) = (false, false);
    for one in app.store.invitations(&filter).await? {
        match forgotten(&app, &member, &[one.invitation.code]).await {
            Ok(done) => later |= done.removed.is_none(),
            Err(StoreError::BeingGraded(_)) => some = true,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(back(match (some, later) {
        (true, _) => "some",
        (_, true) => "later",
        _ => "erased",
    }))
}
