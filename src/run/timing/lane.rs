use std::{io, path::PathBuf, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::sandbox::{
    Sandbox,
    lane::{Cores, Lane},
};

const POLL: Duration = Duration::from_millis(200);

/// Why the lane was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// Its file.
    #[error("{} cannot be locked: {cause}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// Others timed for too long.
    #[error("others timed on this machine for {} s without end", .waited.as_secs())]
    Busy {
        /// How long it was waited for.
        waited: Duration,
    },
    /// Somebody said so.
    #[error("the timing was stopped while it waited for its turn")]
    Stopped,
}

/// The lane, and what is kept off its core. Let it go by [`HeldLane::release`]; dropping it only frees
/// the lane.
pub struct HeldLane {
    sandbox: Arc<dyn Sandbox>,
    /// What runs where.
    pub cores: Cores,
    /// Whether gradings are kept off the timed core.
    pub alone: bool,
    /// How long it had to be waited for.
    pub waited: Duration,
    lane: Lane,
}

impl HeldLane {
    /// Waits until nobody else times on this host, for `patience` at most; `waits` is told once, if it
    /// has to.
    ///
    /// # Errors
    /// [`LaneError`].
    pub async fn take(
        sandbox: &Arc<dyn Sandbox>,
        stop: &CancellationToken,
        patience: Duration,
        waits: impl FnOnce(),
    ) -> Result<Self, LaneError> {
        let cores = match sandbox.local_cores() {
            0 => Cores::unknown(1),
            count => Cores::of(count),
        };
        let (path, begun) = (sandbox.lane(), Instant::now());
        let mut waits = Some(waits);
        let lane = loop {
            let taken = Lane::try_take(&path, cores.timed);
            match taken.map_err(|cause| LaneError::File { path: path.clone(), cause })? {
                Some(lane) => break lane,
                None => {
                    if let Some(waits) = waits.take() {
                        waits();
                    }
                }
            }
            if begun.elapsed() >= patience {
                return Err(LaneError::Busy { waited: begun.elapsed() });
            }
            tokio::select! {
                () = sleep(POLL) => {}
                () = stop.cancelled() => return Err(LaneError::Stopped),
            }
        };
        let alone = match cores.timed {
            Some(core) if cores.can_be_alone() => sandbox.keep_off(Some(core)).await,
            _ => false,
        };
        Ok(Self { sandbox: sandbox.clone(), cores, alone, waited: begun.elapsed(), lane })
    }

    /// Lets others on the core again.
    pub async fn release(self) {
        // Before anybody else can take the lane and keep them off it again.
        if self.cores.can_be_alone() {
            self.sandbox.keep_off(None).await;
        }
        drop(self.lane);
    }
}
