//! What an admin does with one invitation.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{App, Page, Problem},
    case::{Case, utc},
    forms::{self, Fields, Filled},
    member::Member,
    trail::rows,
};
use crate::{
    hiring::{Due, Event, Multiplier, State as Stage},
    render::portal::{
        Line,
        team::{ManagePage, MessageRow, page as rendered},
    },
    reviewing::Right,
    sending::{Desk, DeskError, Done},
    store::{Change, Invitations as _, Reviews as _, StoreError, Told},
};

const LINES: u32 = 200;
/// What a page offers, and whether it needs somebody who writes messages.
const OFFERS: [(&str, Event, bool); 6] = [
    ("remind", Event::Remind, true),
    ("resend", Event::Resend, true),
    ("extend", Event::Extend, true),
    ("accommodate", Event::Accommodate, true),
    ("cancel", Event::Cancel, true),
    ("archive", Event::Archive, false),
];

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    Query(query): Query<forms::Query>,
) -> Result<Page, Problem> {
    member.need(Right::Invite)?;
    let case = Case::open(&app, &member, &code).await?;
    shown(&app, &member, &case, query.said.as_deref(), "").await
}

async fn shown(
    app: &App,
    member: &Member,
    case: &Case,
    said: Option<&str>,
    wrong: &str,
) -> Result<Page, Problem> {
    let invitation = &case.standing.invitation;
    let (terms, actor) = (&invitation.terms, member.account.actor());
    let now = app.now_ms();
    let ready = app.office.is_some();
    let can = OFFERS.iter().filter(|(_, event, writes)| {
        (ready || !writes) && invitation.after(*event, &actor, now).is_ok()
    });
    let told = Told { code: Some(case.code().clone()), limit: LINES, ..Told::default() };
    let grants = app.store.accommodations(case.code()).await?.into_iter().map(|one| {
        let times = f64::from(one.multiplier.percent()) / 100.0;
        Line::from(format!("{times} times, approved by {}, {}", one.approver, utc(one.at_ms)))
    });
    let messages = app.store.messages(case.code()).await?.into_iter().rev().map(|one| MessageRow {
        at: utc(one.queued_ms),
        kind: one.kind.words(),
        delivery: one.delivery.words(),
        detail: one.detail.unwrap_or_default().into(),
    });
    let zone = invitation.person.zone.as_ref().map(|zone| zone.name().to_owned());
    let attempts = match invitation.attempts.most {
        Some(most) => format!("at most {most}"),
        None => "as many as they like".to_owned(),
    };
    let html = rendered(&ManagePage {
        frame: member.frame(case.code().as_str(), ""),
        top: member.top(app, said),
        tabs: case.tabs(member, "/manage"),
        mail: invitation.person.mail.as_ref().map_or("", |mail| mail.as_str()).into(),
        facts: vec![
            ("Deadline (UTC)", utc(terms.deadline_ms()).into()),
            ("Time box", terms.time_box().words().into()),
            ("Time zone", zone.unwrap_or_else(|| "UTC".into()).into()),
            ("Attempts", attempts.into()),
            ("Invited (UTC)", utc(invitation.created_ms).into()),
            ("Kept until (UTC)", utc(terms.retain_until_ms()).into()),
        ],
        accommodations: grants.collect(),
        messages: messages.collect(),
        history: rows(app.store.told(&told).await?),
        version: invitation.version,
        ready,
        can: can.map(|(key, _, _)| *key).collect(),
        purged: case.standing.state == Stage::Purged,
        wrong: wrong.into(),
    });
    let bad = !wrong.is_empty();
    Ok(Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }))
}

/// A form about one invitation, with everything that it needs.
struct Asked {
    member: Member,
    case: Case,
    fields: Fields,
}

async fn asked(app: &App, member: Member, code: &str, form: Filled) -> Result<Asked, Problem> {
    member.need(Right::Invite)?;
    let fields = Fields::new(form);
    member.check(app, fields.raw("csrf"))?;
    let case = Case::open(app, &member, code).await?;
    Ok(Asked { member, case, fields })
}

impl Asked {
    fn desk(&self, app: &App) -> Result<Desk, Problem> {
        app.desk(self.member.account.actor()).ok_or_else(|| {
            Problem::new(
                StatusCode::CONFLICT,
                "no_sender",
                "Nobody has said who writes to candidates",
                "Start the portal with --from; docs/sending.md says how messages leave.",
            )
        })
    }

