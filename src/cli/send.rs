//! `send`, and what happens to an invitation afterwards.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

use super::{
    args::Format,
    context::Context,
    desk,
    exit::{Exit, Failure},
    send_args::{
        AccommodateArgs, CancelArgs, ExtendArgs, OneArgs, RemindArgs, ResendArgs, SendArgs,
    },
    table,
};
use crate::{
    batch::Records,
    hiring::{
        Actor, Attempts, Counts, Due, MessageKind, State, Who, Zone, instant, parse_invitees,
    },
    sending::{Asked, Desk, Done, Task},
    store::{Clock as _, Filter, Standing, SystemClock},
};

const MOST_LIST_BYTES: u64 = 16 << 20;

pub(super) async fn run(context: &Context, args: SendArgs) -> Result<Exit, Failure> {
    let challenge = context.challenge(&args.challenge)?;
    let asked = people(&args)?;
    let records = context.records().await?;
    let desk = desk::desk(&records, &args.mail, asked.len() == 1)?;
    let task = Task {
        deadline: args.deadline,
        time_box: args.time_box,
        attempts: Attempts { most: args.attempts, counts: Counts::Latest },
        retain: args.retain,
    };
    let done = desk.send(&challenge, &task, &asked).await?;
    Ok(tell(&done, args.format))
}

/// Whom the arguments and the list name.
fn people(args: &SendArgs) -> Result<Vec<Asked>, Failure> {
    let mut asked: Vec<Asked> = args
        .to
        .iter()
        .map(|mailbox| Asked {
            mailbox: mailbox.clone(),
            zone: args.time_zone.clone(),
            deadline: None,
            time_box: None,
        })
        .collect();
    if let Some(path) = &args.csv {
        let bytes = list(path)?;
        let invitees = parse_invitees(&bytes)
            .map_err(|error| Failure::usage(error.to_string(), error.remedy()))?;
        asked.extend(invitees.into_iter().map(|one| Asked {
            mailbox: one.mailbox,
            zone: one.zone.or_else(|| args.time_zone.clone()),
            deadline: one.deadline,
            time_box: one.time_box,
        }));
    }
    Ok(asked)
}

fn list(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MOST_LIST_BYTES).read_to_end(&mut bytes)).map_err(
        |error| {
            Failure::usage(format!("could not read {}: {error}", path.display()), "check the path")
        },
    )?;
    Ok(bytes)
}

pub(super) async fn resend(context: &Context, args: ResendArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let (desk, of) = at_desk(&records, &args.one, &args.mail).await?;
    let challenge = context.challenge(&of.invitation.challenge)?;
    let done = desk.resend(&challenge, &of).await?;
    Ok(tell(&[done], args.one.format))
}

pub(super) async fn extend(context: &Context, args: ExtendArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let (desk, of) = at_desk(&records, &args.one, &args.notice.mail).await?;
    let challenge = context.challenge(&of.invitation.challenge)?;
    let due = args.by_time.map(Due::After).or(args.until);
    let due = due.ok_or_else(|| Failure::usage("there is no time", "give --by-time or --until"))?;
    let done = desk.extend(&challenge, &of, &due, !args.notice.silent).await?;
    Ok(tell(&[done], args.one.format))
}

pub(super) async fn accommodate(context: &Context, args: AccommodateArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let (mut desk, of) = at_desk(&records, &args.one, &args.notice.mail).await?;
    // Who approved it answers for it, whoever typed it.
    desk.actor = Actor::Team(args.approved_by);
    let challenge = context.challenge(&of.invitation.challenge)?;
    let done = desk.accommodate(&challenge, &of, args.time, !args.notice.silent).await?;
    Ok(tell(&[done], args.one.format))
}

pub(super) async fn cancel(context: &Context, args: CancelArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let (desk, of) = at_desk(&records, &args.one, &args.notice.mail).await?;
    let challenge = context.challenge(&of.invitation.challenge)?;
    let done = desk.cancel(&challenge, &of, &args.note, !args.notice.silent).await?;
    Ok(tell(&[done], args.one.format))
}

