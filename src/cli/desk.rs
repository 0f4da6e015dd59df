//! A desk from arguments and the environment. Secrets come from the environment or from files, never
//! from arguments, which every user of a machine can see.

use std::{
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    exit::{Exit, Failure},
    send_args::{ActorArgs, MailArgs},
};
use crate::{
    batch::Records,
    hiring::Actor,
    mail::{InvalidSmtp, MailError, Secret, Smtp, SmtpSettings},
    portal::Office,
    sending::{Carrier, CarryError, Desk, DeskError, FolderCarrier, Letterhead, SmtpCarrier},
    store::SystemClock,
};

const URL: &str = "TAKEHOME_SMTP_URL";
const PASSWORD: &str = "TAKEHOME_SMTP_PASSWORD";
const CERTIFICATES: &str = "TAKEHOME_SMTP_CA";
/// No setting is larger.
const MOST_BYTES: u64 = 1 << 20;

/// The desk; `single` says whether it is for one message, which --out then names the very folder of.
pub(super) fn desk(records: &Records, args: &MailArgs, single: bool) -> Result<Desk, Failure> {
    let Some(from) = args.from.clone() else {
        return Err(Failure::usage(
            "messages need a sender",
            "give --from 'Hiring <jobs@example.org>' or set TAKEHOME_MAIL_FROM",
        ));
    };
    let contact = args.contact.clone().unwrap_or_else(|| from.clone());
    Ok(Desk {
        invitations: records.invitations.clone(),
        carrier: carrier(args, single)?,
        head: Letterhead { from, contact, portal: args.url.clone() },
        actor: actor(&args.actor),
        clock: Arc::new(SystemClock),
    })
}

/// Who does it.
pub(super) fn actor(args: &ActorArgs) -> Actor {
    let user = || {
        let uid = nix::unistd::Uid::current();
        let user = nix::unistd::User::from_uid(uid).ok().flatten();
        user.map_or_else(|| format!("user {uid}"), |user| user.name)
    };
    Actor::Team(args.by.clone().unwrap_or_else(user))
}

/// What the portal writes messages with, where a sender was named; without a mail server they go to
/// `folder`.
pub(super) fn office(args: &MailArgs, folder: PathBuf) -> Result<Option<Office>, Failure> {
    let Some(from) = args.from.clone() else { return Ok(None) };
    let contact = args.contact.clone().unwrap_or_else(|| from.clone());
    let to_folder = args.out.is_none() && setting(URL)?.is_none();
    let carrier: Arc<dyn Carrier> = match to_folder {
        true => Arc::new(FolderCarrier::below(folder)),
        false => carrier(args, false)?,
    };
    Ok(Some(Office { carrier, head: Letterhead { from, contact, portal: args.url.clone() } }))
}

fn carrier(args: &MailArgs, single: bool) -> Result<Arc<dyn Carrier>, Failure> {
    if let Some(out) = &args.out {
        return Ok(Arc::new(match single {
            true => FolderCarrier::exactly(out.clone()),
            false => FolderCarrier::below(out.clone()),
        }));
    }
    let Some(url) = setting(URL)? else {
        return Ok(Arc::new(FolderCarrier::below(PathBuf::from("."))));
    };
    let password = setting(PASSWORD)?.map(|text| Secret::new(&text));
    let certificates = match env::var_os(CERTIFICATES).filter(|path| !path.is_empty()) {
        Some(path) => Some(read(Path::new(&path), CERTIFICATES)?.into_bytes()),
        None => None,
    };
    let settings = SmtpSettings::parse(&url, password, certificates)?;
    Ok(Arc::new(SmtpCarrier::new(Smtp::new(&settings)?)))
}

/// A setting from the environment, or from the file that it names with `_FILE`.
pub(super) fn setting(name: &str) -> Result<Option<String>, Failure> {
    let file = format!("{name}_FILE");
    let given = env::var_os(name).filter(|value| !value.is_empty());
    let named = env::var_os(&file).filter(|value| !value.is_empty());
    match (given, named) {
        (Some(_), Some(_)) => {
            Err(Failure::usage(format!("{name} and {file} are both set"), "unset one of them"))
        }
        (Some(value), None) => match value.into_string() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Failure::usage(format!("{name} is not UTF-8"), "set it again")),
        },
        (None, Some(path)) => Ok(Some(read(Path::new(&path), &file)?)),
        (None, None) => Ok(None),
    }
}

fn read(path: &Path, name: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        Failure::usage(
            format!("could not read {}, which {name} names: {error}", path.display()),
            "check the path",
        )
    };
    let mut text = String::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

impl From<InvalidSmtp> for Failure {
    fn from(error: InvalidSmtp) -> Self {
        Self::usage(error.to_string(), error.remedy())
    }
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        Self::usage(error.to_string(), error.remedy())
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Store(error) => error.into(),
            DeskError::Package(error) => {
                Self { exit: Exit::Author, message: error.to_string(), remedy: error.remedy() }
            }
            DeskError::Render(error) => {
                Self { exit: Exit::Infra, message: error.to_string(), remedy: "report this".into() }
            }
            error @ DeskError::Due { .. } => Self::usage(
                error.to_string(),
                "give --deadline or --until a later one, or correct the list; nothing was done",
            ),
            error @ DeskError::Shorter { .. } => {
                Self::usage(error.to_string(), "a deadline that was promised never comes nearer")
            }
        }
    }
}

/// How a message that did not leave is told.
pub(super) fn not_left(error: &CarryError) -> (Exit, String) {
    let exit = if error.is_infrastructure() { Exit::Infra } else { Exit::Usage };
    (exit, format!("{error}; {}", error.remedy()))
}
