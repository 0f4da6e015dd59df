use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::{
    challenge::{Challenge, ChallengeError},
    package::{Package, PackageError},
};

/// How long a challenge is used as it was read: its author may change it while the portal runs.
const FRESH: Duration = Duration::from_secs(5);

/// The challenges as the portal needs them. Reading one takes milliseconds; the newest reading serves
/// all who ask for a few seconds.
pub struct Library {
    roots: Vec<PathBuf>,
    kept: Mutex<HashMap<String, (Instant, Arc<Task>)>>,
}

/// A challenge, and what candidates download.
pub struct Task {
    /// The challenge.
    pub challenge: Arc<Challenge>,
    package: OnceLock<Bytes>,
}

impl Library {
    /// Over these folders; the first that has an id wins.
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots, kept: Mutex::default() }
    }

    /// The folders.
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Ids of the challenges there are.
    ///
    /// # Errors
    /// [`ChallengeError`] when a folder cannot be read.
    pub fn ids(&self) -> Result<Vec<String>, ChallengeError> {
        Ok(Challenge::ids(&self.roots)?.into_iter().map(|(id, _)| id).collect())
    }

    /// The challenge of that id.
    ///
    /// # Errors
    /// [`ChallengeError`] when there is none, or it is broken.
    pub async fn task(&self, id: &str) -> Result<Arc<Task>, ChallengeError> {
        if let Some(task) = self.fresh(id) {
            return Ok(task);
        }
        let (roots, wanted) = (self.roots.clone(), id.to_owned());
        let read = tokio::task::spawn_blocking(move || Challenge::find(&roots, &wanted)).await;
        let challenge = match read {
            Ok(challenge) => challenge?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = kept.get(id).filter(|(_, task)| is_same(&task.challenge, &challenge));
        let task = match same {
            // The package that was made of it is as good.
            Some((_, task)) => task.clone(),
            None => Arc::new(Task { challenge: Arc::new(challenge), package: OnceLock::new() }),
        };
        kept.insert(id.to_owned(), (Instant::now(), task.clone()));
        Ok(task)
    }

    fn fresh(&self, id: &str) -> Option<Arc<Task>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, task) = kept.get(id)?;
        (read.elapsed() < FRESH).then(|| task.clone())
    }
}

/// The starter and the visible tests are not compared: who changes them seals again, or restarts.
fn is_same(one: &Challenge, other: &Challenge) -> bool {
    one.dir == other.dir
        && one.manifest == other.manifest
        && one.suite.sha256 == other.suite.sha256
        && one.secret() == other.secret()
}

impl Task {
    /// The zip that candidates download, made once. Blocking.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn package(&self) -> Result<Bytes, PackageError> {
        if let Some(zip) = self.package.get() {
            return Ok(zip.clone());
        }
        let zip = Bytes::from(Package::of(&self.challenge)?.to_zip());
        Ok(self.package.get_or_init(|| zip).clone())
    }
}
