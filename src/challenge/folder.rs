use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    ChallengeError, Equivalent, Manifest, ManifestError, Sample, Suite, SuiteLock, validate,
};
use crate::domain::Digest;

/// The manifest's name in a challenge's folder.
pub(super) const MANIFEST_FILE: &str = "challenge.toml";
const LOCK_FILE: &str = "suite.lock";
const EQUIVALENTS_FILE: &str = "equivalent-mutants.toml";

/// A challenge's folder, read and validated.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The folder.
    pub dir: PathBuf,
    /// Its `challenge.toml`.
    pub manifest: Manifest,
    /// Its `tests/hidden`.
    pub suite: Suite,
    /// Its `suite.lock`; absent until it is sealed.
    pub lock: Option<SuiteLock>,
}

impl Challenge {
    /// Reads the challenge in `dir`.
    ///
    /// # Errors
    /// The manifest, the suite or the lock is missing or wrong. Whether the lock *belongs* to
    /// the suite is for the caller: `verify --seal` must load a challenge whose lock is old.
    pub fn load(dir: &Path) -> Result<Self, ChallengeError> {
        let file = dir.join(MANIFEST_FILE);
        let text = fs::read_to_string(&file).map_err(read_error(&file))?;
        // `.` and `..` have names only once they are resolved.
        let resolved = dir.canonicalize().map_err(read_error(dir))?;
        let folder = resolved.file_name().unwrap_or_default().to_string_lossy();
        let manifest = validate::manifest(&text, &file, Some(&folder))?;
        let suite = Suite::load(&dir.join("tests/hidden"))?;
        let lock_file = dir.join(LOCK_FILE);
        let lock = match lock_file.try_exists() {
            Ok(false) => None,
            _ => Some(SuiteLock::load(&lock_file)?),
        };
        Ok(Self { dir: dir.to_owned(), manifest, suite, lock })
    }

    /// What no candidate knows, the same until it is sealed anew: the canary, and before that the digest
    /// of the suite, which reports show.
    pub fn secret(&self) -> String {
        match &self.lock {
            Some(lock) => lock.canary.as_str().to_owned(),
            None => self.suite.sha256.to_string(),
        }
    }

    /// The seed that a submission is graded with. The same bytes get the same data; 48 bits, so that every
    /// JSON reader keeps the number exact. A secret of the challenge goes into it, since a submission knows
    /// its own bytes.
    pub fn seed_for(&self, submission: &Digest) -> u64 {
        let digest = Digest::of(format!("seed {submission} {}", self.secret()).as_bytes());
        u64::from_str_radix(&digest.short(12), 16).unwrap_or(0)
    }

    /// Where the lock is, or will be once the challenge is sealed.
    pub fn lock_path(&self) -> PathBuf {
        self.dir.join(LOCK_FILE)
    }

    /// The text of the generator of large inputs, where the manifest names one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn data_generator(&self) -> Result<Option<Vec<u8>>, ChallengeError> {
        let Some(plan) = &self.manifest.data else { return Ok(None) };
        let path = self.dir.join("tests/hidden").join(&plan.generator);
        fs::read(&path).map(Some).map_err(read_error(&path))
    }

    /// The mutants of the reference that its author says no test can tell from it.
    ///
    /// # Errors
    /// `equivalent-mutants.toml` is there and wrong.
    pub fn equivalents(&self) -> Result<Vec<Equivalent>, ChallengeError> {
        Ok(Equivalent::load_all(&self.dir.join(EQUIVALENTS_FILE))?)
    }

    /// The samples of `samples/`, by slug.
    ///
    /// # Errors
    /// A folder without `expected.toml`, or one that says what cannot be.
    pub fn samples(&self) -> Result<Vec<Sample>, ChallengeError> {
        Ok(Sample::load_all(&self.dir.join("samples"), &self.manifest)?)
    }

    /// The samples that can be read, by slug, and what is wrong with the others.
    ///
    /// # Errors
    /// The folder itself cannot be read.
    pub fn samples_and_errors(&self) -> Result<(Vec<Sample>, Vec<ChallengeError>), ChallengeError> {
        let (mut samples, mut errors) = (Vec::new(), Vec::new());
        for sample in Sample::load_each(&self.dir.join("samples"), &self.manifest)? {
            match sample {
                Ok(sample) => samples.push(sample),
                Err(error) => errors.push(error.into()),
            }
        }
        Ok((samples, errors))
    }
}

pub(super) fn read_error(path: &Path) -> impl FnOnce(io::Error) -> ChallengeError {
    let path = path.to_owned();
    move |cause| {
        if cause.kind() == io::ErrorKind::InvalidData {
            ManifestError {
                file: path,
                position: None,
                key: String::new(),
                message: "the file is not UTF-8".to_owned(),
            }
            .into()
        } else {
            ChallengeError::Read { path, cause }
        }
    }
}
