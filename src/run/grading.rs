use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rand::{SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    events::{Event, Listener},
    faults::{infra_fault, probe_advice},
    judges::{Judges, Suite},
    lane::{Lane, LaneSummary, UnitEnd, collect_only},
    notes::merge_notes,
    plan::{GradeRequest, TestOrder},
    report,
};
use crate::{
    challenge::CollectedTest,
    domain::{Engine, Fault, IntegrityKind, Report, TestOutcome, Verdict},
    grade::Observed,
    sandbox::{Sandbox, SandboxError},
    wire::ProbeReason,
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
    sandbox: Arc<dyn Sandbox>,
    engine: Engine,
    listener: Listener,
    judges: Arc<Judges>,
}

/// A grading that was told to stop has no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the grading was stopped")]
pub struct Stop;

/// Why an attempt has no scored result.
enum Attempt {
    Report(Box<Report>),
    Infra(SandboxError),
}

impl Runner {
    /// A runner that tells `listener` what happens.
    ///
    /// # Errors
    /// [`SandboxError`] when the engine does not say what it is.
    pub async fn new(sandbox: Arc<dyn Sandbox>, listener: Listener) -> Result<Self, SandboxError> {
        let engine = sandbox.engine().await?;
        Ok(Self { sandbox, engine, listener, judges: Arc::default() })
    }

