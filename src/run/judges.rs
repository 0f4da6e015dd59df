use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{task::JoinHandle, time::Instant};

use super::{
    candidates::Candidate,
    link::{Link, LinkError},
    plan::GradeRequest,
};
use crate::{
    challenge::{Canary, CollectedTest},
    domain::Digest,
    sandbox::{Exit, Role, Sandbox, SandboxError},
    wire::{FromJudge, ToJudge},
};

/// From the suite in hand to the collected tests.
const COLLECT: Duration = Duration::from_secs(90);
/// From the end of a grading to a judge that is ready for the next one.
const IDLE: Duration = Duration::from_secs(5);
/// Judges that wait hold memory; the oldest goes first.
const MOST_IDLE: usize = 16;
/// Pairs that are prepared ahead of those that workers are about to take: by when one of them has
/// ended its grading, another one is ready.
const SPARE: usize = 1;
/// How long a judge is kept at most; its container's label must outlast it.
pub(super) const KEPT: Duration = Duration::from_secs(3600);

/// What the suite turned out to be.
pub(super) enum Suite {
    Collected(Vec<CollectedTest>),
    Broken(String),
}

/// What has to be equal for a judge to serve another grading.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    image: String,
    suite: Digest,
    canary: String,
}

/// A judge's container. It collects a suite once and serves one grading after the other; each is a
/// process of its own in it.
pub(super) struct Judge {
    pub(super) link: Link,
    key: Key,
    tests: Option<Vec<CollectedTest>>,
    launched: Instant,
    prepared: Option<Prepared>,
}

/// A candidate's container that is being started in a judge's network namespace.
pub(super) struct Prepared(JoinHandle<Result<Candidate, SandboxError>>);

impl Prepared {
    pub(super) async fn get(self) -> Result<Candidate, SandboxError> {
        self.0.await.unwrap_or_else(|error| Err(SandboxError::Stalled(error.to_string())))
    }
}

impl Judge {
    /// Starts one and hands it the suite.
    #[tracing::instrument(name = "start the judge", skip_all)]
    pub(super) async fn launch(
        sandbox: &dyn Sandbox,
        request: &GradeRequest,
    ) -> Result<Self, SandboxError> {
        let key = Key::of(request);
        let link = Link::new(sandbox.launch(&request.judge_spec()).await?, Role::Judge);
        let mut judge = Self { link, key, tests: None, launched: Instant::now(), prepared: None };
        let suite = &request.challenge.suite;
        let message = ToJudge::Suite {
            suite_bytes: suite.tar.len() as u64,
            challenge: request.challenge.manifest.id.to_string(),
            canary: judge.key.canary.clone(),
        };
        judge
            .link
            .send_with(&message, &suite.tar)
            .await
            .map_err(|e| e.during("handing the suite to the judge"))?;
        Ok(judge)
    }

    /// What the suite collects to.
    #[tracing::instrument(name = "collect the suite", skip_all)]
    pub(super) async fn collect(&mut self) -> Result<Suite, SandboxError> {
        if let Some(tests) = &self.tests {
            return Ok(Suite::Collected(tests.clone()));
        }
        match self.link.receive_within(COLLECT).await {
            Ok(FromJudge::Collected { tests }) => {
                self.tests = Some(tests.clone());
                Ok(Suite::Collected(tests))
            }
            Ok(FromJudge::Broken { message }) => Ok(Suite::Broken(message)),
            Ok(other) => Err(unexpected(&other)),
            // A suite that never ends its collection is broken, not the machine.
            Err(LinkError::Deadline) => Ok(Suite::Broken(format!(
                "the suite was not collected within {} s",
                COLLECT.as_secs()
            ))),
            Err(error) => Err(error.during("collecting the suite")),
        }
    }

    /// Has it fork a process for the grading of `request`.
    pub(super) async fn begin(&mut self, request: &GradeRequest) -> Result<(), SandboxError> {
        let message = ToJudge::Grading {
            seed: request.judge_seed(),
            probe: request.challenge.manifest.interface.probe.clone(),
            limits: request.call_limits(),
        };
        self.link.send(&message).await.map_err(|e| e.during("beginning a grading"))
    }

    /// Ends the grading. Whether the judge is ready for another one; what a test that still ran has
    /// to say is passed over.
    #[tracing::instrument(name = "end the grading", skip_all)]
    pub(super) async fn end(&mut self) -> bool {
        if self.link.send(&ToJudge::End).await.is_err() {
            return false;
        }
        let give_up = Instant::now() + IDLE;
        loop {
            match self.link.receive(give_up).await {
                Ok(FromJudge::Idle) => return true,
                Ok(FromJudge::Broken { .. }) | Err(_) => return false,
                Ok(_) => {}
            }
        }
    }

    /// Begins to start the container of the next candidate.
    fn prepare(&mut self, sandbox: &Arc<dyn Sandbox>, request: &Arc<GradeRequest>) {
        let (sandbox, request) = (sandbox.clone(), request.clone());
        let id = self.link.id().to_owned();
        self.prepared = Some(Prepared(tokio::spawn(async move {
            Candidate::launch(&*sandbox, &request, &id).await
        })));
    }

