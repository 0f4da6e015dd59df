//! `status`, `purge` and `export-person`.

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use serde_json::{Value, json};

use super::{
    batch::counted,
    context::Context,
    desk,
    exit::{Exit, Failure},
    results::rendered,
    send_args::{ExportPersonArgs, PurgeArgs, StatusArgs, StatusFormat},
    table,
};
use crate::{
    batch::Records,
    domain::Digest,
    hiring::{Code, State, Zone, instant},
    render::{self, InvitationRow},
    sending::{forget, sweep},
    store::{Filter, Standing},
};

pub(super) async fn run(context: &Context, args: StatusArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let states = match args.state.as_slice() {
        [] => State::ALL.into_iter().filter(|state| *state != State::Purged).collect(),
        asked => asked.to_vec(),
    };
    let filter = Filter { who: args.who, challenge: args.challenge, states, overdue: false };
    let found = records.invitations.invitations(&filter).await?;
    let rows: Vec<InvitationRow> = found.iter().map(row).collect();
    match args.format {
        StatusFormat::Human => print!("{}", human(&rows)),
        StatusFormat::Json => println!("{}", json!(found.iter().map(as_json).collect::<Vec<_>>())),
        StatusFormat::Csv => print!("{}", rendered(render::invitations_csv(&rows))?),
    }
    Ok(Exit::Ok)
}

fn row(one: &Standing) -> InvitationRow {
    let invitation = &one.invitation;
    let person = &invitation.person;
    let last = one.last_message.as_ref();
    InvitationRow {
        code: invitation.code.to_string(),
        name: person.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        mail: person.mail.as_ref().map(ToString::to_string).unwrap_or_default(),
        challenge: invitation.challenge.clone(),
        state: one.state.key(),
        deadline: instant(invitation.terms.deadline_ms()),
        time_box_minutes: invitation.terms.time_box().ms() / 60_000,
        submissions: one.received,
        message: last.map_or("", |message| message.kind.words()),
        delivery: last.map_or("", |message| message.delivery.words()),
        message_at: last.map(|message| instant(message.queued_ms)).unwrap_or_default(),
        kept_until: instant(invitation.terms.retain_until_ms()),
        deadline_ms: invitation.terms.deadline_ms(),
    }
}

fn human(rows: &[InvitationRow]) -> String {
    if rows.is_empty() {
        return "no invitations\n".to_owned();
    }
    let mut shown =
        table::wide(&["code", "candidate", "challenge", "state", "due (UTC)", "last message"]);
    for row in rows {
        let state = State::ALL.into_iter().find(|state| state.key() == row.state);
        shown.add_row([
            row.code.clone(),
            table::plain(&format!("{} <{}>", row.name, row.mail)),
            table::plain(&row.challenge),
            state.map_or(row.state, State::words).to_owned(),
            Zone::utc().short(row.deadline_ms),
            format!("{}, {}", row.message, row.delivery),
        ]);
    }
    format!("{shown}\n")
}

fn as_json(one: &Standing) -> Value {
    let row = row(one);
    let (verdict, score) = match one.result {
        Some((verdict, score)) => (json!(verdict), json!(score)),
        None => (Value::Null, Value::Null),
    };
    json!({
        "code": row.code,
        "name": one.invitation.person.name.as_ref().map(|name| name.as_str()),
        "mail": one.invitation.person.mail.as_ref().map(|mail| mail.as_str()),
        "time_zone": one.invitation.person.zone.as_ref().map(Zone::name),
        "challenge": row.challenge,
        "state": row.state,
        "created": instant(one.invitation.created_ms),
        "deadline": row.deadline,
        "time_box_minutes": row.time_box_minutes,
        "kept_until": row.kept_until,
        "submissions": row.submissions,
        "verdict": verdict,
        "score": score,
        "last_message": one.last_message,
    })
}

pub(super) async fn purge(context: &Context, args: PurgeArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    // What an earlier purge could not finish needs no further word.
    let left = sweep(&*records.invitations, &records.blobs).await?;
    if let Some(left) = left.filter(|left| *left > 0) {
        eprintln!("{} of an earlier purge removed", counted(left, "submission"));
    }
    let filter = Filter { who: args.who.clone(), overdue: args.overdue, ..Filter::default() };
    let mut found = records.invitations.invitations(&filter).await?;
    found.retain(|one| one.state != State::Purged);
    if found.is_empty() {
        // A timer may ask for nothing but what is left of an earlier one.
        return match args.who {
            Some(who) => Err(crate::store::StoreError::NoInvitation(format!("of {who}")).into()),
            None => {
                println!("nothing is kept for longer than was said");
                Ok(Exit::Ok)
            }
        };
    }
    if !args.yes {
        confirm(&found)?;
    }
    let codes: Vec<Code> = found.iter().map(|one| one.invitation.code.clone()).collect();
    let actor = desk::actor(&args.actor);
    let also = &args.also_graded_as;
    let done = forget(&*records.invitations, &records.blobs, &codes, also, &actor).await?;
    let count = |number: u32, what| counted(number as usize, what);
    let people = match done.purged.people {
        1 => "1 person".to_owned(),
        people => format!("{people} people"),
    };
    let bytes = match done.removed {
        Some(removed) => format!("the bytes of {} removed", counted(removed, "submission")),
        None => "submissions are coming in, so their bytes go with the next purge".to_owned(),
    };
    println!(
        "{} and {people} forgotten; {bytes}; scores and the audit trail stay under {}",
        count(done.purged.invitations, "invitation"),
        codes.iter().map(Code::as_str).collect::<Vec<_>>().join(", ")
    );
    Ok(Exit::Ok)
}

/// Asks on a terminal; elsewhere nobody could answer.
fn confirm(found: &[Standing]) -> Result<(), Failure> {
    for one in found {
        let row = row(one);
        let line = format!(
            "{} {} <{}>, {}, {}",
            row.code,
            row.name,
            row.mail,
            row.challenge,
            one.state.words()
        );
        eprintln!("{}", table::plain(&line));
    }
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::usage(
            "nothing was removed, because nobody could be asked",
            "give --yes to remove it for good",
        ));
    }
    eprint!("Remove names, addresses and submissions of these for good? [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let _ = stdin.lock().read_line(&mut answer);
    match answer.trim().eq_ignore_ascii_case("y") {
        true => Ok(()),
        false => Err(Failure::usage("nothing was removed", "answer y, or give --yes")),
    }
}

pub(super) async fn export(context: &Context, args: ExportPersonArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let dossier = records.invitations.dossier(&args.who).await?;
    if let Some(folder) = &args.submissions {
        write_submissions(&records, folder, &dossier.submissions)?;
    }
    println!("{}", serde_json::to_string_pretty(&dossier.json).unwrap_or_default());
    Ok(Exit::Ok)
}

fn write_submissions(records: &Records, folder: &Path, digests: &[Digest]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure {
        exit: Exit::Infra,
        message: format!("could not write to {}: {error}", folder.display()),
        remedy: "give a folder that is empty and yours".into(),
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    for digest in digests {
        let bytes = records.blobs.get(digest).map_err(crate::store::StoreError::from)?;
        let path = folder.join(format!("{digest}.tar"));
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(path);
        file.and_then(|mut file| file.write_all(&bytes)).map_err(failed)?;
    }
    Ok(())
}
