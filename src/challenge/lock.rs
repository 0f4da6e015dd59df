use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ChallengeId, LockError};
use crate::domain::Digest;

/// The version of `suite.lock` that this program reads and writes.
pub const LOCK_SCHEMA: u32 = 1;

/// What `challenge verify --seal` promised: these tests, in these groups, of this suite.
///
/// The score is computed over this list, never over what a run happened to report
/// (design.md, invariant 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteLock {
    /// [`LOCK_SCHEMA`].
    pub schema: u32,
    /// The challenge that it belongs to.
    pub challenge: ChallengeId,
    /// Digest of the suite's canonical tar.
    pub suite_sha256: Digest,
    /// Groups in the manifest's order.
    pub groups: Vec<LockedGroup>,
    /// Tests by group, then by id, so that sealing twice gives the same bytes.
    pub tests: Vec<LockedTest>,
}

/// A group and its share of 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedGroup {
    /// The group's name in the manifest.
    pub name: String,
    /// Its share of 100.
    pub weight: u32,
}

/// One sealed test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedTest {
    /// The node id that pytest gives it.
    pub id: String,
    /// Its group.
    pub group: String,
    /// The cap that its failure puts on the whole score, per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<u8>,
}

impl SuiteLock {
    /// Reads a `suite.lock`.
    ///
    /// # Errors
    /// It cannot be read, or see [`SuiteLock::parse`].
    pub fn load(path: &Path) -> Result<Self, LockError> {
        let _ = path;
        todo!()
    }

    /// Parses the text of a `suite.lock`; `file` names it in errors.
    ///
    /// # Errors
    /// It is not TOML of this schema, or contradicts itself.
    pub fn parse(text: &str, file: &Path) -> Result<Self, LockError> {
        let _ = (text, file);
        todo!()
    }

    /// The text of a `suite.lock`.
    pub fn render(&self) -> String {
        todo!()
    }

    /// Writes the lock so that a reader finds the old one or the new one, never a part.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LockError> {
        let _ = path;
        todo!()
    }
}
