//! Where uploads are while they come in. What ends in `.part` is not complete, and nobody was told that it
//! is; what ends in `.full` is, and has a file beside it that says whose it is.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::{Broken, ReceiveError};
use crate::{domain::Digest, hiring::Code};

const PART: &str = "part";
const FULL: &str = "full";
const LABEL: &str = "json";

/// The folder. One process has it at a time.
pub struct Spool {
    root: PathBuf,
    /// Whether it is this process's, which may then clear what it did not put there.
    _lock: Option<File>,
}

/// An upload while it comes in. Dropped, it leaves nothing.
pub struct Incoming {
    id: String,
    path: PathBuf,
    file: tokio::fs::File,
    digest: Sha256,
    size: u64,
    limit: u64,
    done: bool,
}

/// An upload that is complete, on the disk.
#[derive(Debug)]
pub struct Spooled {
    /// What is known of it.
    pub(super) label: Label,
    /// The bytes.
    pub(super) path: PathBuf,
}

/// Whose upload it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) challenge: String,
    pub(super) original_name: String,
    pub(super) began_ms: i64,
    pub(super) received_ms: i64,
    pub(super) size: u64,
    pub(super) received_sha256: Digest,
}

impl Spool {
    /// The folder, made where it is missing. Where no other process has it, what was not complete is
    /// removed.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn open(root: &Path) -> Result<Arc<Self>, Broken> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(at("make", root))?;
        let path = root.join(".lock");
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(at("open", &path))?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(cause)) => return Err(at("lock", &path)(cause)),
        };
        let spool = Self { root: root.to_owned(), _lock: lock };
        if spool._lock.is_some() {
            for path in spool.ending_in(PART)? {
                fs::remove_file(&path).map_err(at("remove", &path))?;
            }
        }
        Ok(Arc::new(spool))
    }

    /// A file for an upload of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn begin(&self, limit: u64) -> Result<Incoming, Broken> {
        let id = uuid::Uuid::now_v7().to_string();
        let path = self.root.join(&id).with_extension(PART);
        let mut options = tokio::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path).await;
        let file = file.map_err(at("make", &path))?;
        Ok(Incoming { id, path, file, digest: Sha256::new(), size: 0, limit, done: false })
    }

    /// What was complete when an earlier process ended, oldest first; nothing where another one lives.
    ///
    /// # Errors
    /// [`Broken`].
    pub(super) fn left(&self) -> Result<Vec<Spooled>, Broken> {
        if self._lock.is_none() {
            return Ok(Vec::new());
        }
        let mut left = Vec::new();
        for path in self.ending_in(FULL)? {
            match label_of(&path) {
                Ok(label) => left.push(Spooled { label, path }),
                // Somebody has to look at it; the others need not wait for that.
                Err(error) => {
                    tracing::error!(target: "takehome::receiving", %error, "an upload stays spooled");
                }
            }
        }
        left.sort_by(|one, other| one.label.id.cmp(&other.label.id));
        Ok(left)
    }

    /// Labels without an upload, after all uploads have been seen to.
    pub(super) fn clear_labels(&self) -> Result<(), Broken> {
        if self._lock.is_none() {
            return Ok(());
        }
        for label in self.ending_in(LABEL)? {
            if !label.with_extension(FULL).exists() {
                fs::remove_file(&label).map_err(at("remove", &label))?;
            }
        }
        Ok(())
    }

    fn ending_in(&self, ending: &str) -> Result<Vec<PathBuf>, Broken> {
        let failed = at("list", &self.root);
        let entries = fs::read_dir(&self.root).map_err(&failed)?;
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        let fits = |path: &PathBuf| path.extension().is_some_and(|found| found == ending);
        Ok(paths.map_err(failed)?.into_iter().filter(fits).collect())
    }
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`ReceiveError::TooLarge`] as soon as there are more than may come, [`ReceiveError::Broken`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(ReceiveError::TooLarge { limit: self.limit });
        }
        self.digest.update(bytes);
        Ok(self.file.write_all(bytes).await.map_err(at("write", &self.path))?)
    }

    /// All of it is there: from here on it is not lost.
    ///
    /// # Errors
    /// [`ReceiveError::Empty`], [`ReceiveError::Broken`].
    pub async fn complete(
        mut self,
        code: &Code,
        challenge: &str,
        original_name: &str,
        began_ms: i64,
        received_ms: i64,
    ) -> Result<Spooled, ReceiveError> {
        if self.size == 0 {
            return Err(ReceiveError::Empty);
        }
        self.file.flush().await.map_err(at("write", &self.path))?;
        self.file.sync_all().await.map_err(at("write", &self.path))?;
        let received: [u8; 32] = std::mem::take(&mut self.digest).finalize().into();
        let received_sha256 = hex::encode(received)
            .parse()
            .map_err(|_| at("name", &self.path)(io::Error::other("a digest")))?;
        let label = Label {
            id: self.id.clone(),
            code: code.to_string(),
            challenge: challenge.to_owned(),
            original_name: original_name.to_owned(),
            began_ms,
            received_ms,
            size: self.size,
            received_sha256,
        };
        let (part, kept) = (self.path.clone(), label.clone());
        let published = tokio::task::spawn_blocking(move || publish(&part, &label)).await;
        let path =
            published.map_err(|error| at("write", &self.path)(io::Error::other(error)))??;
        self.done = true;
        Ok(Spooled { label: kept, path })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.done {
            // What cannot be removed now is when the spool is opened next.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Spooled {
    /// It is recorded or refused: nothing of it is needed any more.
    pub(super) fn remove(&self) {
        // What stays is seen to at the next start, and recorded once at most.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(self.path.with_extension(LABEL));
    }
}

/// The label first, then the name that says that both are there.
fn publish(part: &Path, label: &Label) -> Result<PathBuf, Broken> {
    let named = part.with_extension(LABEL);
    let text =
        serde_json::to_vec(label).map_err(|error| at("write", &named)(io::Error::other(error)))?;
    let mut options = fs::OpenOptions::new();
    let written = options.write(true).create(true).truncate(true).mode(0o600).open(&named);
    let written = written.and_then(|mut file| {
        io::Write::write_all(&mut file, &text)?;
        file.sync_all()
    });
    written.map_err(at("write", &named))?;
    let full = part.with_extension(FULL);
    fs::rename(part, &full).map_err(at("rename", part))?;
    let folder = full.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at("synchronise", folder))?;
    Ok(full)
}

