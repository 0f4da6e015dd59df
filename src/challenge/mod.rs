//! A challenge on disk: its manifest, its hidden suite, the lock that seals it, its samples.
//!
//! Everything here is parsed once into types that need no second look, and nothing of a
//! candidate's is read. AUTHORING.md is the format's description for people.

mod canary;
mod check;
mod equivalents;
mod error;
mod folder;
mod id;
mod library;
mod limits;
mod lock;
mod manifest;
mod position;
mod raw;
mod rubric;
mod sample;
mod seal;
mod suite;
#[cfg(test)]
mod testing;
mod timing;
mod units;
mod validate;
mod visible;

pub use canary::{Canary, InvalidCanary};
pub use check::{Difference, LockMismatch};
pub use equivalents::{Equivalent, EquivalentsError};
pub use error::{ChallengeError, LockError, ManifestError, SampleError, SuiteError};
pub use folder::Challenge;
pub use id::{ChallengeId, InvalidChallengeId};
pub use lock::{LOCK_SCHEMA, LockedGroup, LockedTest, SuiteLock};
pub use manifest::{
    AiPolicy, DataPlan, Dependencies, Group, ImageKind, Interface, InterfaceKind, Level, Limits,
    MANIFEST_SCHEMA, Manifest, TimingKind, TimingPlan, VerifyPlan,
};
pub use rubric::{Criterion, Rubric};
pub use sample::{Expected, Sample, SampleKind};
pub use seal::{CollectedTest, SealError};
pub use suite::Suite;
