use std::path::Path;

use bytes::Bytes;

use super::SuiteError;
use crate::domain::Digest;

/// The hidden suite as it is streamed to the judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// Uncompressed canonical tar of `tests/hidden`: regular files only, sorted, no times.
    pub tar: Bytes,
    /// Digest of [`Suite::tar`].
    pub sha256: Digest,
}

impl Suite {
    /// Reads `tests/hidden`.
    ///
    /// # Errors
    /// Missing, empty, too large, or with anything but regular files and folders in it.
    pub fn load(hidden: &Path) -> Result<Self, SuiteError> {
        let _ = hidden;
        todo!()
    }
}