    /// The container that was begun, if one was.
    pub(super) fn take_prepared(&mut self) -> Option<Prepared> {
        self.prepared.take()
    }

    /// Whether nothing has to be waited for.
    fn is_ready(&self) -> bool {
        self.prepared.as_ref().is_some_and(|prepared| prepared.0.is_finished())
    }

    pub(super) async fn remove(mut self) -> Result<Exit, SandboxError> {
        // What was prepared lives in the judge's network namespace, so it goes first.
        if let Some(prepared) = self.prepared.take()
            && let Ok(candidate) = prepared.get().await
        {
            candidate.link.remove().await?;
        }
        self.link.remove().await
    }
}

impl Key {
    fn of(request: &GradeRequest) -> Self {
        // Before it is sealed a suite has no canary of its own.
        let sealed = request.challenge.lock.as_ref().map(|lock| lock.canary.clone());
        Self {
            image: request.images.judge.clone(),
            suite: request.challenge.suite.sha256,
            canary: sealed.unwrap_or_else(Canary::random).into(),
        }
    }
}

/// Judges between two gradings. Nothing of a candidate was ever in them; the candidate's container,
/// which is what joins their network namespace, is new for each grading, and may be started before
/// its submission is known.
#[derive(Default)]
pub(super) struct Judges {
    idle: Mutex<Vec<Judge>>,
    /// Further pairs that are being started.
    starting: Mutex<Vec<JoinHandle<()>>>,
    /// Gradings that are known to come and have not begun.
    coming: AtomicUsize,
}

impl Judges {
    /// Says that so many gradings by one suite are to come: containers may be started for them.
    pub(super) fn expect(&self, gradings: usize) {
        self.coming.store(gradings, Ordering::SeqCst);
    }

    /// A grading begins.
    pub(super) fn begin(&self) {
        let less = |coming: usize| coming.checked_sub(1);
        let _ = self.coming.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }

    /// One that has collected the suite of `request`, if there is one; the readiest.
    pub(super) fn take(&self, request: &GradeRequest) -> Option<Judge> {
        let key = Key::of(request);
        let mut idle = lock(&self.idle);
        let fits = |judge: &Judge| judge.key == key && judge.launched.elapsed() < KEPT;
        let ready = idle.iter().position(|judge| fits(judge) && judge.is_ready());
        // Of those that are still being prepared the first was begun first.
        let index = ready.or_else(|| idle.iter().position(fits))?;
        Some(idle.remove(index))
    }

    /// Keeps one for the next grading; where gradings like `request` are to come, prepares for them.
    pub(super) async fn put(
        self: &Arc<Self>,
        mut judge: Judge,
        sandbox: &Arc<dyn Sandbox>,
        request: &Arc<GradeRequest>,
    ) -> Result<(), SandboxError> {
        let coming = self.coming.load(Ordering::SeqCst);
        let oldest = {
            let mut idle = lock(&self.idle);
            if coming > idle.len() {
                judge.prepare(sandbox, request);
            }
            idle.push(judge);
            self.start_spare(coming, idle.len(), sandbox, request);
            (idle.len() > MOST_IDLE).then(|| idle.remove(0))
        };
        match oldest {
            Some(judge) => judge.remove().await.map(drop),
            None => Ok(()),
        }
    }

    /// Starts another pair when there is none to spare.
    fn start_spare(
        self: &Arc<Self>,
        coming: usize,
        idle: usize,
        sandbox: &Arc<dyn Sandbox>,
        request: &Arc<GradeRequest>,
    ) {
        let mut starting = lock(&self.starting);
        starting.retain(|task| !task.is_finished());
        let pairs = idle + starting.len();
        if pairs > SPARE || coming <= pairs {
            return;
        }
        let (judges, sandbox, request) = (self.clone(), sandbox.clone(), request.clone());
        starting.push(tokio::spawn(async move {
            // What cannot be started ahead will not start in its turn either, and is told then.
            let Ok(mut judge) = Judge::launch(&*sandbox, &request).await else { return };
            judge.prepare(&sandbox, &request);
            match judge.collect().await {
                Ok(Suite::Collected(_)) => lock(&judges.idle).push(judge),
                _ => drop(judge.remove().await),
            }
        }));
    }

    /// Removes all: the batch has ended, or nobody knows in which state they are.
    #[tracing::instrument(name = "remove the judges", skip_all)]
    pub(super) async fn clear(&self) {
        // A container that is just being made would otherwise be left to the reaper.
        let starting = std::mem::take(&mut *lock(&self.starting));
        let _ = futures_util::future::join_all(starting).await;
        let all = std::mem::take(&mut *lock(&self.idle));
        let removals = all.into_iter().map(Judge::remove);
        // What cannot be removed now, the reaper clears.
        let _ = futures_util::future::join_all(removals).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn unexpected(message: &dyn std::fmt::Debug) -> SandboxError {
    let mut text = format!("{message:?}");
    text.truncate(text.floor_char_boundary(200));
    SandboxError::Engine { action: "follow the judge's protocol".into(), message: text }
}
