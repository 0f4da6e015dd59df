use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    candidates::{Candidate, Door},
    judges::{Judge, Judges, Prepared, Suite, unexpected},
    link::{Link, LinkError},
    plan::GradeRequest,
};
use crate::{
    domain::{IntegrityKind, IntegrityNote, TestOutcome},
    grade::Observed,
    sandbox::{Exit, Role, Sandbox, SandboxError, Usage},
    wire::{FromJudge, ProbeReason, ToJudge},
};

/// From an agent that listens to one that is connected; no candidate code runs in it.
const CONNECT: Duration = Duration::from_secs(60);
/// Between two messages while no test is running.
const BETWEEN: Duration = Duration::from_secs(60);
/// The probe's own deadlines are the agent's; this only catches a stuck agent.
const PROBE_MARGIN: Duration = Duration::from_secs(30);

/// One pair of containers, replaced as often as needed.
pub(super) struct Lane {
    sandbox: Arc<dyn Sandbox>,
    judges: Arc<Judges>,
    request: Arc<GradeRequest>,
    judge: Option<Judge>,
    candidate: Option<Candidate>,
    spent: Spent,
    notes: Vec<IntegrityNote>,
    image_digest: Option<String>,
    /// The candidate's usage when it was last looked at.
    looked_at: Usage,
}

/// What candidate containers cost, summed over a lane.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub(super) cpu_ms: u64,
    pub(super) peak_bytes: u64,
    /// How long others kept the containers that are gone from running.
    starved_ms: u64,
}

/// How the probe ended.
pub(super) struct Probed {
    pub(super) reason: ProbeReason,
    pub(super) message: String,
}

/// How a unit ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UnitEnd {
    /// Every test of it was reported.
    Done,
    /// The host's deadline killed the pair; these had not begun.
    Killed {
        /// In their order.
        rest: Vec<String>,
        /// A test of this run had finished before.
        progressed: bool,
    },
    /// The judge ended while this test ran, though the engine is well.
    JudgeLost {
        /// The test.
        id: String,
        /// Those that had not begun.
        rest: Vec<String>,
    },
}

/// What a lane has found when it closes.
#[derive(Debug, Default)]
pub(super) struct LaneSummary {
    pub(super) spent: Spent,
    pub(super) notes: Vec<IntegrityNote>,
    pub(super) image_digest: Option<String>,
}

impl Lane {
    pub(super) fn new(
        sandbox: Arc<dyn Sandbox>,
        judges: Arc<Judges>,
        request: Arc<GradeRequest>,
    ) -> Self {
        Self {
            sandbox,
            judges,
            request,
            judge: None,
            candidate: None,
            spent: Spent::default(),
            notes: Vec::new(),
            image_digest: None,
            looked_at: Usage::default(),
        }
    }

    /// Whether a pair is ready for a unit.
    pub(super) fn is_open(&self) -> bool {
        self.judge.is_some() && self.candidate.is_some()
    }

    /// How long others have kept the pair from running, milliseconds: its growth while something runs
    /// tells whether a failure of that is to be believed.
    pub(super) fn starved_ms(&self) -> u64 {
        let judge = self.judge.as_ref().map(|judge| &judge.link);
        let live = [judge, self.candidate.as_ref().map(|candidate| &candidate.link)];
        let live = live.into_iter().flatten().filter_map(|link| link.usage().starved_ms);
        live.fold(self.spent.starved_ms, u64::saturating_add)
    }

    /// Takes a pair that was prepared ahead, or starts what there is not, and connects them; the
    /// suite is collected while the candidate's container is being created.
    #[tracing::instrument(name = "open a pair", skip_all)]
    pub(super) async fn open(&mut self) -> Result<Suite, SandboxError> {
        let mut judge = match self.judges.take(&self.request) {
            Some(judge) => judge,
            None => Judge::launch(&*self.sandbox, &self.request).await?,
        };
        let id = judge.link.id().to_owned();
        let ahead = judge.take_prepared();
        let (suite, candidate) = tokio::join!(judge.collect(), self.candidate(ahead, &id));
        let judge = self.judge.insert(judge);
        let candidate = candidate.map(|candidate| self.candidate.insert(candidate));
        let suite = suite?;
        candidate?;
        if matches!(suite, Suite::Collected(_)) {
            judge.begin(&self.request).await?;
            self.connect().await?;
        }
        Ok(suite)
    }

    /// Replaces the candidate's container, or the whole pair when the judge is gone too.
    pub(super) async fn reopen(&mut self) -> Result<(), SandboxError> {
        self.drop_candidate().await?;
        let Some(judge) = &self.judge else {
            // The suite was compared with its lock when the first pair was opened.
            return self.open().await.map(drop);
        };
        let id = judge.link.id().to_owned();
        self.candidate = Some(self.candidate(None, &id).await?);
        self.connect().await
    }

