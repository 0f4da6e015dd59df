use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    rc::Rc,
};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use nix::errno::Errno;

use super::{
    IntakeLimits, Refusal, canonical, folder_source,
    intake::{Intake, Taken},
    metered::{Counted, Metered},
    name,
    sniff::{self, Format, HEAD_BYTES},
    tar_source, zip_source,
};
use crate::domain::Digest;

/// A submission in its canonical form: the same files give the same digest, whatever they came in.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// The last component of its path, safe to print.
    pub name: String,
    /// Digest of [`Submission::tar`].
    pub sha256: Digest,
    /// Canonical tar: regular files only, sorted by path, mode 0644, no owner, no time.
    pub tar: Bytes,
    /// The files in it, in the order of the tar.
    pub files: Vec<FileEntry>,
    /// The rules by which something was left out, such as `.git` or `*.pyc`. The digest does not
    /// depend on them.
    pub left_out: Vec<&'static str>,
}

/// One file of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its path from the submission's root, with `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}

impl Submission {
    /// Whether `word` stands anywhere in the files or their names, not as a part of a longer word.
    pub fn mentions(&self, word: &str) -> bool {
        let joins =
            |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        memchr::memmem::find_iter(&self.tar, word).any(|at| {
            let before = at.checked_sub(1).and_then(|at| self.tar.get(at));
            !joins(before) && !joins(self.tar.get(at + word.len()))
        })
    }

    /// Reads a folder, a `.zip`, a `.tar`, a `.tar.gz` or a git checkout.
    ///
    /// # Errors
    /// The first rule that an entry breaks; see [`Refusal`].
    pub fn open(path: &Path, limits: &IntakeLimits) -> Result<Self, Refusal> {
        let shown = name::shown(path.as_os_str().as_encoded_bytes());
        let unreadable = |cause: io::Error| match cause.kind() {
            io::ErrorKind::NotFound => Refusal::NotFound { path: shown.clone() },
            _ => Refusal::Unreadable { what: shown.clone(), cause },
        };
        let metadata = path.metadata().map_err(unreadable)?;
        let name = name::display(path);
        if metadata.is_dir() {
            let mut intake = Intake::new(limits);
            folder_source::take(path, &mut intake)?;
            return Ok(Self::build(name, intake.finish()?));
        }
        if !metadata.is_file() {
            // Opening a pipe would wait for its writer.
            return Err(Refusal::NotAnArchive { found: "neither a file nor a folder" });
        }
        let file = File::open(path).map_err(unreadable)?;
        Self::from_archive(&name, file, limits)
    }

    /// Reads an archive of any accepted format, told by its content; `name` is for display.
    ///
    /// # Errors
    /// The first rule that an entry breaks; see [`Refusal`].
    pub fn from_archive<R: Read + Seek>(
        name: &str,
        mut archive: R,
        limits: &IntakeLimits,
    ) -> Result<Self, Refusal> {
        let failed = |error| read_error(error, None);
        let size = archive.seek(SeekFrom::End(0)).map_err(failed)?;
        if size > limits.archive_bytes {
            return Err(Refusal::ArchiveTooLarge { limit: limits.archive_bytes });
        }
        archive.rewind().map_err(failed)?;
        let mut head = Vec::new();
        (&mut archive).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(failed)?;
        archive.rewind().map_err(failed)?;
        let format = sniff::format(&head).map_err(|found| Refusal::NotAnArchive { found })?;

        let mut intake = Intake::new(limits);
        let (archive, count) = Counted::new(io::BufReader::new(archive));
        match format {
            Format::Zip => zip_source::take(archive.into_inner(), &mut intake)?,
            Format::Gzip => {
                let stream = Metered::new(MultiGzDecoder::new(archive), count, limits);
                take_stream(stream, &mut intake)?;
            }
            Format::Tar => take_stream(Metered::new(archive, count, limits), &mut intake)?,
        }
        Ok(Self::build(name::display(Path::new(name)), intake.finish()?))
    }

    /// Those of `required` (files, or folders with something in them) that are not there.
    pub fn missing(&self, required: &[String]) -> Vec<String> {
        let files = self.files.iter().map(|file| (file.path.clone(), ())).collect();
        required.iter().filter(|path| !super::intake::holds(&files, path)).cloned().collect()
    }

    /// The bytes of its file `path`, where it has one.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.contents().remove(path)
    }

    /// The same submission under another name, with other bytes in its file `path`.
    #[must_use]
    pub fn with_file(&self, name: &str, path: &str, data: Vec<u8>) -> Self {
        let mut files = self.contents();
        files.insert(path.to_owned(), data);
        Self::build(name.to_owned(), Taken { files, left_out: self.left_out.clone() })
    }

    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        canonical::from_tar(&self.tar)
    }

    fn build(name: String, taken: Taken) -> Self {
        let tar = canonical::to_tar(&taken.files);
        Self {
            name,
            sha256: Digest::of(&tar),
            tar,
            files: taken
                .files
                .into_iter()
                .map(|(path, data)| FileEntry { path, size: data.len() as u64 })
                .collect(),
            left_out: taken.left_out,
        }
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the bytes, which would bury whatever log or panic this ends up in.
        f.debug_struct("Submission")
            .field("name", &self.name)
            .field("sha256", &self.sha256)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

fn take_stream<R: Read>(stream: Metered<'_, R>, intake: &mut Intake<'_>) -> Result<(), Refusal> {
    let tripped = Rc::clone(&stream.tripped());
    let limits = intake.limits();
    tar_source::take(stream, intake, |error, entry| match tripped.get() {
        Some(trip) => trip.refusal(limits),
        None => read_error(error, entry),
    })
}

/// An error while reading an archive: of the disk, or of the bytes on it.
///
/// Decoders report bad bytes as errors of their own; only the operating system has numbers for
/// its errors. EINVAL is bad bytes too: a seek to an offset that no file can have.
pub(super) fn read_error(error: io::Error, entry: Option<String>) -> Refusal {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(errno) if errno != Errno::EINVAL => {
            Refusal::Unreadable { what: "the archive".to_owned(), cause: error }
        }
        _ => {
            let detail = match error.kind() {
                io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
                _ => name::plain(&error.to_string()),
            };
            Refusal::Corrupt { entry, detail }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, io::Cursor};

    use super::*;

    #[test]
    fn a_word_is_mentioned_as_a_whole_word_only() {
        let text = b"import httpx\nx.anyio()\nmy_aiohttp".to_vec();
        let tar = canonical::to_tar(&BTreeMap::from([("trio.txt".to_owned(), text)]));
        let submission =
            Submission::from_archive("s", Cursor::new(tar), &IntakeLimits::default()).unwrap();
        for (word, there) in
            [("httpx", true), ("anyio", true), ("trio", true), ("aiohttp", false), ("http", false)]
        {
            assert_eq!(submission.mentions(word), there, "{word}");
        }
    }
}
