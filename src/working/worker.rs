use std::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{Bench, Library, patience::Trouble};
use crate::{
    batch::{BatchError, LEASE, Records},
    process::Owner,
    run::{Runner, Shutdown},
    store::{self, Ask, Checks as _, Which, Workload as _},
};

/// How often to look whether something has come in.
const POLL: Duration = Duration::from_millis(500);
/// How often a worker says that it lives, and looks after what it keeps.
const TICK: Duration = Duration::from_secs(15);
/// Judges that nothing was asked of for so long are removed.
const IDLE: Duration = Duration::from_secs(90);
/// Judges are made anew this often however busy a worker is, long before they are too old to be used.
const RENEW: Duration = Duration::from_secs(1800);
/// How often challenges are read again, and leftovers of others looked for.
const REFRESH: Duration = Duration::from_secs(60);

/// Works on uploads of any challenge of its library, visible checks first: somebody waits for them.
pub struct Worker<'a> {
    pub(super) records: &'a Records,
    pub(super) bench: &'a dyn Bench,
    pub(super) runner: &'a Runner,
    pub(super) library: &'a Library,
    pub(super) shutdown: &'a Shutdown,
    pub(super) trouble: Trouble,
    slots: usize,
    only_what_waits: bool,
    busy: AtomicUsize,
}

/// Why a worker has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to.
    Told,
    /// Nothing waits any more.
    NothingWaits,
}

impl<'a> Worker<'a> {
    /// A worker with `slots` gradings or checks at a time.
    pub fn new(
        records: &'a Records,
        bench: &'a dyn Bench,
        runner: &'a Runner,
        library: &'a Library,
        shutdown: &'a Shutdown,
        slots: usize,
    ) -> Self {
        Self {
            records,
            bench,
            runner,
            library,
            shutdown,
            trouble: Trouble::default(),
            slots: slots.max(1),
            only_what_waits: false,
            busy: AtomicUsize::new(0),
        }
    }

    /// The same, but it ends once nothing waits.
    pub fn only_what_waits(mut self) -> Self {
        self.only_what_waits = true;
        self
    }

    /// The same, but it waits only so long after the first fault of the machine, and twice as long after
    /// each further one.
    pub fn patient(mut self, first: Duration) -> Self {
        self.trouble = Trouble::patient(first);
        self
    }

    /// Works until it is told to end: what runs then is finished, or, when killed, given back.
    ///
    /// # Errors
    /// [`BatchError`] of the store, after whatever else ran has ended. What was held is free again once
    /// this process has gone.
    pub async fn run(&self) -> Result<Ended, BatchError> {
        let owner = Owner::this_process().to_string();
        for message in self.library.refresh().await {
            tracing::warn!(target: "takehome::worker", message, "a challenge cannot be read");
        }
        let halt = CancellationToken::new();
        let slots = (0..self.slots).map(|_| async {
            let done = self.slot(&owner, &halt).await;
            if done.is_err() {
                halt.cancel();
            }
            done
        });
        let done = {
            let mut work = pin!(futures_util::future::join_all(slots));
            tokio::select! {
                done = &mut work => done,
                never = self.look_after(&owner) => never,
            }
        };
        // It is not heard of any more in any case.
        let _ = self.records.database.worker_ended(&owner).await;
        done.into_iter().collect::<Result<(), _>>()?;
        let told = self.shutdown.drain.is_cancelled();
        Ok(if told { Ended::Told } else { Ended::NothingWaits })
    }

    /// One thing after the other.
    async fn slot(&self, owner: &str, halt: &CancellationToken) -> Result<(), BatchError> {
        loop {
            if self.shutdown.drain.is_cancelled() || halt.is_cancelled() {
                return Ok(());
            }
            // What meets a machine that is not well only waits with what it has.
            if self.trouble.get().is_some() {
                sleep(POLL).await;
                continue;
            }
            let which = Which::Uploads(self.library.ids());
            let ask = Ask { which, owner: owner.to_owned(), lease: LEASE };
            if let Some(claim) = self.records.database.claim_check(&ask).await? {
                self.at_work(self.check(&claim)).await?;
            } else if let Some(claim) = self.records.store.claim(&ask).await? {
                self.at_work(self.grade(&claim)).await?;
            } else if self.only_what_waits {
                return Ok(());
            } else {
                tokio::select! {
                    () = sleep(POLL) => {}
                    () = self.shutdown.drain.cancelled() => {}
                    () = halt.cancelled() => {}
                }
            }
        }
    }

    async fn at_work<T>(&self, work: impl Future<Output = T>) -> T {
        self.busy.fetch_add(1, Ordering::SeqCst);
        let done = work.await;
        self.busy.fetch_sub(1, Ordering::SeqCst);
        done
    }

    /// Says that this worker lives, and keeps what it has in order; never ends.
    async fn look_after<T>(&self, owner: &str) -> T {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let start = Instant::now();
        let (mut worked, mut cleared, mut refreshed) = (start, start, start);
        loop {
            ticks.tick().await;
            let slots = u32::try_from(self.slots).unwrap_or(u32::MAX);
            let (owner, trouble) = (owner.to_owned(), self.trouble.get());
            let alive = store::Worker { owner, slots, trouble };
            if let Err(error) = self.records.database.worker_lives(&alive).await {
                tracing::warn!(target: "takehome::worker", %error, "nobody sees that this lives");
            }
            let now = Instant::now();
            if self.busy.load(Ordering::SeqCst) > 0 {
                worked = now;
            }
            if (now - worked >= IDLE && cleared <= worked) || now - cleared >= RENEW {
                self.runner.close().await;
                cleared = now;
            }
            if now - refreshed >= REFRESH {
                refreshed = now;
                for message in self.library.refresh().await {
                    tracing::warn!(target: "takehome::worker", message, "a challenge cannot be read");
                }
                // An engine that does not answer shows when something is to be graded.
                let _ = self.bench.sandbox().sweep().await;
            }
        }
    }
}
