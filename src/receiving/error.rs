use std::{io, path::PathBuf};

use crate::{store::StoreError, submission::Refusal};

/// Why what a candidate handed in was not received. Nothing of it counts.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// More bytes than may come.
    #[error("the upload is larger than {limit} bytes")]
    TooLarge {
        /// The most that may come.
        limit: u64,
    },
    /// Nothing came.
    #[error("the upload is empty")]
    Empty,
    /// The archive breaks a rule of intake.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The archive lacks what has to be in it.
    #[error("the archive has no {0}, which the task asks for")]
    Incomplete(String),
    /// The store refuses, or fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// The disk does not do what it should.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} {}: {cause}", .path.display())]
pub struct Broken {
    /// What was being done: `write`.
    pub action: &'static str,
    /// To which file or folder.
    pub path: PathBuf,
    /// The operating system's word.
    pub cause: io::Error,
}

/// Why a text is no receipt of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It does not look like one.
    #[error("this is no receipt: {0}")]
    Form(&'static str),
    /// Another key signed it, or something in it was changed.
    #[error("the signature does not fit: the receipt was changed, or another portal signed it")]
    Signature,
}

impl ReceiveError {
    /// A stable word for logs, problem documents and the audit trail.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "upload_too_large",
            Self::Empty => "empty_upload",
            Self::Refused(refusal) => refusal.code(),
            Self::Incomplete(_) => "missing_file",
            Self::Store(StoreError::AttemptsUsed { .. }) => "no_attempt_left",
            Self::Store(StoreError::Refused(_)) => "not_now",
            Self::Store(_) | Self::Broken(_) => "internal",
        }
    }

    /// What the candidate can do about it, one sentence; none where it is our fault.
    pub fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::TooLarge { .. } => {
                "send the sources only, without environments, caches and generated files".into()
            }
            Self::Empty => "choose the archive with your solution, and send it again".into(),
            Self::Refused(refusal) => refusal.remedy(),
            Self::Incomplete(_) => {
                "put it at the top of the archive, where the package has it, and send it again"
                    .into()
            }
            Self::Store(_) | Self::Broken(_) => return None,
        };
        Some(remedy)
    }

    /// Whether the archive is at fault, and not its time or the machine.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused(Refusal::Unreadable { .. } | Refusal::NotFound { .. }) => false,
            Self::TooLarge { .. } | Self::Empty | Self::Refused(_) | Self::Incomplete(_) => true,
            Self::Store(_) | Self::Broken(_) => false,
        }
    }
}
