use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    events::{Event, Listener},
    faults::infra_fault,
    judges::{Judges, Suite},
    lane::collect_only,
    plan::GradeRequest,
    report, sealed,
    timing::of_grading,
};
use crate::{
    challenge::CollectedTest,
    domain::{Engine, Report, Verdict},
    sandbox::{Sandbox, SandboxError},
};

/// How often a grading starts again after an infrastructure fault, and how long it waits before.
const ATTEMPTS: u32 = 3;
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// An engine that is restarted is away for seconds; one that is stopped stays away.
const ENGINE_PATIENCE: Duration = Duration::from_secs(60);
const ENGINE_POLL: Duration = Duration::from_secs(1);

/// Grades submissions on one sandbox.
#[derive(Clone)]
pub struct Runner {
    pub(super) sandbox: Arc<dyn Sandbox>,
    pub(super) engine: Engine,
    listener: Listener,
    pub(super) judges: Arc<Judges>,
    /// Shared by gradings side by side; one that was starved of CPU starts again alone.
    room: Arc<RwLock<()>>,
}

/// A grading's place on the machine, as long as it is held.
enum Place {
    Shared(#[expect(dead_code, reason = "held, not read")] OwnedRwLockReadGuard<()>),
    Alone(#[expect(dead_code, reason = "held, not read")] OwnedRwLockWriteGuard<()>),
}

/// A grading that was told to stop has no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the grading was stopped")]
pub struct Stop;

impl Runner {
    /// A runner that tells `listener` what happens.
    ///
    /// # Errors
    /// [`SandboxError`] when the engine does not say what it is.
    pub async fn new(sandbox: Arc<dyn Sandbox>, listener: Listener) -> Result<Self, SandboxError> {
        let engine = sandbox.engine().await?;
        Ok(Self { sandbox, engine, listener, judges: Arc::default(), room: Arc::default() })
    }

    /// Says that so many gradings by one suite are to come, one after the other: containers are
    /// started ahead for them.
    pub fn expect(&self, gradings: usize) {
        self.judges.expect(gradings);
    }

    /// Removes what is kept for further gradings. Without it that happens in the background, when
    /// the last clone is dropped.
    pub async fn close(&self) {
        self.judges.expect(0);
        self.judges.clear().await;
    }

    /// What the hidden suite collects to, for sealing it.
    ///
    /// # Errors
    /// [`SandboxError`] of the engine. A broken suite is the inner error, in the author's terms.
    pub async fn collect(
        &self,
        request: &GradeRequest,
    ) -> Result<Result<Vec<CollectedTest>, String>, SandboxError> {
        Ok(match collect_only(&*self.sandbox, request).await? {
            Suite::Collected(tests) => Ok(tests),
            Suite::Broken(message) => Err(message),
        })
    }

    /// Grades one submission. Infrastructure faults are retried, then reported, never scored. A
    /// grading that had too little of the machine is tried again while no other one of this runner's
    /// is under way.
    ///
    /// # Errors
    /// [`Stop`] when `stop` was cancelled first; every container is removed all the same.
    pub async fn grade(
        &self,
        request: Arc<GradeRequest>,
        stop: &CancellationToken,
    ) -> Result<Report, Stop> {
        let begun = Instant::now();
        self.judges.begin();
        self.emit(Event::GradingStarted {
            grading: request.grading_id.clone(),
            submission: request.submission.name.clone(),
        });
        let tried = self
            .tries(&request.grading_id, stop, |alone| {
                sealed::grade(self, request.clone(), begun, alone)
            })
            .await?;
        let mut report = tried.unwrap_or_else(|error| {
            let frame = report::frame(&request, &self.engine, begun, None);
            report::with_fault(frame, Verdict::InfraFault, infra_fault(&error))
        });
        report.timing = {
            // Whoever has the machine alone is not timed beside.
            let _place = tokio::select! {
                place = self.place(false) => place,
                () = stop.cancelled() => return Err(Stop),
            };
            of_grading(&self.sandbox, &request, &report, stop).await?
        };
        self.announce(&report);
        Ok(report)
    }

    /// Tries something on containers until it is no infrastructure fault, a few times; `one` is told
    /// whether nothing else of this runner's is under way.
    pub(super) async fn tries<T, F>(
        &self,
        id: &str,
        stop: &CancellationToken,
        one: impl Fn(bool) -> F,
    ) -> Result<Result<T, SandboxError>, Stop>
    where
        F: Future<Output = Result<T, SandboxError>>,
    {
        let (mut attempt, mut alone) = (1, false);
        loop {
            let tried = tokio::select! {
                tried = async {
                    let _place = self.place(alone).await;
                    one(alone).await
                } => tried,
                () = stop.cancelled() => return Err(Stop),
            };
            let error = match tried {
                Ok(done) => return Ok(Ok(done)),
                Err(error) => error,
            };
            // Whatever ails the machine may have met those that wait, too.
            self.judges.clear().await;
            if attempt >= ATTEMPTS {
                return Ok(Err(error));
            }
            attempt += 1;
            alone |= matches!(error, SandboxError::Starved);
            let (grading, cause) = (id.to_owned(), error.to_string());
            self.emit(Event::Retrying { grading, cause, attempt });
            tokio::select! {
                () = self.engine_is_back() => {}
                () = stop.cancelled() => return Err(Stop),
            }
        }
    }

    /// Tells the listener of a final report.
    pub(super) fn announce(&self, report: &Report) {
        self.emit(Event::GradingFinished {
            grading: report.grading_id.clone(),
            report: Box::new(report.clone()),
        });
    }

    /// Waits until there is room; whoever needs the machine alone goes before those that come later.
    async fn place(&self, alone: bool) -> Place {
        if alone {
            Place::Alone(self.room.clone().write_owned().await)
        } else {
            Place::Shared(self.room.clone().read_owned().await)
        }
    }

    /// Waits a moment, then for the engine to answer, within bounds.
    async fn engine_is_back(&self) {
        sleep(RETRY_AFTER).await;
        let give_up = Instant::now() + ENGINE_PATIENCE;
        while !self.sandbox.answers().await && Instant::now() < give_up {
            sleep(ENGINE_POLL).await;
        }
    }

    pub(super) fn emit(&self, event: Event) {
        (self.listener)(event);
    }
}
