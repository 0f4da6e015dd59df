//! Checks, backups and exports of records and submissions together. A backup is one tar of a
//! folder that the store can be opened in; docs/store.md says how it is restored.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::{BlobError, Blobs, Store, StoreError};
use crate::domain::Digest;

/// The database's name in its folder and in a backup.
pub const DATABASE: &str = "takehome.db";
/// The name of the folder of submissions, likewise.
pub const BLOBS: &str = "blobs";

/// The folder of a home that has both.
pub const STORE: &str = "store";
/// The folder of a home that has the portal's keys, and its name in a backup.
pub const KEYS: &str = "keys";

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong, a line each.
    pub problems: Vec<String>,
    /// Submissions whose bytes were compared with their digest.
    pub submissions: usize,
}

/// Checks the database, every report, and the bytes of every submission.
///
/// # Errors
/// [`StoreError`] when the records cannot be read at all.
pub async fn check(store: &dyn Store, blobs: &Blobs) -> Result<Checked, StoreError> {
    let mut checked = Checked { problems: store.problems().await?, submissions: 0 };
    for digest in store.contents().await? {
        checked.submissions += 1;
        if let Err(error) = read(blobs, digest).await {
            checked.problems.push(error.to_string());
        }
    }
    Ok(checked)
}

/// Writes everything into the tar `file`, which must not be there yet; how many submissions. `keys` is
/// the folder of the portal's keys, where there is one. Others may work meanwhile: what is written is of
/// one moment.
///
/// # Errors
/// [`StoreError`], also when a submission's bytes are damaged; nothing is left at `file` then.
pub async fn back_up(
    store: &dyn Store,
    blobs: &Blobs,
    keys: &Path,
    file: &Path,
) -> Result<usize, StoreError> {
    // Until it is written, nobody removes bytes that its records name.
    let held = blobs.clone();
    let _hold = blocking(move || Ok(held.hold()?)).await?;
    let target = absolute(file)?;
    let folder = target.parent().unwrap_or(Path::new("/")).to_owned();
    let failed = io_error("write", &target);
    // Records first: whatever they name was kept before they were written.
    let copy = tempfile::tempdir_in(&folder).map_err(&failed)?;
    let database = copy.path().join(DATABASE);
    store.snapshot(&database).await?;
    let digests = store.contents().await?;
    let written = NamedTempFile::new_in(&folder).map_err(&failed)?;
    let handle = written.reopen().map_err(&failed)?;
    let (blobs, keys) = (blobs.clone(), keys.to_owned());
    let (count, target) = blocking(move || {
        let failed = io_error("write", &target);
        let mut tar = tar::Builder::new(BufWriter::new(handle));
        tar.append_path_with_name(&database, DATABASE).map_err(&failed)?;
        for digest in &digests {
            let bytes = blobs.get(digest)?;
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            let name = blobs.path(digest);
            let name = name.strip_prefix(blobs.root()).unwrap_or(&name);
            tar.append_data(&mut header, Path::new(BLOBS).join(name), bytes.as_slice())
                .map_err(&failed)?;
        }
        append_keys(&mut tar, &keys)?;
        let mut out = tar.into_inner().map_err(&failed)?;
        out.flush().map_err(&failed)?;
        Ok((digests.len(), target))
    })
    .await?;
    publish(written, &target)?;
    Ok(count)
}

/// The files of the folder `keys`, which may be missing.
fn append_keys<W: io::Write>(tar: &mut tar::Builder<W>, keys: &Path) -> Result<(), StoreError> {
    let failed = io_error("read", keys);
    let entries = match fs::read_dir(keys) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().map_err(&failed)?;
    paths.sort();
    for path in paths.iter().filter(|path| path.is_file()) {
        let Some(name) = path.file_name() else { continue };
        tar.append_path_with_name(path, Path::new(KEYS).join(name)).map_err(&failed)?;
    }
    Ok(())
}

/// Writes every record as a line of JSON into `file`, which must not be there yet; how many.
///
/// # Errors
/// [`StoreError`]; nothing is left at `file` then.
pub async fn export(store: &dyn Store, file: &Path) -> Result<usize, StoreError> {
    let target = absolute(file)?;
    let folder = target.parent().unwrap_or(Path::new("/"));
    let failed = io_error("write", &target);
    let written = NamedTempFile::new_in(folder).map_err(&failed)?;
    let mut out = BufWriter::new(written.reopen().map_err(&failed)?);
    let mut count = 0;
    store
        .export(&mut |record| {
            count += 1;
            writeln!(out, "{record}").map_err(&failed)
        })
        .await?;
    out.flush().map_err(&failed)?;
    publish(written, &target)?;
    Ok(count)
}

/// Gives a finished file its name, unless the name is taken.
fn publish(written: NamedTempFile, target: &Path) -> Result<(), StoreError> {
    let failed = io_error("write", target);
    written.as_file().sync_all().map_err(&failed)?;
    written.persist_noclobber(target).map_err(|error| failed(error.error))?;
    if let Some(folder) = target.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(&failed)?;
    }
    Ok(())
}

/// The file's whole path, and an early word when something is there already.
fn absolute(file: &Path) -> Result<PathBuf, StoreError> {
    let failed = io_error("write", file);
    if fs::symlink_metadata(file).is_ok() {
        return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "it is there already")));
    }
    std::path::absolute(file).map_err(failed)
}

async fn read(blobs: &Blobs, digest: Digest) -> Result<(), StoreError> {
    let blobs = blobs.clone();
    blocking(move || Ok(blobs.get(&digest).map(drop)?)).await
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(io_error("read", Path::new(BLOBS))(io::Error::other(error))),
    }
}

fn io_error(action: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |cause| StoreError::Blob(BlobError::Io { action, path: path.clone(), cause })
}
