use std::{io, path::PathBuf};

use super::{BatchId, BlobError};
use crate::hiring::{Refused, State};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The lease is another's by now: whoever holds it will write the result.
    #[error(
        "attempt {attempt} at grading {grading} no longer counts; the current one is {current}"
    )]
    Stale {
        /// Which grading.
        grading: String,
        /// The attempt that came too late.
        attempt: u32,
        /// The attempt that counts now.
        current: u32,
    },
    /// There is a result already; the first one stays.
    #[error("grading {grading} has a result already; that of attempt {attempt} was refused")]
    Finished {
        /// Which grading.
        grading: String,
        /// The attempt that came too late.
        attempt: u32,
    },
    /// The report is not about the grading that it was written for.
    #[error("the report of {found} was written for {expected}")]
    Mismatch {
        /// What the store expected.
        expected: String,
        /// What the report says.
        found: String,
    },
    /// No such grading.
    #[error("there is no grading {0}")]
    NoGrading(String),
    /// No such batch.
    #[error("there is no batch {0}")]
    NoBatch(BatchId),
    /// No such invitation.
    #[error("there is no invitation {0}")]
    NoInvitation(String),
    /// Not in this state, or not by this one.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Somebody else has changed it since it was read.
    #[error("invitation {0} has just been changed by somebody else")]
    Outdated(String),
    /// There is one already.
    #[error("{mail} has an invitation to {challenge} already, {code}, which is {}", .state.words())]
    AlreadyInvited {
        /// Whose.
        mail: String,
        /// To what.
        challenge: String,
        /// The one that is there.
        code: String,
        /// How it stands.
        state: State,
    },
    /// No submission came from a candidate of that name, or it is somebody else's.
    #[error(
        "no submission of this store is from a candidate called {0:?}, or it is somebody else's"
    )]
    NoCandidate(String),
    /// What is to be forgotten is at work.
    #[error("a submission of {0} is queued or being graded")]
    BeingGraded(String),
    /// No such token, or it counts no more.
    #[error("there is no token {0} that counts")]
    NoToken(String),
    /// No such webhook.
    #[error("there is no webhook {0}")]
    NoEndpoint(String),
    /// Nothing that could be delivered again.
    #[error("there is no delivery {0} that could be made again")]
    NoDelivery(i64),
    /// A set-up link that does not count: used, too old, replaced, or never one.
    #[error("this link has been used, is too old, or was replaced")]
    NoLink,
    /// Somebody of the team has that address.
    #[error("there is an account of {0} already")]
    AccountExists(String),
    /// No such account.
    #[error("there is no such account")]
    NoAccount,
    /// Nobody could look after accounts any more.
    #[error("this is the only admin who can sign in")]
    LastAdmin,
    /// What was handed in stays.
    #[error("this scorecard is in, and is not changed any more")]
    CardIsIn,
    /// No such remark of one's own.
    #[error("there is no such comment of yours")]
    NoComment,
    /// There is no attempt left.
    #[error("all {most} attempts of {code} are used")]
    AttemptsUsed {
        /// Of which invitation.
        code: String,
        /// How many there were.
        most: u32,
    },
    /// Another version, a later one as a rule, made this database.
    #[error("{} was written by another version of takehome", .0.display())]
    Newer(PathBuf),
    /// What is there would be overwritten.
    #[error("there is something in {} already", .0.display())]
    Occupied(PathBuf),
    /// It cannot be restored from.
    #[error("{} is no backup, or is damaged: {what}", .file.display())]
    NoBackup {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The database's file or its lock.
    #[error("could not {action} {}: {cause}", .path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// The operating system's word.
        cause: io::Error,
    },
    /// A value in the database that this program would not have written.
    #[error("the store holds {what} that cannot be read: {detail}")]
    Unreadable {
        /// What it is.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The folder of submissions.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database.
    #[error("the store could not {action}: {cause}")]
    Database {
        /// What was being done: `claim a grading`.
        action: &'static str,
        /// The database's words.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether an attempt was fenced off: no fault of the machine, somebody else has the grading.
    pub fn is_fenced(&self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Finished { .. })
    }

    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Stale { .. } | Self::Finished { .. } => {
                "nothing is lost: the other attempt's result counts"
            }
            Self::NoGrading(_) | Self::NoBatch(_) => {
                "check the number; --home or TAKEHOME_HOME names another store"
            }
            Self::NoInvitation(_) => {
                "`takehome status` lists them; --home or TAKEHOME_HOME names another store"
            }
            Self::Refused(refused) => refused.remedy(),
            Self::Outdated(_) => "look at it with `takehome status`, then give the command again",
            Self::AlreadyInvited { .. } => {
                "`takehome resend` sends it again, `takehome extend` gives more time, `takehome cancel` \
                 takes it back; nobody was invited"
            }
            Self::NoCandidate(_) => {
                "give the name that the archive had, without its ending; nothing was removed"
            }
            Self::BeingGraded(_) => {
                "wait until it is graded, or let `takehome grade --resume` finish it"
            }
            Self::Occupied(_) => "give a --home without a store and keys, or move them away first",
            Self::NoBackup { .. } => {
                "give a file that `takehome db backup` wrote; nothing was restored"
            }
            Self::NoToken(_) => "`takehome token list` lists them",
            Self::NoEndpoint(_) => "`takehome hook list` lists them",
            Self::NoDelivery(_) => {
                "`takehome hook log` lists them; one that is on its way, or to a webhook that was removed, \
                 is not repeated"
            }
            Self::NoLink => {
                "ask an admin for a new link; the first one is printed by `takehome serve`"
            }
            Self::AccountExists(_) => "give it another role, or a new link",
            Self::NoAccount | Self::NoComment => "load the page again",
            Self::LastAdmin => "make somebody else an admin first",
            Self::CardIsIn => "say it in the decision",
            Self::AttemptsUsed { .. } => "the earlier attempts stay; one of them counts",
            Self::Newer(_) => "use that version, or another --home",
            Self::Mismatch { .. } => "report this",
            Self::Unreadable { .. }
            | Self::Blob(BlobError::Missing(_) | BlobError::Damaged { .. }) => {
                "run `takehome db check`; docs/store.md says how a backup is restored"
            }
            Self::Io { .. } | Self::Blob(BlobError::Io { .. }) => {
                "check that the disk has room and that the folder is yours"
            }
            Self::Database { .. } => {
                "check that the disk has room, then run `takehome db check`; `takehome grade --resume` goes on"
            }
        }
    }
}
