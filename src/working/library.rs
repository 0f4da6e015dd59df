use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{challenge::Challenge, domain::Digest};

/// The challenges that a worker can grade by, read again now and then: an author may seal a suite anew
/// while it runs.
pub struct Library {
    roots: Vec<PathBuf>,
    kept: Mutex<BTreeMap<String, Kept>>,
}

/// A challenge, and its visible half.
#[derive(Clone)]
pub struct Kept {
    /// With its hidden suite.
    pub whole: Arc<Challenge>,
    /// With its visible tests alone; or, in words, why there are none.
    pub visible: Result<Arc<Challenge>, String>,
}

impl Library {
    /// Those of some folders. Nothing is read before [`Library::refresh`].
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots, kept: Mutex::default() }
    }

    /// Reads all challenges again; what is wrong with those that cannot be read. What was queued for
    /// one of these waits until it is mended.
    pub async fn refresh(&self) -> Vec<String> {
        let roots = self.roots.clone();
        let read = tokio::task::spawn_blocking(move || read(&roots)).await;
        let (kept, wrong) = read.unwrap_or_else(|error| (None, vec![error.to_string()]));
        if let Some(kept) = kept {
            *self.lock() = kept;
        }
        wrong
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// The challenge of that id; read again when its suite is not this one.
    pub async fn with_suite(&self, id: &str, suite: &Digest) -> Option<Kept> {
        let found = self.lock().get(id).cloned();
        if found.as_ref().is_some_and(|kept| kept.whole.suite.sha256 == *suite) {
            return found;
        }
        for message in self.refresh().await {
            tracing::warn!(target: "takehome::worker", message, "a challenge cannot be read");
        }
        self.lock().get(id).cloned()
    }

    /// The most memory and lanes that any of them asks for, for sizing.
    pub fn largest(&self) -> Option<crate::challenge::Limits> {
        let size = |kept: &Kept| {
            let limits = &kept.whole.manifest.limits;
            limits.memory.saturating_mul(limits.lanes as u64)
        };
        let kept = self.lock();
        kept.values().max_by_key(|kept| size(kept)).map(|kept| kept.whole.manifest.limits.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is, unless the folders cannot be listed; and what is wrong.
fn read(roots: &[PathBuf]) -> (Option<BTreeMap<String, Kept>>, Vec<String>) {
    let ids = match Challenge::ids(roots) {
        Ok(ids) => ids,
        Err(error) => return (None, vec![error.to_string()]),
    };
    let (mut kept, mut wrong) = (BTreeMap::new(), Vec::new());
    for (id, dir) in ids {
        match Challenge::load(&dir) {
            Ok(whole) => {
                let visible = whole.visible().map(Arc::new).map_err(|error| error.to_string());
                kept.insert(id, Kept { whole: Arc::new(whole), visible });
            }
            Err(error) => wrong.push(format!("{id}: {error}")),
        }
    }
    (Some(kept), wrong)
}
