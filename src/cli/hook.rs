//! `hook`: where events go, and what became of them.

use std::env;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    args::Format,
    context::Context,
    desk,
    exit::{Exit, Failure},
    send_args::ActorArgs,
    table,
};
use crate::{
    hiring::{Zone, instant},
    hooks::{Courier, Guard, InvalidKey, PartnerKey, SigningSecret},
    portal::App,
    process::Owner,
    store::{Delivered, EVENTS, Hooks as _, NewEndpoint},
};

/// Networks of the inside that webhooks may go to.
pub(super) const ALLOWED: &str = "TAKEHOME_HOOK_NETWORKS";

#[derive(Debug, Subcommand)]
pub(super) enum HookCommand {
    /// Send events to an address; the secret that verifies them is printed
    #[command(after_help = "\
Examples:
  takehome hook add https://example.org/takehome
  takehome hook add https://example.org/takehome --event invitation.submitted,invitation.graded

Messages follow the Standard Webhooks specification; docs/api.md lists the events. Addresses inside a
network are refused unless TAKEHOME_HOOK_NETWORKS names them, such as 10.1.0.0/16.")]
    Add(AddArgs),
    /// Where events go
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Send nothing more to an address
    Remove {
        /// The webhook's id, as `takehome hook list` has it
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        actor: ActorArgs,
    },
    /// What was delivered, newest first
    Log {
        /// Of this webhook only
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        /// How to print them
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Deliver something again
    Redeliver {
        /// The delivery's number, as `takehome hook log` has it
        #[arg(value_name = "NUMBER")]
        delivery: i64,
        #[command(flatten)]
        actor: ActorArgs,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Where: https://…
    #[arg(value_name = "URL")]
    url: String,
    /// Only these events, with commas between them [default: all]
    #[arg(long, value_name = "EVENT,…", value_delimiter = ',', value_parser = EVENTS)]
    event: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    actor: ActorArgs,
}

/// The key that Greenhouse was given, or a file with it.
const PARTNER_KEY: &str = "TAKEHOME_GREENHOUSE_KEY";
/// Where that key may go.
const PARTNER_HOST: &str = "greenhouse.io";

/// What delivers events for as long as the portal runs.
pub(super) fn courier(app: &App) -> Result<Courier, Failure> {
    Ok(Courier {
        hooks: app.store.clone(),
        clock: app.clock.clone(),
        guard: app.settings.hooks.clone(),
        key: partner_key()?,
        partner_hosts: app.settings.partner_hosts.clone(),
        owner: Owner::this_process().to_string(),
    })
}

/// Hosts of partners that are told of results: none without a key for that.
pub(super) fn partner_hosts() -> Result<Vec<String>, Failure> {
    Ok(partner_key()?.map(|_| PARTNER_HOST.to_owned()).into_iter().collect())
}

fn partner_key() -> Result<Option<PartnerKey>, Failure> {
    let text = desk::setting(PARTNER_KEY)?;
    text.map(|text| text.parse()).transpose().map_err(|error: InvalidKey| {
        Failure::usage(format!("{PARTNER_KEY}: {error}"), "set it again, or unset it")
    })
}

/// What webhooks may reach, from the environment.
pub(super) fn guard() -> Result<Guard, Failure> {
    let text = env::var(ALLOWED).unwrap_or_default();
    let allowed = text.parse().map_err(|error: crate::hooks::InvalidNetworks| {
        Failure::usage(format!("{ALLOWED}: {error}"), "set it again, or unset it")
    })?;
    Ok(Guard { allowed })
}

pub(super) async fn run(context: &Context, command: HookCommand) -> Result<Exit, Failure> {
    match command {
        HookCommand::Add(args) => return add(context, args).await,
        HookCommand::List { format } => return list(context, format).await,
        HookCommand::Remove { id, actor } => {
            let records = context.kept_records().await?;
            records.database.remove_endpoint(&id, &desk::actor(&actor)).await?;
            println!("{id}: nothing more is sent there");
        }
        HookCommand::Log { id, limit, format } => {
            let records = context.kept_records().await?;
            let found = records.database.deliveries(id.as_deref(), None, limit).await?;
            log(&found, format);
        }
        HookCommand::Redeliver { delivery, actor } => {
            let records = context.kept_records().await?;
            let queued = records.database.redeliver(delivery, &desk::actor(&actor)).await?;
            println!("{}: {} is queued; `takehome serve` delivers it", queued.id, queued.kind);
        }
    }
    Ok(Exit::Ok)
}

async fn add(context: &Context, args: AddArgs) -> Result<Exit, Failure> {
    let checked = guard()?.check(&args.url).map_err(|refused| {
        Failure::usage(refused.to_string(), format!("{ALLOWED} names networks that are allowed"))
    })?;
    let records = context.records().await?;
    let secret = SigningSecret::new().reveal();
    let mut events = args.event;
    events.sort();
    events.dedup();
    let new = NewEndpoint { url: checked.into(), secret: secret.clone(), events };
    let made = records.database.add_endpoint(&new, &desk::actor(&args.actor)).await?;
    if args.format == Format::Json {
        println!(
            "{}",
            json!({"id": made.id, "url": made.url, "events": made.events, "secret": secret})
        );
    } else {
        println!("{secret}");
        eprintln!("{}: events go to {}; the secret is not shown again", made.id, made.url);
    }
    Ok(Exit::Ok)
}

async fn list(context: &Context, format: Format) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let endpoints = records.database.endpoints().await?;
    if format == Format::Json {
        let all = endpoints.iter().map(|one| {
            json!({
                "id": one.id,
                "url": one.url,
                "events": one.events,
                "created": instant(one.created_ms),
                "created_by": one.created_by,
            })
        });
        println!("{}", json!(all.collect::<Vec<_>>()));
        return Ok(Exit::Ok);
    }
    if endpoints.is_empty() {
        println!("no webhooks");
        return Ok(Exit::Ok);
    }
    let mut shown = table::wide(&["id", "url", "events"]);
    for one in &endpoints {
        let events = if one.events.is_empty() { "all".into() } else { one.events.join(", ") };
        shown.add_row([one.id.clone(), table::plain(&one.url), events]);
    }
    println!("{shown}");
    Ok(Exit::Ok)
}

fn log(found: &[Delivered], format: Format) {
    if format == Format::Json {
        let all = found.iter().map(|one| {
            json!({
                "id": one.id,
                "event": one.event,
                "type": one.kind,
                "webhook": one.endpoint,
                "state": one.state,
                "attempts": one.attempts,
                "at": instant(one.at_ms),
                "next": one.next_ms.map(instant),
                "status": one.status,
                "error": one.error,
            })
        });
        println!("{}", json!(all.collect::<Vec<_>>()));
        return;
    }
    if found.is_empty() {
        println!("no deliveries");
        return;
    }
    let mut shown =
        table::wide(&["number", "event", "at (UTC)", "state", "attempts", "last answer"]);
    for one in found {
        let answer = match (&one.error, one.status) {
            (Some(error), _) => error.clone(),
            (None, Some(status)) => status.to_string(),
            (None, None) => String::new(),
        };
        shown.add_row([
            one.id.to_string(),
            one.kind.clone(),
            Zone::utc().short(one.at_ms),
            one.state.clone(),
            one.attempts.to_string(),
            table::plain(&answer),
        ]);
    }
    println!("{shown}");
}
