use crate::{domain::Digest, store::StoreError};

use super::{ListError, NamingError};

/// Why a batch does not begin, or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// Paths that name no candidates, or one twice.
    #[error(transparent)]
    Naming(#[from] NamingError),
    /// A list of candidates that is none.
    #[error(transparent)]
    List(#[from] ListError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hidden suite is not the one that the batch was begun with.
    #[error(
        "the batch was begun with suite {} and the challenge now has {}: results of both would not compare",
        .queued.short(12), .now.short(12)
    )]
    SuiteChanged {
        /// The suite of the gradings that wait.
        queued: Digest,
        /// The challenge's.
        now: Digest,
    },
}

impl BatchError {
    /// What to do next.
    pub fn remedy(&self) -> String {
        match self {
            Self::Naming(error) => error.remedy().into(),
            Self::List(error) => error.remedy().into(),
            Self::Store(error) => error.remedy().into(),
            Self::SuiteChanged { .. } => {
                "give `takehome grade` the same paths again to grade all of them by the suite of now, \
                 or put the earlier suite back"
                    .into()
            }
        }
    }
}
