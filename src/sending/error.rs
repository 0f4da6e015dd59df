use std::{io, path::PathBuf};

use crate::{
    hiring::InvalidDue,
    mail::{MailError, SendError},
    package::PackageError,
    render::RenderError,
    store::StoreError,
};

/// Why a message did not leave. The invitation stays as it was recorded.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// It cannot be written at all.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The mail server did not take it.
    #[error(transparent)]
    Send(#[from] SendError),
    /// What stopped an earlier message would stop this one.
    #[error("not tried, because of the one before: {0}")]
    NotTried(String),
    /// Something is in the way.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The disk.
    #[error("could not write {}: {cause}", .path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// The operating system's word.
        cause: io::Error,
    },
}

/// Why something could not be done to an invitation.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The store refuses, or fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The challenge's package cannot be made.
    #[error("the package cannot be made: {0}")]
    Package(#[from] PackageError),
    /// A message's words cannot be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A deadline that is none.
    #[error("{whose}: {why}")]
    Due {
        /// Whose.
        whose: String,
        /// What is wrong with it.
        why: InvalidDue,
    },
    /// A deadline does not move towards now.
    #[error("the deadline of {code} is {deadline} already")]
    Shorter {
        /// Which invitation.
        code: String,
        /// When it is due.
        deadline: String,
    },
}

impl CarryError {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Mail(error) => error.remedy(),
            Self::Send(error) => error.remedy(),
            Self::NotTried(_) => "mend that first, then `takehome resend`",
            Self::Exists(_) => "give another --out, or remove it, then `takehome resend`",
            Self::Io { .. } => {
                "check that the disk has room and that the folder is yours, then `takehome resend`"
            }
        }
    }

    /// Whether the next message would meet the same: many failed logins lock an account.
    pub fn stops_others(&self) -> bool {
        match self {
            Self::Send(error) => {
                matches!(error, SendError::Login(_) | SendError::Tls(_) | SendError::Connection(_))
            }
            Self::Io { .. } | Self::NotTried(_) => true,
            Self::Mail(_) | Self::Exists(_) => false,
        }
    }

    /// Whether the mail server or the disk is at fault, and not what was asked for.
    pub fn is_infrastructure(&self) -> bool {
        !matches!(self, Self::Exists(_) | Self::Mail(MailError::Message(_)))
    }
}