pub(super) async fn remind(context: &Context, args: RemindArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let whom = match (&args.who, args.due_within) {
        (Some(who), _) => {
            let one = OneArgs { who: who.clone(), challenge: args.challenge, format: args.format };
            vec![the_one(&records, &one).await?]
        }
        (None, within) => {
            let filter = Filter {
                challenge: args.challenge,
                states: State::ALL.into_iter().filter(|state| state.waits()).collect(),
                ..Filter::default()
            };
            let now = SystemClock.now_ms();
            let until = now.saturating_add(within.map_or(0, |within| within.ms()));
            let mut all = records.invitations.invitations(&filter).await?;
            all.retain(|one| {
                let last = one.last_message.as_ref().map(|message| message.kind);
                one.invitation.terms.deadline_ms() <= until && last != Some(MessageKind::Reminder)
            });
            all
        }
    };
    let desk = desk::desk(&records, &args.mail, whom.len() == 1)?;
    let mut done = Vec::with_capacity(whom.len());
    for of in &whom {
        let challenge = context.challenge(&of.invitation.challenge)?;
        done.push(desk.remind(&challenge, of).await?);
        if done.last().is_some_and(stops_others) {
            break;
        }
    }
    Ok(tell(&done, args.format))
}

fn stops_others(done: &Done) -> bool {
    matches!(&done.message, Some(Err(error)) if error.stops_others())
}

async fn at_desk(
    records: &Records,
    one: &OneArgs,
    mail: &super::send_args::MailArgs,
) -> Result<(Desk, Standing), Failure> {
    let desk = desk::desk(records, mail, true)?;
    Ok((desk, the_one(records, one).await?))
}

/// The invitation that arguments name: of several, the one that is not closed.
async fn the_one(records: &Records, one: &OneArgs) -> Result<Standing, Failure> {
    let filter = Filter {
        who: Some(one.who.clone()),
        challenge: one.challenge.clone(),
        ..Filter::default()
    };
    let mut found = records.invitations.invitations(&filter).await?;
    if found.len() > 1 {
        let open = |one: &Standing| one.state.is_open() || one.state == State::Expired;
        if found.iter().any(open) {
            found.retain(open);
        }
    }
    let codes: Vec<String> = found
        .iter()
        .map(|one| {
            format!("{} ({}, {})", one.invitation.code, one.invitation.challenge, one.state.words())
        })
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Failure::usage(
            format!("{} has several invitations: {}", one.who, codes.join(", ")),
            "give one of the codes",
        )),
        (None, _) => {
            let what = match &one.who {
                Who::Code(code) => code.to_string(),
                Who::Mail(mail) => format!("of {mail}"),
            };
            Err(crate::store::StoreError::NoInvitation(what).into())
        }
    }
}

/// Says what was done, and what did not leave; the exit code.
fn tell(done: &[Done], format: Format) -> Exit {
    let mut worst = Exit::Ok;
    if format == Format::Json {
        println!("{}", json!(done.iter().map(as_json).collect::<Vec<_>>()));
    }
    for one in done {
        let invitation = &one.invitation;
        let person = &invitation.person;
        let name = person.name.as_ref().map_or("", |name| name.as_str());
        let mail = person.mail.as_ref().map_or("", |mail| mail.as_str());
        let who = table::plain(&format!("{} {name} <{mail}>", invitation.code));
        match &one.message {
            Some(Err(error)) => {
                let (exit, why) = desk::not_left(error);
                worst = worst.max(exit);
                eprintln!("{who}: {}", table::plain(&why));
            }
            _ if format == Format::Json => {}
            sent => {
                let zone = person.zone.clone().unwrap_or_else(Zone::utc);
                let due = zone.long(invitation.terms.deadline_ms());
                let how = match sent {
                    Some(Ok(Some(place))) => format!("; send what is in {place}"),
                    Some(_) => "; sent".to_owned(),
                    None => "; no message".to_owned(),
                };
                println!("{who}: due {due}{}", table::plain(&how));
            }
        }
    }
    worst
}

fn as_json(done: &Done) -> Value {
    let invitation = &done.invitation;
    let message = match &done.message {
        None => Value::Null,
        Some(Ok(place)) => json!({"delivery": "sent", "folder": place}),
        Some(Err(error)) => json!({"delivery": "failed", "error": error.to_string()}),
    };
    json!({
        "code": invitation.code.as_str(),
        "challenge": invitation.challenge,
        "name": invitation.person.name.as_ref().map(|name| name.as_str()),
        "mail": invitation.person.mail.as_ref().map(|mail| mail.as_str()),
        "deadline": instant(invitation.terms.deadline_ms()),
        "time_box_minutes": invitation.terms.time_box().ms() / 60_000,
        "kept_until": instant(invitation.terms.retain_until_ms()),
        "message": message,
    })
}
