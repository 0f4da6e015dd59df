use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use super::args::Format;
use crate::{
    domain::hides,
    hiring::{Due, Mailbox, Multiplier, Period, PortalUrl, State, Who, Zone},
};

/// Who writes and how messages leave.
#[derive(Debug, Args)]
pub(super) struct MailArgs {
    /// Who sends: "Hiring <jobs@example.org>"
    #[arg(long, value_name = "NAME <MAIL>", env = "TAKEHOME_MAIL_FROM", hide_env_values = true)]
    pub from: Option<Mailbox>,
    /// Whom candidates ask, and who gets their answers [default: the sender]
    #[arg(long, value_name = "NAME <MAIL>", env = "TAKEHOME_MAIL_CONTACT", hide_env_values = true)]
    pub contact: Option<Mailbox>,
    /// The portal's address; without it the package goes by mail and comes back by mail
    #[arg(long, value_name = "URL", env = "TAKEHOME_URL", hide_env_values = true)]
    pub url: Option<PortalUrl>,
    /// Write messages to this folder, even if there is a mail server
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub actor: ActorArgs,
}

/// Who does it.
#[derive(Debug, Args)]
pub(super) struct ActorArgs {
    /// Who does this, for the audit trail [default: the user of this machine]
    #[arg(long, value_name = "NAME", env = "TAKEHOME_ACTOR", hide_env_values = true, value_parser = actor)]
    pub by: Option<String>,
}

/// Whether and how the candidate is told of a change.
#[derive(Debug, Args)]
pub(super) struct NoticeArgs {
    /// Tell the candidate nothing
    #[arg(long)]
    pub silent: bool,
    #[command(flatten)]
    pub mail: MailArgs,
}

/// Which invitation, and what is printed.
#[derive(Debug, Args)]
pub(super) struct OneArgs {
    /// An invitation's code, or the address of whom it went to
    #[arg(value_name = "CODE|MAIL")]
    pub who: Who,
    /// The challenge, where an address has several invitations
    #[arg(long, value_name = "ID")]
    pub challenge: Option<String>,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("people").required(true).multiple(true), after_help = "\
Examples:
  takehome send courier-retry --to 'Ada Lovelace <ada@example.org>'
  takehome send courier-retry --to 'Ada Lovelace <ada@example.org>' --deadline 10d --time-box 2h
  takehome send courier-retry --to 'Ada Lovelace <ada@example.org>' --deadline 2026-12-01 \\
      --time-zone Europe/London
  takehome send courier-retry --csv people.csv

A CSV has the columns name and mail, and may have deadline, time_box and time_zone. All are invited
or, when a line is wrong, nobody is. Without a mail server each message is written to a folder with
the package and the link, for you to send; with TAKEHOME_SMTP_URL it is sent. The archive that comes
back by mail has to be called CODE.zip: `takehome grade` then knows whose it is. docs/sending.md has
the settings.")]
pub(super) struct SendArgs {
    /// The challenge
    #[arg(value_name = "CHALLENGE")]
    pub challenge: String,
    /// Whom to invite; may be given several times
    #[arg(long, value_name = "NAME <MAIL>", group = "people")]
    pub to: Vec<Mailbox>,
    /// A list of people to invite
    #[arg(long, value_name = "FILE", group = "people")]
    pub csv: Option<PathBuf>,
    /// By when: 7d, 2026-12-01 (all of that day) or 2026-12-01T18:00, on the candidate's clocks
    #[arg(long, value_name = "WHEN", default_value = "7d")]
    pub deadline: Due,
    /// How long the task should take [default: as the challenge says]
    #[arg(long, value_name = "PERIOD")]
    pub time_box: Option<Period>,
    /// Where the candidate's clocks are, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<Zone>,
    /// Submissions a candidate may hand in; the latest counts [default: any number]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub attempts: Option<u32>,
    /// How long after the deadline personal data are kept
    #[arg(long, value_name = "PERIOD", default_value = "180d")]
    pub retain: Period,
    #[command(flatten)]
    pub mail: MailArgs,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome status
  takehome status --state draft,expired
  takehome status ada@example.org --format json
  takehome status --challenge courier-retry --format csv > round.csv

An invitation whose message did not leave is `draft`; `takehome resend` sends it.")]
pub(super) struct StatusArgs {
    /// An invitation's code, or the address of whom it went to
    #[arg(value_name = "CODE|MAIL")]
    pub who: Option<Who>,
    /// Only invitations to this challenge
    #[arg(long, value_name = "ID")]
    pub challenge: Option<String>,
    /// Only invitations in these states [default: all but purged]
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = state)]
    pub state: Vec<State>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = StatusFormat::Human)]
    pub format: StatusFormat,
}

