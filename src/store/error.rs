use std::{io, path::PathBuf};

use super::{BatchId, BlobError};

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
    /// Another version, a later one as a rule, made this database.
    #[error("{} was written by another version of takehome", .0.display())]
    Newer(PathBuf),
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