    /// The container that was prepared ahead, where it is what this grading needs; else a new one.
    async fn candidate(
        &self,
        ahead: Option<Prepared>,
        judge_container: &str,
    ) -> Result<Candidate, SandboxError> {
        if let Some(ahead) = ahead {
            let candidate = ahead.get().await?;
            if candidate.suits(&self.request) {
                return Ok(candidate);
            }
            candidate.link.remove().await?;
        }
        Candidate::launch(&*self.sandbox, &self.request, judge_container).await
    }

    /// Asks whether the submission imports.
    #[tracing::instrument(name = "probe", skip_all)]
    pub(super) async fn probe(&mut self) -> Result<Probed, SandboxError> {
        let modules = u32::try_from(self.request.challenge.manifest.interface.probe.len());
        let bound = self.request.challenge.manifest.limits.call_timeout
            * modules.unwrap_or(1).max(1)
            + PROBE_MARGIN;
        let judge = judge_of(&mut self.judge)?;
        judge.send(&ToJudge::Probe).await.map_err(|e| e.during("asking for the probe"))?;
        match judge.receive_within(bound).await {
            Ok(FromJudge::Probed { reason, message, .. }) => {
                self.check_machine()?;
                Ok(Probed { reason, message })
            }
            Ok(FromJudge::CandidateLost { reason }) => {
                Ok(Probed { reason: ProbeReason::Exited, message: reason })
            }
            Ok(other) => Err(unexpected(&other)),
            Err(LinkError::Deadline) => Ok(Probed {
                reason: ProbeReason::TimedOut,
                message: "the submission did not finish importing".into(),
            }),
            Err(error) => Err(error.during("waiting for the probe")),
        }
    }

    /// Runs the tests `ids` of one unit; `observe` gets each result as it comes.
    #[tracing::instrument(name = "run a unit", skip_all)]
    pub(super) async fn run_unit(
        &mut self,
        ids: &[String],
        grading_deadline: Instant,
        mut observe: impl FnMut(&str, Observed),
    ) -> Result<UnitEnd, SandboxError> {
        let test_timeout = self.request.challenge.manifest.limits.test_timeout;
        let judge = judge_of(&mut self.judge)?;
        judge
            .send(&ToJudge::Run { ids: ids.to_vec() })
            .await
            .map_err(|e| e.during("handing out tests"))?;
        let mut waiting: Vec<String> = ids.to_vec();
        let mut current: Option<(String, Instant)> = None;
        let mut progressed = false;
        loop {
            let bound = if current.is_some() { test_timeout } else { BETWEEN };
            let since = current.as_ref().map_or_else(Instant::now, |(_, since)| *since);
            let message =
                judge_of(&mut self.judge)?.receive((since + bound).min(grading_deadline)).await;
            match message {
                Ok(FromJudge::Started { id }) => {
                    waiting.retain(|waiting| *waiting != id);
                    current = Some((id, Instant::now()));
                }
                Ok(FromJudge::Finished { id, outcome, duration_ms, message }) => {
                    if current.take().is_none_or(|(started, _)| started != id) {
                        return Err(unexpected(&id));
                    }
                    progressed = true;
                    observe(&id, Observed { outcome, duration_ms, message });
                }
                Ok(FromJudge::UnitDone { candidate_ok, usage, notes }) => {
                    self.spent.cpu_ms = self.spent.cpu_ms.saturating_add(usage.cpu_ms);
                    self.spent.peak_bytes = self.spent.peak_bytes.max(usage.peak_memory_bytes);
                    self.notes.extend(notes);
                    self.check_machine()?;
                    if !candidate_ok {
                        // The judge with it: their common network namespace may be used up, too.
                        self.note_replacement("the candidate's side could not be cleaned up");
                        self.drop_pair().await?;
                    }
                    // A test that the judge was asked for and never reported is not passed: the
                    // score sees that it is missing.
                    return Ok(UnitEnd::Done);
                }
                Ok(FromJudge::CandidateLost { .. }) => {}
                // What the candidate sent may have been too much for the judge. Whether that is so
                // shows when it happens again; an engine that is gone shows in the removal.
                Ok(FromJudge::Broken { .. })
                | Err(
                    LinkError::Frame(_)
                    | LinkError::Sandbox(SandboxError::Ended { role: Role::Judge, .. }),
                ) if current.is_some() => {
                    self.note_replacement("the judge ended while a test ran");
                    self.drop_pair().await?;
                    let id = current.map(|(id, _)| id).unwrap_or_default();
                    return Ok(UnitEnd::JudgeLost { id, rest: waiting });
                }
                Ok(other) => return Err(unexpected(&other)),
                Err(LinkError::Deadline) => {
                    let whole = Instant::now() >= grading_deadline;
                    self.note_replacement("a deadline of the host killed both containers");
                    self.drop_pair().await?;
                    if let Some((id, since)) = current {
                        let seconds = since.elapsed().as_secs_f64();
                        let of = if whole { "the grading's" } else { "the test's" };
                        let message = format!("killed after {seconds:.1} s by {of} deadline");
                        observe(
                            &id,
                            Observed {
                                outcome: TestOutcome::TimedOut,
                                duration_ms: (seconds * 1000.0) as u64,
                                message,
                            },
                        );
                    } else if !whole {
                        return Err(SandboxError::Stalled("the judge between two tests".into()));
                    }
                    return Ok(UnitEnd::Killed { rest: waiting, progressed });
                }
                Err(error) => return Err(error.during("running tests")),
            }
        }
    }