/// How invitations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatusFormat {
    /// A table for people
    Human,
    /// JSON for programs
    Json,
    /// CSV for spreadsheets
    Csv,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("when").required(true), after_help = "\
Examples:
  takehome extend k7m2-9x4p --by-time 3d
  takehome extend ada@example.org --until 2026-12-05T18:00

Brings an expired invitation back to where it was. A deadline never comes nearer.")]
pub(super) struct ExtendArgs {
    #[command(flatten)]
    pub one: OneArgs,
    /// This much more, from now or from the deadline, whichever is later
    #[arg(long, value_name = "PERIOD", group = "when")]
    pub by_time: Option<Period>,
    /// Until then, on the candidate's clocks
    #[arg(long, value_name = "WHEN", group = "when")]
    pub until: Option<Due>,
    #[command(flatten)]
    pub notice: NoticeArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome accommodate k7m2-9x4p --time 1.5 --approved-by 'Grace Hopper'

Multiplies the whole time to the deadline and the time box. There is no place for a reason, and
should be none: never write down a diagnosis. Reviewers see neither this nor that there was one.")]
pub(super) struct AccommodateArgs {
    #[command(flatten)]
    pub one: OneArgs,
    /// How many times as long: from 1 to 4, such as 1.5
    #[arg(long, value_name = "FACTOR")]
    pub time: Multiplier,
    /// Who of the team approved it
    #[arg(long, value_name = "NAME", value_parser = actor)]
    pub approved_by: String,
    #[command(flatten)]
    pub notice: NoticeArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").required(true), after_help = "\
Examples:
  takehome remind k7m2-9x4p
  takehome remind --due-within 2d

With --due-within, whoever was reminded last is not reminded again. A reminder has no link: the
store does not know it. `takehome resend` makes a new one.")]
pub(super) struct RemindArgs {
    /// An invitation's code, or the address of whom it went to
    #[arg(value_name = "CODE|MAIL", group = "whom")]
    pub who: Option<Who>,
    /// Everybody who has not submitted and whose deadline is that near
    #[arg(long, value_name = "PERIOD", group = "whom")]
    pub due_within: Option<Period>,
    /// Only invitations to this challenge
    #[arg(long, value_name = "ID")]
    pub challenge: Option<String>,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    #[command(flatten)]
    pub mail: MailArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome resend k7m2-9x4p
  takehome resend ada@example.org --challenge courier-retry

The message has a new link; the old one is dead. This is also how a message leaves that did not
leave when the invitation was made.")]
pub(super) struct ResendArgs {
    #[command(flatten)]
    pub one: OneArgs,
    #[command(flatten)]
    pub mail: MailArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome cancel k7m2-9x4p
  takehome cancel k7m2-9x4p --note 'The position has been filled.'")]
pub(super) struct CancelArgs {
    #[command(flatten)]
    pub one: OneArgs,
    /// A sentence that the message has as well
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    #[command(flatten)]
    pub notice: NoticeArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").required(true), after_help = "\
Examples:
  takehome purge ada@example.org
  takehome purge k7m2-9x4p --also-graded-as ada-final
  takehome purge --overdue --yes

Removes names, addresses, submissions and the candidate's words in reports, for good. Scores, counts
and the audit trail stay under the invitation's code. Backups made before still have everything.")]
pub(super) struct PurgeArgs {
    /// An invitation's code, or an address: then everything of that person
    #[arg(value_name = "CODE|MAIL", group = "whom")]
    pub who: Option<Who>,
    /// Everything that was kept for as long as its message said
    #[arg(long, group = "whom")]
    pub overdue: bool,
    /// Another name under which `takehome grade` knows that person's submissions
    #[arg(long, value_name = "NAME", requires = "who")]
    pub also_graded_as: Vec<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub actor: ActorArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome export-person ada@example.org > ada.json
  takehome export-person ada@example.org --submissions ada > ada.json

Prints everything about a person as JSON: invitations, messages, history, results. What hidden tests
quote is not theirs and not in it.")]
pub(super) struct ExportPersonArgs {
    /// An address, or the code of one of the person's invitations
    #[arg(value_name = "CODE|MAIL")]
    pub who: Who,
    /// Also write what they sent into this folder, as .tar files by their SHA-256
    #[arg(long, value_name = "DIR")]
    pub submissions: Option<PathBuf>,
}

fn actor(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 120 || text.chars().any(hides) {
        return Err("a name is one line of at most 120 characters".into());
    }
    Ok(text.to_owned())
}

fn state(text: &str) -> Result<State, String> {
    let known = || State::ALL.map(State::key).join(", ");
    State::ALL
        .into_iter()
        .find(|state| state.key() == text.replace('-', "_"))
        .ok_or_else(|| format!("the states are {}", known()))
}
