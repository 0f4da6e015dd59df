use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::{SqliteStore, StoreError};

/// How often the records are looked at while a page is open.
const LOOK: Duration = Duration::from_millis(500);

/// Tells open pages that something in the records has changed, whichever process changed it. It does not
/// say what: a page reads what it shows, and sends it when it is different.
pub struct Live {
    changes: watch::Sender<u64>,
}

impl Live {
    /// Nothing has changed yet.
    pub fn new() -> Self {
        Self { changes: watch::Sender::new(0) }
    }

    /// Wakes with each change from now on.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Something has changed, in this process.
    pub fn touch(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Looks at the records until `stopping`, while anybody listens.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be opened.
    pub async fn watch(
        &self,
        store: &SqliteStore,
        stopping: &CancellationToken,
    ) -> Result<(), StoreError> {
        let mut pulse = store.pulse().await?;
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = tokio::time::sleep(LOOK) => {}
            }
            if self.changes.receiver_count() > 0 && pulse.beats().await? {
                self.touch();
            }
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}