    /// Removes the candidate's container, keeps the judge for the next grading, and says what the
    /// lane has cost.
    #[tracing::instrument(name = "close the pair", skip_all)]
    pub(super) async fn close(mut self) -> Result<LaneSummary, SandboxError> {
        if let Some(mut judge) = self.judge.take() {
            let (ready, candidate) = tokio::join!(judge.end(), self.drop_candidate());
            match candidate {
                Ok(()) if ready => self.judges.put(judge, &self.sandbox, &self.request).await?,
                removed => {
                    self.judge = Some(judge);
                    let pair = self.drop_pair().await;
                    removed?;
                    pair?;
                }
            }
        }
        self.drop_pair().await?;
        Ok(LaneSummary { spent: self.spent, notes: self.notes, image_digest: self.image_digest })
    }

    /// Removes the pair: nobody knows what state it is in.
    pub(super) async fn abandon(mut self) -> Result<(), SandboxError> {
        self.drop_pair().await
    }

    /// Hands the submission to the agent, then the agent to the judge.
    #[tracing::instrument(name = "connect them", skip_all)]
    async fn connect(&mut self) -> Result<(), SandboxError> {
        let candidate = self.candidate.as_mut().ok_or_else(closed)?;
        self.image_digest = Some(candidate.link.image_digest().to_owned());
        self.looked_at = candidate.link.usage();
        let Door { port, token } = candidate.hand_over(&self.request).await?;
        let judge = judge_of(&mut self.judge)?;
        judge
            .send(&ToJudge::Candidate { port, token })
            .await
            .map_err(|e| e.during("introducing the agent to the judge"))?;
        match judge.receive_within(CONNECT).await {
            Ok(FromJudge::Connected) => Ok(()),
            Ok(other) => Err(unexpected(&other)),
            Err(error) => Err(error.during("connecting the judge to the agent")),
        }
    }

    fn note_replacement(&mut self, detail: &str) {
        self.notes
            .push(IntegrityNote { kind: IntegrityKind::ContainerReplaced, detail: detail.into() });
    }

    /// Whether the machine's lack of memory, rather than the submission, ended one of its processes.
    /// What the tests saw of that is worth nothing, and the grading starts again.
    fn check_machine(&mut self) -> Result<(), SandboxError> {
        let Some(candidate) = &self.candidate else { return Ok(()) };
        let now = candidate.link.usage();
        let before = std::mem::replace(&mut self.looked_at, now);
        if now.was_killed_by_machine(&before) {
            return Err(SandboxError::KilledFromOutside(Role::Candidate));
        }
        Ok(())
    }

    #[tracing::instrument(name = "remove the candidate", skip_all)]
    async fn drop_candidate(&mut self) -> Result<(), SandboxError> {
        let killed = self.check_machine();
        let Some(candidate) = self.candidate.take() else { return Ok(()) };
        let usage = candidate.link.usage();
        self.spent.peak_bytes = self.spent.peak_bytes.max(usage.peak_anon_bytes.unwrap_or(0));
        self.spent.add_starved(usage);
        blame(Role::Candidate, usage, candidate.link.remove().await?)?;
        killed
    }

    async fn drop_pair(&mut self) -> Result<(), SandboxError> {
        // The candidate first: it lives in the judge's network namespace.
        let candidate = self.drop_candidate().await;
        if let Some(judge) = self.judge.take() {
            let usage = judge.link.usage();
            self.spent.add_starved(usage);
            blame(Role::Judge, usage, judge.remove().await?)?;
        }
        candidate
    }
}

impl Spent {
    fn add_starved(&mut self, usage: Usage) {
        self.starved_ms = self.starved_ms.saturating_add(usage.starved_ms.unwrap_or(0));
    }
}

/// The engine may learn only later that a limit was behind a kill, so the kernel's word counts too.
fn blame(role: Role, usage: Usage, exit: Exit) -> Result<(), SandboxError> {
    if exit.was_killed_from_outside() && usage.limit_reached != Some(true) {
        return Err(SandboxError::KilledFromOutside(role));
    }
    Ok(())
}

/// Starts a judge and asks it only what the suite collects to.
pub(super) async fn collect_only(
    sandbox: &dyn Sandbox,
    request: &GradeRequest,
) -> Result<Suite, SandboxError> {
    let mut judge = Judge::launch(sandbox, request).await?;
    let suite = judge.collect().await;
    judge.remove().await?;
    suite
}

fn judge_of(judge: &mut Option<Judge>) -> Result<&mut Link, SandboxError> {
    judge.as_mut().map(|judge| &mut judge.link).ok_or_else(closed)
}

fn closed() -> SandboxError {
    SandboxError::Stalled("a pair of containers that is closed".into())
}