fn label_of(full: &Path) -> Result<Label, Broken> {
    let label = full.with_extension(LABEL);
    let text = fs::read(&label).map_err(at("read", &label))?;
    serde_json::from_slice(&text).map_err(|error| at("read", &label)(io::Error::other(error)))
}

fn at(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Broken + use<> {
    let path = path.to_owned();
    move |cause| Broken { action, path: path.clone(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> Code {
        "k7m2-9x4p".parse().expect("a code")
    }

    #[tokio::test]
    async fn what_was_complete_outlives_its_process_and_the_rest_does_not() {
        let home = tempfile::tempdir().expect("a folder");
        let spool = Spool::open(home.path()).expect("a spool");
        let mut part = spool.begin(10).await.expect("a file");
        part.write(b"half").await.expect("taken");
        std::mem::forget(part);
        let mut full = spool.begin(10).await.expect("a file");
        full.write(b"whole").await.expect("taken");
        full.complete(&code(), "tiny", "a.zip", 1, 2).await.expect("complete");
        assert!(Spool::open(home.path()).expect("a spool").left().expect("read").is_empty());
        drop(spool);
        let spool = Spool::open(home.path()).expect("a spool");
        let left = spool.left().expect("read");
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].label.received_sha256, Digest::of(b"whole"));
        fs::write(home.path().join("damaged.full"), "x").expect("written");
        assert_eq!(spool.left().expect("read").len(), 1, "one without a label stops no other");
        fs::remove_file(home.path().join("damaged.full")).expect("removed");
        left[0].remove();
        spool.clear_labels().expect("cleared");
        assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 1, "the lock alone");
    }

    #[tokio::test]
    async fn what_is_too_much_or_nothing_leaves_nothing() {
        let home = tempfile::tempdir().expect("a folder");
        let spool = Spool::open(home.path()).expect("a spool");
        let mut large = spool.begin(10).await.expect("a file");
        large.write(b"12345678").await.expect("taken");
        let refused = large.write(b"123").await.expect_err("too much");
        assert!(matches!(refused, ReceiveError::TooLarge { limit: 10 }));
        drop(large);
        let empty = spool.begin(10).await.expect("a file");
        let refused = empty.complete(&code(), "tiny", "a.zip", 1, 2).await.expect_err("nothing");
        assert!(matches!(refused, ReceiveError::Empty));
        assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 1, "the lock alone");
    }
}
