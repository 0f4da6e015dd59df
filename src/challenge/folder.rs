use std::path::{Path, PathBuf};

use super::{ChallengeError, Manifest, Sample, Suite, SuiteLock};

/// A challenge's folder, read and validated.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The folder.
    pub dir: PathBuf,
    /// Its `challenge.toml`.
    pub manifest: Manifest,
    /// Its `tests/hidden`.
    pub suite: Suite,
    /// Its `suite.lock`; absent until it is sealed.
    pub lock: Option<SuiteLock>,
}

impl Challenge {
    /// Reads the challenge in `dir`.
    ///
    /// # Errors
    /// The manifest, the suite or the lock is missing or wrong. Whether the lock *belongs* to
    /// the suite is for the caller: `verify --seal` must load a challenge whose lock is old.
    pub fn load(dir: &Path) -> Result<Self, ChallengeError> {
        let _ = dir;
        todo!()
    }

    /// The samples of `samples/`, by slug.
    ///
    /// # Errors
    /// A folder without `expected.toml`, or one that says what cannot be.
    pub fn samples(&self) -> Result<Vec<Sample>, ChallengeError> {
        todo!()
    }
}
