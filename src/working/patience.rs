//! Waiting for a machine that is not well, without giving up what is held.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    run::{Shutdown, Stop},
    sandbox::Sandbox,
};

/// After the first fault; twice as long after each further one.
const FIRST: Duration = Duration::from_secs(5);
/// How often an engine is asked whether it is back.
const ASK: Duration = Duration::from_secs(5);

/// What keeps a worker from working, where others can see it.
pub(super) struct Trouble {
    now: Mutex<Option<String>>,
    first: Duration,
}

impl Default for Trouble {
    fn default() -> Self {
        Self::patient(FIRST)
    }
}

impl Trouble {
    /// None; `first` is the wait after the first fault.
    pub(super) fn patient(first: Duration) -> Self {
        Self { now: Mutex::default(), first }
    }

    pub(super) fn get(&self) -> Option<String> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, trouble: Option<String>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Waits after the fault `number`, from 1, and then until the engine answers, however long that
    /// takes: whatever is held stays held.
    ///
    /// # Errors
    /// [`Stop`] when there is to be no further work.
    pub(super) async fn wait(
        &self,
        number: u32,
        message: &str,
        sandbox: &dyn Sandbox,
        shutdown: &Shutdown,
        stop: &CancellationToken,
    ) -> Result<(), Stop> {
        tracing::warn!(target: "takehome::worker", message, number, "waiting, then trying again");
        self.set(Some(message.to_owned()));
        let well = async {
            sleep(self.first * 2_u32.saturating_pow(number.saturating_sub(1)).min(64)).await;
            while !sandbox.answers().await {
                sleep(ASK).await;
            }
        };
        let waited = tokio::select! {
            () = well => Ok(()),
            () = stop.cancelled() => Err(Stop),
            () = shutdown.drain.cancelled() => Err(Stop),
        };
        self.set(None);
        waited
    }
}
