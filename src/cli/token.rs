//! `token`: programs that may use the API.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    args::Format,
    context::Context,
    desk,
    exit::{Exit, Failure},
    send_args::ActorArgs,
    table,
};
use crate::{
    access::{ApiSecret, Scopes},
    domain::hides,
    hiring::{Period, Zone, instant},
    store::{Access as _, ApiToken, Clock as _, NewApiToken, SystemClock},
};

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token; its secret is printed once and kept nowhere
    #[command(after_help = "\
Examples:
  takehome token create 'applicant tracking' --scope invite
  takehome token create dashboard --scope read --expires 30d > dashboard.token

Scopes: read (challenges, submissions, reports, statistics, without names), invite (invitations with
names, and what can be done to them), review (scorecards and decisions), partner (Greenhouse), admin
(everything). docs/api.md has the routes of each.")]
    Create(CreateArgs),
    /// The tokens, newest first
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// A token does not count from now on
    Revoke {
        /// The token's id, as `takehome token list` has it
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        actor: ActorArgs,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// What it is for, for people
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// What it may do: read, invite, review, partner or admin, with commas between them
    #[arg(long, value_name = "SCOPE,…")]
    scope: Scopes,
    /// How long it counts
    #[arg(long, value_name = "PERIOD", default_value = "90d")]
    expires: Period,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    actor: ActorArgs,
}

pub(super) async fn run(context: &Context, command: TokenCommand) -> Result<Exit, Failure> {
    match command {
        TokenCommand::Create(args) => create(context, args).await,
        TokenCommand::List { format } => list(context, format).await,
        TokenCommand::Revoke { id, actor } => {
            let records = context.kept_records().await?;
            let revoked = records.database.revoke_token(&id, &desk::actor(&actor)).await?;
            println!("{} ({}) does not count any more", revoked.id, table::plain(&revoked.name));
            Ok(Exit::Ok)
        }
    }
}

async fn create(context: &Context, args: CreateArgs) -> Result<Exit, Failure> {
    let records = context.records().await?;
    let secret = ApiSecret::new();
    let new = NewApiToken {
        name: args.name,
        hash: secret.hash(),
        scopes: args.scope,
        expires_ms: SystemClock.now_ms().saturating_add(args.expires.ms()),
    };
    let made = records.database.create_token(&new, &desk::actor(&args.actor)).await?;
    if args.format == Format::Json {
        let mut value = as_json(&made);
        value["token"] = secret.reveal().into();
        println!("{value}");
    } else {
        println!("{}", secret.reveal());
        let until = Zone::utc().short(made.expires_ms);
        eprintln!("{}: for {} until {until} UTC; it is not shown again", made.id, made.scopes);
    }
    Ok(Exit::Ok)
}

async fn list(context: &Context, format: Format) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let tokens = records.database.tokens().await?;
    if format == Format::Json {
        println!("{}", json!(tokens.iter().map(as_json).collect::<Vec<_>>()));
        return Ok(Exit::Ok);
    }
    if tokens.is_empty() {
        println!("no tokens");
        return Ok(Exit::Ok);
    }
    let now = SystemClock.now_ms();
    let mut shown = table::wide(&["id", "name", "scopes", "counts until (UTC)", "last used (UTC)"]);
    for token in &tokens {
        let until = match token.revoked_ms {
            Some(at) => format!("revoked {}", Zone::utc().short(at)),
            None if now >= token.expires_ms => {
                format!("expired {}", Zone::utc().short(token.expires_ms))
            }
            None => Zone::utc().short(token.expires_ms),
        };
        shown.add_row([
            token.id.clone(),
            table::plain(&token.name),
            token.scopes.to_string(),
            until,
            token.used_ms.map_or_else(|| "never".to_owned(), |at| Zone::utc().short(at)),
        ]);
    }
    println!("{shown}");
    Ok(Exit::Ok)
}

fn as_json(token: &ApiToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes,
        "created": instant(token.created_ms),
        "created_by": token.created_by,
        "expires": instant(token.expires_ms),
        "last_used": token.used_ms.map(instant),
        "revoked": token.revoked_ms.map(instant),
    })
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 120 || text.chars().any(hides) {
        return Err("a name is one line of at most 120 characters".into());
    }
    Ok(text.to_owned())
}