    fn challenge(&self) -> Result<&crate::challenge::Challenge, Problem> {
        self.case.challenge.as_deref().ok_or_else(|| {
            let detail = "Its folder is missing or broken; `takehome challenge lint` says why.";
            Problem::new(StatusCode::CONFLICT, "no_challenge", "The challenge is not there", detail)
        })
    }

    /// The page again with what is wrong.
    async fn wrong(&self, app: &App, why: &str) -> Result<Response, Problem> {
        Ok(shown(app, &self.member, &self.case, None, why).await?.into_response())
    }

    /// What came of it.
    async fn done(&self, app: &App, done: Result<Done, DeskError>) -> Result<Response, Problem> {
        let said = match done {
            Ok(done) => match done.message {
                None => "done",
                Some(Ok(_)) => "sent",
                Some(Err(_)) => "unsent",
            },
            Err(DeskError::Store(error @ (StoreError::Refused(_) | StoreError::Outdated(_)))) => {
                return self.wrong(app, &format!("Nothing was changed: {error}.")).await;
            }
            Err(DeskError::Store(error)) => return Err(error.into()),
            Err(error @ (DeskError::Due { .. } | DeskError::Shorter { .. })) => {
                return self.wrong(app, &format!("Nothing was changed: {error}.")).await;
            }
            Err(error) => return Err(Problem::internal(&error)),
        };
        let back = format!("/team/i/{}/manage?said={said}", self.case.code());
        Ok(Redirect::to(&back).into_response())
    }
}

pub(super) async fn remind(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let asked = asked(&app, member, &code, form).await?;
    let done = asked.desk(&app)?.remind(asked.challenge()?, &asked.case.standing).await;
    asked.done(&app, done).await
}

pub(super) async fn resend(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let asked = asked(&app, member, &code, form).await?;
    let done = asked.desk(&app)?.resend(asked.challenge()?, &asked.case.standing).await;
    asked.done(&app, done).await
}

pub(super) async fn extend(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let asked = asked(&app, member, &code, form).await?;
    let due: Due = match asked.fields.parse("until", "Extend") {
        Ok(due) => due,
        Err(why) => return asked.wrong(&app, &why).await,
    };
    let tell = asked.fields.ticked("tell");
    let done = asked.desk(&app)?.extend(asked.challenge()?, &asked.case.standing, &due, tell).await;
    asked.done(&app, done).await
}

pub(super) async fn accommodate(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let asked = asked(&app, member, &code, form).await?;
    let times: Multiplier = match asked.fields.parse("times", "Accommodate") {
        Ok(times) => times,
        Err(why) => return asked.wrong(&app, &why).await,
    };
    let tell = asked.fields.ticked("tell");
    let desk = asked.desk(&app)?;
    let done = desk.accommodate(asked.challenge()?, &asked.case.standing, times, tell).await;
    asked.done(&app, done).await
}

pub(super) async fn cancel(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let asked = asked(&app, member, &code, form).await?;
    let note = match asked.fields.words("note", "A word for the candidate") {
        Ok(note) => note.as_str().replace(['\n', '\t'], " "),
        Err(why) => return asked.wrong(&app, &why).await,
    };
    let tell = asked.fields.ticked("tell");
    let desk = asked.desk(&app)?;
    let done = desk.cancel(asked.challenge()?, &asked.case.standing, &note, tell).await;
    asked.done(&app, done).await
}

pub(super) async fn archive(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    let asked = asked(&app, member, &code, form).await?;
    let change = Change {
        code: asked.case.code().clone(),
        version: asked.case.standing.invitation.version,
        event: Event::Archive,
        terms: None,
        token: None,
        message: None,
    };
    match app.store.change(&change, &asked.member.account.actor()).await {
        Ok(_) => {
            let back = format!("/team/i/{}/manage?said=archived", asked.case.code());
            Ok(Redirect::to(&back).into_response())
        }
        Err(error @ (StoreError::Refused(_) | StoreError::Outdated(_))) => {
            asked.wrong(&app, &format!("Nothing was changed: {error}.")).await
        }
        Err(error) => Err(error.into()),
    }
}
