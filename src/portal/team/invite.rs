//! Inviting people: one, or a list.

use axum::{
    extract::{Multipart, State},
    http::StatusCode,
};

use super::{
    super::{App, Page, Problem},
    forms::{Fields, bad_request},
    member::Member,
};
use crate::{
    hiring::{Attempts, Mailbox, parse_invitees},
    render::portal::team::{Choice, InvitePage, InvitedRow, page as rendered},
    reviewing::Right,
    sending::{Asked, DeskError, Done, Task},
    store::StoreError,
};

const DEADLINE: &str = "7d";
const RETAIN: &str = "180d";
/// A field that is no file.
const MOST_FIELD: usize = 1_000;

pub(super) async fn page(State(app): State<App>, member: Member) -> Result<Page, Problem> {
    member.need(Right::Invite)?;
    shown(&app, &member, &Fields::of(Vec::new()), "", Vec::new())
}

fn shown(
    app: &App,
    member: &Member,
    fields: &Fields,
    wrong: &str,
    invited: Vec<InvitedRow>,
) -> Result<Page, Problem> {
    let ids = app.library.ids().map_err(|error| Problem::internal(&error))?;
    let typed = |name: &str, or: &str| match fields.text(name) {
        "" => or.to_owned(),
        text => text.to_owned(),
    };
    let chosen = fields.text("challenge");
    let html = rendered(&InvitePage {
        frame: member.frame("Invite", "/team/invite"),
        top: member.top(app, None),
        challenges: ids.iter().map(|id| Choice::new(id, id, id == chosen)).collect(),
        ready: app.office.is_some(),
        name: typed("name", "").into(),
        mail: typed("mail", "").into(),
        deadline: typed("deadline", DEADLINE).into(),
        time_box: typed("time_box", "").into(),
        zone: typed("zone", "").into(),
        retain: typed("retain", RETAIN).into(),
        wrong: wrong.into(),
        invited,
    });
    let bad = !wrong.is_empty();
    Ok(Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }))
}

/// Fields and the list, if there is one.
async fn read(mut form: Multipart) -> Result<(Fields, Vec<u8>), Problem> {
    let (mut fields, mut list) = (Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| bad_request())? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| Problem::of(error.status()))?;
        if name == "csv" {
            list = bytes.to_vec();
        } else if bytes.len() > MOST_FIELD || fields.len() > 20 {
            return Err(bad_request());
        } else {
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| bad_request())?;
            fields.push((name, text));
        }
    }
    Ok((Fields::of(fields), list))
}

pub(super) async fn invite(
    State(app): State<App>,
    member: Member,
    form: Multipart,
) -> Result<Page, Problem> {
    member.need(Right::Invite)?;
    let (fields, list) = read(form).await?;
    member.check(&app, fields.raw("csrf"))?;
    let (task, asked) = match task(&fields).and_then(|task| Ok((task, people(&fields, &list)?))) {
        Ok(read) => read,
        Err(why) => return shown(&app, &member, &fields, &why, Vec::new()),
    };
    let Some(desk) = app.desk(member.account.actor()) else {
        return shown(
            &app,
            &member,
            &fields,
            "Nobody has said who writes to candidates.",
            Vec::new(),
        );
    };
    let known = app.library.task(fields.text("challenge")).await;
    let challenge = match known {
        Ok(known) => known.challenge.clone(),
        Err(error) => return shown(&app, &member, &fields, &error.to_string(), Vec::new()),
    };
    match desk.send(&challenge, &task, &asked).await {
        Ok(done) => {
            let kept = Fields::of(vec![
                ("challenge".into(), fields.text("challenge").into()),
                ("deadline".into(), fields.text("deadline").into()),
                ("retain".into(), fields.text("retain").into()),
            ]);
            shown(&app, &member, &kept, "", done.into_iter().map(row).collect())
        }
        Err(DeskError::Store(error @ StoreError::AlreadyInvited { .. })) => {
            shown(&app, &member, &fields, &format!("Nobody was invited: {error}."), Vec::new())
        }
        Err(DeskError::Store(error)) => Err(error.into()),
        Err(error @ (DeskError::Due { .. } | DeskError::Package(_))) => {
            shown(&app, &member, &fields, &format!("Nobody was invited: {error}."), Vec::new())
        }
        Err(error) => Err(Problem::internal(&error)),
    }
}

fn task(fields: &Fields) -> Result<Task, String> {
    Ok(Task {
        deadline: fields.parse("deadline", "Deadline")?,
        time_box: fields.parse_option("time_box", "Time box")?,
        attempts: Attempts::default(),
        retain: fields.parse("retain", "Kept after the deadline for")?,
    })
}

fn people(fields: &Fields, list: &[u8]) -> Result<Vec<Asked>, String> {
    let one = !fields.text("name").is_empty() || !fields.text("mail").is_empty();
    let zone = fields.parse_option("zone", "Time zone")?;
    match (one, list.is_empty()) {
        (true, true) => Ok(vec![Asked {
            mailbox: Mailbox {
                name: fields.parse("name", "Name")?,
                address: fields.parse("mail", "Mail address")?,
            },
            zone,
            deadline: None,
            time_box: None,
        }]),
        (false, false) => {
            let invitees = parse_invitees(list)
                .map_err(|error| format!("Nobody was invited: {error}; {}.", error.remedy()))?;
            let asked = invitees.into_iter().map(|one| Asked {
                mailbox: one.mailbox,
                zone: one.zone.or_else(|| zone.clone()),
                deadline: one.deadline,
                time_box: one.time_box,
            });
            Ok(asked.collect())
        }
        (true, false) => Err("Give one person or a list, not both.".into()),
        (false, true) => Err("Give a name and an address, or a list.".into()),
    }
}

fn row(done: Done) -> InvitedRow {
    let person = &done.invitation.person;
    InvitedRow {
        code: done.invitation.code.as_str().into(),
        name: person.name.as_ref().map_or("", |name| name.as_str()).into(),
        mail: person.mail.as_ref().map_or("", |mail| mail.as_str()).into(),
        problem: match done.message {
            Some(Err(error)) => format!("{error}; {}", error.remedy()).into(),
            _ => Default::default(),
        },
    }
}
