use serde::Deserialize;

use super::{Manifest, Suite, SuiteLock};

/// A test as the judge's pytest collected it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectedTest {
    /// The node id that pytest gives it.
    pub id: String,
    /// The group of its marker.
    pub group: Option<String>,
    /// The set of tests that run in one go.
    pub unit: String,
    /// The cap that its failure puts on the whole score, per cent.
    pub critical: Option<u8>,
}

/// The collected tests cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// x
    #[error("no test was collected")]
    Empty,
}

/// What ran is not what was sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockMismatch {
    /// x
    #[error("x")]
    Suite,
}

impl SuiteLock {
    /// Seals the collected tests of a suite.
    ///
    /// # Errors
    /// What is missing, double or contradictory.
    pub fn seal(
        manifest: &Manifest,
        suite: &Suite,
        collected: &[CollectedTest],
    ) -> Result<Self, SealError> {
        let _ = (manifest, suite, collected);
        todo!()
    }

    /// Whether the lock belongs to this manifest and suite.
    ///
    /// # Errors
    /// The suite's bytes, the groups or their weights have changed since the sealing.
    pub fn check(&self, manifest: &Manifest, suite: &Suite) -> Result<(), LockMismatch> {
        let _ = (manifest, suite);
        todo!()
    }

    /// Whether exactly the sealed tests were collected.
    ///
    /// # Errors
    /// Missing, extra, duplicate tests, or a changed group or cap.
    pub fn check_collected(&self, collected: &[CollectedTest]) -> Result<(), LockMismatch> {
        let _ = collected;
        todo!()
    }
}
