//! A backup becomes a home again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use super::{
    BlobError, Blobs, SqliteStore, Store as _, StoreError, SystemClock,
    upkeep::{BLOBS, DATABASE, KEYS, STORE, blocking},
};
use crate::domain::Digest;

/// No key is larger.
const MOST_KEY: u64 = 64 << 10;
/// No submission's canonical archive is larger.
const MOST_BLOB: u64 = 64 << 20;

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Submissions, each compared with its digest.
    pub submissions: usize,
    /// Keys.
    pub keys: usize,
}

/// Makes the backup `file` the store and the keys of `home`, which must have neither. Nothing is there
/// until all of it has been checked.
///
/// # Errors
/// [`StoreError::Occupied`], [`StoreError::NoBackup`] when it is none or is damaged, or of the disk.
pub async fn restore(file: &Path, home: &Path) -> Result<Restored, StoreError> {
    for name in [STORE, KEYS] {
        let taken = home.join(name);
        if fs::read_dir(&taken).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(StoreError::Occupied(taken));
        }
    }
    make_folder(home)?;
    let failed = io_error("write", home);
    let copy = tempfile::Builder::new().prefix(".restore-").tempdir_in(home).map_err(failed)?;
    let (from, to) = (file.to_owned(), copy.path().to_owned());
    let keys = blocking(move || unpack(&from, &to)).await?;
    let folder = copy.path().join(STORE);
    let submissions = check(file, &folder).await?;
    for name in [STORE, KEYS] {
        let (made, target) = (copy.path().join(name), home.join(name));
        if made.is_dir() {
            sync_all(&made)?;
            // An empty folder is in nobody's way.
            fs::rename(&made, &target).map_err(io_error("make", &target))?;
        }
    }
    File::open(home).and_then(|home| home.sync_all()).map_err(io_error("synchronise", home))?;
    Ok(Restored { submissions, keys })
}

/// Writes what is in the tar below `to`; how many keys there were.
fn unpack(file: &Path, to: &Path) -> Result<usize, StoreError> {
    let bad = |what: String| StoreError::NoBackup { file: file.to_owned(), what };
    let unreadable = |error: io::Error| bad(error.to_string());
    let opened = File::open(file).map_err(io_error("read", file))?;
    let mut tar = tar::Archive::new(BufReader::new(opened));
    let (mut keys, mut database) = (0, false);
    for entry in tar.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path().map_err(unreadable)?.into_owned();
        let shown = path.display().to_string();
        if !entry.header().entry_type().is_file() {
            return Err(bad(format!("{shown:?} is no file")));
        }
        let (target, most) = match place(&path) {
            Some(Part::Database) => {
                database = true;
                (to.join(STORE).join(&path), u64::MAX)
            }
            Some(Part::Blob) => (to.join(STORE).join(&path), MOST_BLOB),
            Some(Part::Key) => {
                keys += 1;
                (to.join(&path), MOST_KEY)
            }
            None => return Err(bad(format!("{shown:?} is in no backup"))),
        };
        if entry.size() > most {
            return Err(bad(format!("{shown:?} is too large")));
        }
        write(&mut entry, &target)?;
    }
    if database { Ok(keys) } else { Err(bad(format!("it has no {DATABASE}"))) }
}

/// What a name in a backup stands for.
enum Part {
    Database,
    Blob,
    Key,
}

fn place(path: &Path) -> Option<Part> {
    let parts: Option<Vec<&str>> = path
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    match parts?.as_slice() {
        [DATABASE] => Some(Part::Database),
        [BLOBS, folder, name] => {
            let digest = format!("{folder}{}", name.strip_suffix(".tar")?);
            (folder.len() == 2 && digest.parse::<Digest>().is_ok()).then_some(Part::Blob)
        }
        [KEYS, name] => {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            (name.chars().all(plain) && !name.starts_with('.')).then_some(Part::Key)
        }
        _ => None,
    }
}

fn write(from: &mut dyn Read, target: &Path) -> Result<(), StoreError> {
    let failed = io_error("write", target);
    if let Some(folder) = target.parent() {
        make_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    let mut file =
        options.write(true).create_new(true).mode(0o600).open(target).map_err(&failed)?;
    io::copy(from, &mut file).map_err(&failed)?;
    file.flush().and_then(|()| file.sync_all()).map_err(&failed)
}

/// Whether the records are sound and every submission that they name is there, undamaged; how many.
async fn check(file: &Path, folder: &Path) -> Result<usize, StoreError> {
    let bad = |what: String| StoreError::NoBackup { file: file.to_owned(), what };
    let never = Arc::new(|_: &str| false);
    let store = SqliteStore::open(&folder.join(DATABASE), Arc::new(SystemClock), never).await?;
    let blobs = Blobs::open(&folder.join(BLOBS))?;
    let (problems, contents) = (store.problems().await?, store.contents().await?);
    store.close().await;
    if let Some(problem) = problems.into_iter().next() {
        return Err(bad(problem));
    }
    let count = contents.len();
    blocking(move || {
        for digest in &contents {
            drop(blobs.get(digest)?);
        }
        Ok(())
    })
    .await
    .map_err(|error| bad(error.to_string()))?;
    Ok(count)
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_error("make", path))
}

/// A folder's names, and those of the folders in it.
fn sync_all(folder: &Path) -> Result<(), StoreError> {
    let failed = io_error("synchronise", folder);
    for entry in fs::read_dir(folder).map_err(&failed)? {
        let path = entry.map_err(&failed)?.path();
        if path.is_dir() {
            sync_all(&path)?;
        }
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn io_error(action: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let path: PathBuf = path.to_owned();
    move |cause| StoreError::Blob(BlobError::Io { action, path: path.clone(), cause })
}
