use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::NamedTempFile;

use crate::domain::Digest;

/// No canonical archive is larger: intake keeps at most 32 MiB of data in 5,000 entries.
const MOST_BYTES: u64 = 64 << 20;
const STAGED: &str = ".staged-";
const LOCK: &str = ".lock";
/// What is staged this long was left by a process that is gone: staging takes seconds.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// Bytes by their digest, in a folder. Blocking: call it from a thread that may wait.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
}

/// Why bytes could not be kept or had.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No blob of that digest was ever kept here, or somebody removed it.
    #[error("the bytes of submission {0} are not in the store")]
    Missing(Digest),
    /// The file's bytes are not those that were kept.
    #[error("the bytes of submission {digest} in {} are damaged", .path.display())]
    Damaged {
        /// What they should be.
        digest: Digest,
        /// Where they are.
        path: PathBuf,
    },
    /// The disk.
    #[error("could not {action} {}: {cause}", .path.display())]
    Io {
        /// What was being done: `write`.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The operating system's word.
        cause: io::Error,
    },
}

/// A lock over all of it, given back when this is dropped or the process ends.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

/// Bytes that are on the disk and not yet under their name.
pub struct Staged {
    file: Option<NamedTempFile>,
    digest: Digest,
    target: PathBuf,
}

impl Blobs {
    /// The folder, made where it is missing, readable by its owner only. Clears what processes
    /// that are long gone had not finished.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn open(root: &Path) -> Result<Self, BlobError> {
        make_folder(root)?;
        let blobs = Self { root: root.to_owned() };
        for path in blobs.files()?.into_iter().filter(|path| is_staged(path)) {
            let modified = path.metadata().and_then(|data| data.modified());
            let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
            if age.is_some_and(|age| age > ABANDONED) {
                // Somebody else may clear it at the same time.
                let _ = fs::remove_file(path);
            }
        }
        Ok(blobs)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps others from removing anything, from before bytes come in until the records name them: the
    /// same bytes may be about to be removed for another candidate's sake. Waits while that happens,
    /// which takes moments.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn hold(&self) -> Result<Hold, BlobError> {
        let (file, path) = self.lock()?;
        file.lock_shared().map_err(io_error("lock", &path))?;
        Ok(Hold { _file: file })
    }

    /// Keeps others from bringing bytes in, or none while somebody does.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn alone(&self) -> Result<Option<Hold>, BlobError> {
        let (file, path) = self.lock()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Hold { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(io_error("lock", &path)(cause)),
        }
    }

    fn lock(&self) -> Result<(File, PathBuf), BlobError> {
        let path = self.root.join(LOCK);
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        Ok((file.map_err(io_error("open", &path))?, path))
    }

    /// Keeps `bytes`; once this returns they survive a loss of power. Keeping them twice is
    /// keeping them once, and mends a damaged copy.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        self.stage(bytes)?.commit()
    }

    /// The first half of [`Blobs::put`]: the bytes are safe, under a name that nobody looks for.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn stage(&self, bytes: &[u8]) -> Result<Staged, BlobError> {
        let digest = Digest::of(bytes);
        let target = self.path(&digest);
        if self.get(&digest).is_ok() {
            return Ok(Staged { file: None, digest, target });
        }
        let folder = target.parent().unwrap_or(&self.root);
        make_folder(folder)?;
        sync_folder(&self.root)?;
        let failed = io_error("write", &target);
        let mut file =
            tempfile::Builder::new().prefix(STAGED).tempfile_in(folder).map_err(&failed)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(&failed)?;
        Ok(Staged { file: Some(file), digest, target })
    }

    /// The bytes of that digest, compared with it.
    ///
    /// # Errors
    /// [`BlobError`].
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let path = self.path(digest);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Err(BlobError::Missing(*digest));
            }
            Err(cause) => return Err(io_error("open", &path)(cause)),
        };
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(io_error("read", &path))?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(BlobError::Damaged { digest: *digest, path })
        }
    }

    /// Removes the bytes of that digest for good; whether they were there.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn remove(&self, digest: &Digest) -> Result<bool, BlobError> {
        let path = self.path(digest);
        match fs::remove_file(&path) {
            Ok(()) => {
                sync_folder(path.parent().unwrap_or(&self.root))?;
                Ok(true)
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(io_error("remove", &path)(cause)),
        }
    }

    /// Where the bytes of that digest are.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.root.join(&name[..2]).join(format!("{}.tar", &name[2..]))
    }

    /// The digests of all that is kept, in order; whatever else lies there is left out.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn list(&self) -> Result<Vec<Digest>, BlobError> {
        let mut digests: Vec<Digest> = self
            .files()?
            .into_iter()
            .filter_map(|path| {
                let folder = path.parent()?.file_name()?.to_str()?;
                let rest = path.file_name()?.to_str()?.strip_suffix(".tar")?;
                format!("{folder}{rest}").parse().ok()
            })
            .collect();
        digests.sort();
        Ok(digests)
    }

    fn files(&self) -> Result<Vec<PathBuf>, BlobError> {
        let mut files = Vec::new();
        for folder in entries(&self.root)?.into_iter().filter(|path| path.is_dir()) {
            files.extend(entries(&folder)?);
        }
        Ok(files)
    }
}

impl Staged {
    /// Gives the bytes their name. The folder is synchronised, so that the name is safe too.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn commit(self) -> Result<Digest, BlobError> {
        if let Some(file) = self.file {
            let failed = io_error("rename to", &self.target);
            file.persist(&self.target).map_err(|error| failed(error.error))?;
            if let Some(folder) = self.target.parent() {
                sync_folder(folder)?;
            }
        }
        Ok(self.digest)
    }

    /// Leaves everything as a process that dies now would; for tests.
    pub fn crash(self) -> Option<PathBuf> {
        self.file.and_then(|file| file.into_temp_path().keep().ok())
    }
}

fn is_staged(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(STAGED))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, BlobError> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(io_error("list", folder))
}

fn make_folder(path: &Path) -> Result<(), BlobError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_error("make", path))
}

fn sync_folder(path: &Path) -> Result<(), BlobError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(io_error("synchronise", path))
}

fn io_error(action: &'static str, path: &Path) -> impl Fn(io::Error) -> BlobError + use<> {
    let path = path.to_owned();
    move |cause| BlobError::Io { action, path: path.clone(), cause }
}