    /// Removes what is kept for further gradings. Without it that happens in the background, when
    /// the last clone is dropped.
    pub async fn close(&self) {
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

    /// Grades one submission. Infrastructure faults are retried, then reported, never scored.
    ///
    /// # Errors
    /// [`Stop`] when `stop` was cancelled first; every container is removed all the same.
    pub async fn grade(
        &self,
        request: Arc<GradeRequest>,
        stop: &CancellationToken,
    ) -> Result<Report, Stop> {
        let begun = Instant::now();
        self.emit(Event::GradingStarted {
            grading: request.grading_id.clone(),
            submission: request.submission.name.clone(),
        });
        let mut attempt = 1;
        let report = loop {
            let tried = tokio::select! {
                tried = self.attempt(request.clone(), begun) => tried,
                () = stop.cancelled() => return Err(Stop),
            };
            match tried {
                Attempt::Report(report) => break *report,
                Attempt::Infra(error) if attempt >= ATTEMPTS => {
                    let frame = report::frame(&request, &self.engine, begun, None);
                    break report::with_fault(frame, Verdict::InfraFault, infra_fault(&error));
                }
                Attempt::Infra(error) => {
                    attempt += 1;
                    let cause = error.to_string();
                    self.emit(Event::Retrying {
                        grading: request.grading_id.clone(),
                        cause,
                        attempt,
                    });
                    tokio::select! {
                        () = self.engine_is_back() => {}
                        () = stop.cancelled() => return Err(Stop),
                    }
                }
            }
        };
        self.announce(&report);
        Ok(report)
    }

    /// Tells the listener of a final report.
    pub(super) fn announce(&self, report: &Report) {
        self.emit(Event::GradingFinished {
            grading: report.grading_id.clone(),
            report: Box::new(report.clone()),
        });
    }

    async fn attempt(&self, request: Arc<GradeRequest>, begun: Instant) -> Attempt {
        match Grading::new(self, request, begun).run().await {
            Ok(report) => Attempt::Report(Box::new(report)),
            Err(error) => {
                // Whatever ails the machine may have met those that wait, too.
                self.judges.clear().await;
                Attempt::Infra(error)
            }
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

    fn emit(&self, event: Event) {
        (self.listener)(event);
    }
}

/// State of one attempt, shared by its lanes.
struct Grading<'a> {
    runner: &'a Runner,
    request: Arc<GradeRequest>,
    begun: Instant,
    deadline: Instant,
    units: Mutex<VecDeque<Vec<String>>>,
    observed: Mutex<BTreeMap<String, Observed>>,
    /// Cancelled when the outcome of the grading is known before its last test.
    decided: CancellationToken,
}

impl<'a> Grading<'a> {
    fn new(runner: &'a Runner, request: Arc<GradeRequest>, begun: Instant) -> Self {
        let deadline = Instant::now() + request.challenge.manifest.limits.grading_timeout;
        Self {
            runner,
            request,
            begun,
            deadline,
            units: Mutex::default(),
            observed: Mutex::default(),
            decided: CancellationToken::new(),
        }
    }

    async fn run(self) -> Result<Report, SandboxError> {
        let challenge = &self.request.challenge;
        let manifest = &challenge.manifest;
        let author = |code: &str, message: String| {
            let fault = Fault {
                code: code.into(),
                message,
                remedy: format!(
                    "the challenge's author runs `takehome challenge verify {} --seal`",
                    manifest.id
                ),
            };
            Ok(report::with_fault(self.frame(None), Verdict::AuthorFault, fault))
        };
        let Some(lock) = &challenge.lock else {
            return author("suite_not_sealed", "the hidden suite has no suite.lock".into());
        };
        if let Err(mismatch) = lock.check(manifest, &challenge.suite) {
            return author("suite_differs_from_lock", mismatch.to_string());
        }
        let missing = self.request.submission.missing(&manifest.interface.required);
        if !missing.is_empty() {
            return Ok(self.candidate_fault(
                "missing_files",
                format!("the submission has no {}", missing.join(", no ")),
                "send the files at the paths that the challenge's README gives, with nothing around them",
                None,
            ));
        }

        let mut first = self.lane();
        let collected = match first.open().await {
            Ok(suite) => suite,
            Err(error) => return give_up(first, error).await,
        };
        let tests = match collected {
            Suite::Collected(tests) => tests,
            Suite::Broken(message) => {
                first.close().await?;
                return author("suite_broken", message);
            }
        };
        if let Err(mismatch) = lock.check_collected(&tests) {
            first.close().await?;
            return author("suite_differs_from_lock", mismatch.to_string());
        }
        if !manifest.interface.probe.is_empty() {
            let probed = match first.probe().await {
                Ok(probed) => probed,
                Err(error) => return give_up(first, error).await,
            };
            if probed.reason != ProbeReason::Ok {
                let summary = first.close().await?;
                let (code, remedy) = probe_advice(probed.reason);
                return Ok(self.candidate_fault(code, probed.message, remedy, Some(&summary)));
            }
        }
        *lock_mutex(&self.units) = units_of(&tests, &self.request.order);
        self.runner.emit(Event::TestsStarted {
            grading: self.request.grading_id.clone(),
            total: tests.len(),
        });

        let lanes = manifest.limits.lanes.min(lock_mutex(&self.units).len()).max(1);
        let others = (1..lanes).map(|_| self.work(self.lane()));
        let work = std::iter::once(self.work(first)).chain(others);
        let mut total = LaneSummary::default();
        for summary in futures_util::future::try_join_all(work).await? {
            total.spent.cpu_ms = total.spent.cpu_ms.saturating_add(summary.spent.cpu_ms);
            total.spent.peak_bytes = total.spent.peak_bytes.max(summary.spent.peak_bytes);
            total.notes.extend(summary.notes);
            total.image_digest = total.image_digest.or(summary.image_digest);
        }
        merge_notes(&mut total.notes);
        if let Some(leak) = total.notes.iter().find(|note| note.kind == IntegrityKind::HiddenLeak) {
            return author("suite_leaks", leak.detail.clone());
        }
        let observed = lock_mutex(&self.observed).clone();
        match report::graded(self.frame(Some(&total)), lock, &observed) {
            Ok(report) => Ok(report),
            Err(unknown) => author("suite_differs_from_lock", unknown.to_string()),
        }
    }

    fn lane(&self) -> Lane {
        let runner = self.runner;
        Lane::new(runner.sandbox.clone(), runner.judges.clone(), self.request.clone())
    }

    /// Takes units until there are none, then closes the lane.
    async fn work(&self, mut lane: Lane) -> Result<LaneSummary, SandboxError> {
        while !self.decided.is_cancelled() {
            let Some(ids) = lock_mutex(&self.units).pop_front() else { break };
            if Instant::now() >= self.deadline {
                // What nobody ran is missing, and the score counts it as not run.
                break;
            }
            // Not to be given up half-way: a container that is just being made would be left to
            // the reaper.
            let opened = if lane.is_open() { Ok(()) } else { lane.reopen().await };
            if let Err(error) = opened {
                return give_up(lane, error).await;
            }
            let ended = tokio::select! {
                ended = self.run_unit(&mut lane, ids) => ended,
                () = self.decided.cancelled() => break,
            };
            if let Err(error) = ended {
                return give_up(lane, error).await;
            }
        }
        lane.close().await
    }

    /// Runs a unit to its end. When the host's deadline kills it twice in a row, the rest of it
    /// counts as timed out: what its tests share does not end. A test during which the judge ends
    /// twice has crashed; once can be the machine's doing.
    async fn run_unit(&self, lane: &mut Lane, ids: Vec<String>) -> Result<(), SandboxError> {
        let mut rest = ids;
        let (mut kills, mut lost) = (0, None);
        while !rest.is_empty() && Instant::now() < self.deadline {
            if !lane.is_open() {
                lane.reopen().await?;
            }
            let observe = |id: &str, seen: Observed| self.observe(id, seen);
            match lane.run_unit(&rest, self.deadline, observe).await? {
                UnitEnd::Done => return Ok(()),
                UnitEnd::Killed { rest: left, progressed } => {
                    kills = if progressed { 1 } else { kills + 1 };
                    rest = left;
                }
                UnitEnd::JudgeLost { id, rest: left } if lost.as_ref() == Some(&id) => {
                    let message = "the judge ended twice while this test ran".into();
                    let outcome = TestOutcome::Crashed;
                    self.observe(&id, Observed { outcome, duration_ms: 0, message });
                    rest = left;
                }
                UnitEnd::JudgeLost { id, rest: left } => {
                    rest = std::iter::once(id.clone()).chain(left).collect();
                    lost = Some(id);
                }
            }
            if kills == 2 {
                break;
            }
        }
        if Instant::now() >= self.deadline {
            // What nobody ran is missing, and the score counts it as not run.
            return Ok(());
        }
        for id in rest {
            self.observe(
                &id,
                Observed {
                    outcome: TestOutcome::TimedOut,
                    duration_ms: 0,
                    message:
                        "not run: two tests in a row that share a fixture with it ran into the \
                              host's deadline"
                            .into(),
                },
            );
        }
        Ok(())
    }

    fn observe(&self, id: &str, seen: Observed) {
        self.runner.emit(Event::TestFinished {
            grading: self.request.grading_id.clone(),
            id: id.to_owned(),
            outcome: seen.outcome,
        });
        if self.request.stop_at_first_failure && seen.outcome != TestOutcome::Passed {
            self.decided.cancel();
        }
        lock_mutex(&self.observed).insert(id.to_owned(), seen);
    }

    fn candidate_fault(
        &self,
        code: &str,
        message: String,
        remedy: &str,
        summary: Option<&LaneSummary>,
    ) -> Report {
        let fault = Fault { code: code.into(), message, remedy: remedy.into() };
        report::with_fault(self.frame(summary), Verdict::CandidateFault, fault)
    }

    fn frame(&self, summary: Option<&LaneSummary>) -> Report {
        report::frame(&self.request, &self.runner.engine, self.begun, summary)
    }
}

/// Closes the lane before the error goes up, so that a retry starts on a clean machine.
async fn give_up<T>(lane: Lane, error: SandboxError) -> Result<T, SandboxError> {
    // The first error is the one that matters; what cannot be removed now, the reaper clears.
    let _ = lane.abandon().await;
    Err(error)
}

/// Tests in collection order, cut where the unit changes; units with more tests first, since they
/// tend to take longer and lanes should end together.
fn units_of(tests: &[CollectedTest], order: &TestOrder) -> VecDeque<Vec<String>> {
    let mut units: Vec<(&str, Vec<String>)> = Vec::new();
    for test in tests {
        match units.iter_mut().find(|(unit, _)| *unit == test.unit) {
            Some((_, ids)) => ids.push(test.id.clone()),
            None => units.push((&test.unit, vec![test.id.clone()])),
        }
    }
    match order {
        TestOrder::Collected => units.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len())),
        TestOrder::Shuffled(seed) => {
            let mut rng = StdRng::seed_from_u64(*seed);
            units.shuffle(&mut rng);
            units.iter_mut().for_each(|(_, ids)| ids.shuffle(&mut rng));
        }
        TestOrder::ShortestFirst(took) => units.sort_by_key(|(_, ids)| {
            ids.iter().map(|id| took.get(id).copied().unwrap_or(0)).sum::<u64>()
        }),
    }
    units.into_iter().map(|(_, ids)| ids).collect()
}

fn lock_mutex<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
