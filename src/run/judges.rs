use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{
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
}

impl Judge {
    /// Starts one and hands it the suite.
    pub(super) async fn launch(
        sandbox: &dyn Sandbox,
        request: &GradeRequest,
    ) -> Result<Self, SandboxError> {
        let key = Key::of(request);
        let link = Link::new(sandbox.launch(&request.judge_spec()).await?, Role::Judge);
        let mut judge = Self { link, key, tests: None, launched: Instant::now() };
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

    pub(super) async fn remove(self) -> Result<Exit, SandboxError> {
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
/// which is what joins their network namespace, is new for each grading.
#[derive(Default)]
pub(super) struct Judges {
    idle: Mutex<Vec<Judge>>,
}

impl Judges {
    /// One that has collected the suite of `request`, if there is one.
    pub(super) fn take(&self, request: &GradeRequest) -> Option<Judge> {
        let key = Key::of(request);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |judge: &Judge| judge.launched.elapsed() < KEPT;
        let index = idle.iter().rposition(|judge| judge.key == key && fresh(judge))?;
        Some(idle.remove(index))
    }

    /// Keeps one for the next grading.
    pub(super) async fn put(&self, judge: Judge) -> Result<(), SandboxError> {
        let oldest = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(judge);
            (idle.len() > MOST_IDLE).then(|| idle.remove(0))
        };
        match oldest {
            Some(judge) => judge.remove().await.map(drop),
            None => Ok(()),
        }
    }

    /// Removes all: the batch has ended, or nobody knows in which state they are.
    pub(super) async fn clear(&self) {
        let all = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        let removals = all.into_iter().map(Judge::remove);
        // What cannot be removed now, the reaper clears.
        let _ = futures_util::future::join_all(removals).await;
    }
}

pub(super) fn unexpected(message: &dyn std::fmt::Debug) -> SandboxError {
    let mut text = format!("{message:?}");
    text.truncate(text.floor_char_boundary(200));
    SandboxError::Engine { action: "follow the judge's protocol".into(), message: text }
}
