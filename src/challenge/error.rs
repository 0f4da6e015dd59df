use std::{io, path::PathBuf};

use super::{EquivalentsError, SealError};

/// A challenge cannot be found or read.
///
/// All of these are the author's or the caller's to repair; none is a candidate's.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// No folder of that name in any root.
    #[error("no challenge {id:?}{}; there are: {}", near_text(.near), list_text(.known))]
    NotFound {
        /// What was asked for.
        id: String,
        /// The most similar id that there is.
        near: Option<String>,
        /// Every id that there is.
        known: Vec<String>,
    },
    /// A root that was named, or `challenges`, is not there.
    #[error("there is no folder {} with challenges", .0.display())]
    NoRoot(PathBuf),
    /// The folder of that name has no manifest.
    #[error("{} has no challenge.toml", .0.display())]
    NoManifest(PathBuf),
    /// What the candidate starts from is missing.
    #[error("no starter: {} is not a folder; put there what the candidate gets", .0.display())]
    NoStarter(PathBuf),
    /// A file or folder cannot be read.
    #[error("failed to read {}", .path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// `challenge.toml` is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The hidden suite is missing or holds what it must not.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// `suite.lock` is wrong.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A sample's folder or `expected.toml` is wrong.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// `equivalent-mutants.toml` is wrong.
    #[error(transparent)]
    Equivalents(#[from] EquivalentsError),
}

/// What is wrong in a `challenge.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {}{message}", .file.display(), position_text(.position), key_text(.key))]
pub struct ManifestError {
    /// The file.
    pub file: PathBuf,
    /// Line and column, both from 1, where they are known.
    pub position: Option<(usize, usize)>,
    /// The key's path, such as `limits.memory`; empty for the whole file.
    pub key: String,
    /// What is wrong with it, and what would be accepted.
    pub message: String,
}

/// The hidden suite is missing or holds what it must not.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// There is no `tests/hidden`.
    #[error("no hidden suite: {} is not a folder; put the pytest files there", .0.display())]
    Missing(PathBuf),
    /// There is no file in `tests/hidden`.
    #[error("empty hidden suite: {} holds no file", .0.display())]
    Empty(PathBuf),
    /// Only regular files travel to the judge.
    #[error("{} is {kind}; a hidden suite holds regular files only, copy the file there", .path.display())]
    Kind {
        /// Which entry.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// The entry's name is not UTF-8.
    #[error("{} has a name that is not UTF-8; rename it", .0.display())]
    Name(PathBuf),
    /// The suite is too large to be streamed into the judge's memory.
    #[error("hidden suite {} is larger than {limit} bytes; generate large data in a fixture", .path.display())]
    TooLarge {
        /// The suite's folder.
        path: PathBuf,
        /// The most that is allowed.
        limit: u64,
    },
    /// A file or folder cannot be read.
    #[error("failed to read {}", .path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

/// `suite.lock` cannot be read, written or understood.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The text is not a lock.
    #[error("{}: {message}; run `takehome challenge verify ID --seal` to write it anew", .file.display())]
    Parse {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// What it seals contradicts itself.
    #[error("{}: {cause}; run `takehome challenge verify ID --seal` to write it anew", .file.display())]
    Inconsistent {
        /// The file.
        file: PathBuf,
        /// The contradiction.
        cause: SealError,
    },
    /// The file cannot be read.
    #[error("failed to read {}", .path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The file cannot be written.
    #[error("failed to write {}", .path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

/// A sample's folder or `expected.toml` is wrong.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The folder's name does not say what the sample is.
    #[error("{}: a sample's name starts with correct-, wrong- or hostile-", .0.display())]
    Slug(PathBuf),
    /// `expected.toml` is wrong.
    #[error("{}: {message}", .file.display())]
    Expected {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, and what would be accepted.
        message: String,
    },
    /// A file or folder cannot be read.
    #[error("failed to read {}", .path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

fn near_text(near: &Option<String>) -> String {
    near.as_ref().map(|id| format!(" (did you mean {id:?}?)")).unwrap_or_default()
}

fn list_text(known: &[String]) -> String {
    if known.is_empty() { "none; pass --challenges DIR".to_owned() } else { known.join(", ") }
}

fn position_text(position: &Option<(usize, usize)>) -> String {
    position.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default()
}

fn key_text(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("`{key}`: ") }
}
