//! One attempt to run a suite over a submission: its units, its lanes, and what is believed of what they
//! say.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::{SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    events::Event,
    faults::probe_advice,
    grading::Runner,
    judges::Suite,
    lane::{Lane, LaneSummary, UnitEnd},
    notes::merge_notes,
    plan::{GradeRequest, TestOrder},
};
use crate::{
    challenge::CollectedTest,
    domain::{Fault, IntegrityKind, TestOutcome},
    grade::Observed,
    sandbox::SandboxError,
    wire::ProbeReason,
};

/// From here on a failure meanwhile is tried again: one window of the measurement.
const STARVED_MS: u64 = 1_000;
/// A whole grading that ends late is not believed when it was starved for this part of its time.
const STARVED_PART: u32 = 10;
/// How often a unit is tried while the machine starves it.
const MOST_STARVED: u32 = 3;

/// The code of a suite that is not the sealed one.
pub(super) const DIFFERS: &str = "suite_differs_from_lock";

/// State of one attempt, shared by its lanes.
struct Grading<'a> {
    runner: &'a Runner,
    request: Arc<GradeRequest>,
    /// Whether no other grading of this runner's is under way.
    alone: bool,
    deadline: Instant,
    units: Mutex<VecDeque<Vec<String>>>,
    observed: Mutex<BTreeMap<String, Observed>>,
    /// How long others kept the pairs from running while tests ran.
    starved_ms: AtomicU64,
    /// Cancelled when the outcome of the grading is known before its last test.
    decided: CancellationToken,
}

/// What running a suite came to.
pub(super) enum Seen {
    /// The challenge is broken.
    Broken(&'static str, String),
    /// The submission cannot be tested, by its own fault.
    Unfit { fault: Fault, has_files: bool, summary: Option<LaneSummary> },
    /// The tests ran: what there was to run, and what was seen of it.
    Ran { tests: Vec<CollectedTest>, observed: BTreeMap<String, Observed>, summary: LaneSummary },
}

/// Runs the suite of `request` over its submission, on an empty machine. `suits` says what is wrong with
/// the tests that the suite collects to, if anything is.
///
/// # Errors
/// [`SandboxError`]: nothing can be told from it, and it may be tried again.
pub(super) async fn see(
    runner: &Runner,
    request: Arc<GradeRequest>,
    alone: bool,
    suits: impl Fn(&[CollectedTest]) -> Result<(), String>,
) -> Result<Seen, SandboxError> {
    let deadline = Instant::now() + request.challenge.manifest.limits.grading_timeout;
    let grading = Grading {
        runner,
        request,
        alone,
        deadline,
        units: Mutex::default(),
        observed: Mutex::default(),
        starved_ms: AtomicU64::new(0),
        decided: CancellationToken::new(),
    };
    grading.see(suits).await
}

impl Grading<'_> {
    async fn see(
        self,
        suits: impl Fn(&[CollectedTest]) -> Result<(), String>,
    ) -> Result<Seen, SandboxError> {
        let manifest = &self.request.challenge.manifest;
        let missing = self.request.submission.missing(&manifest.interface.required);
        if !missing.is_empty() {
            let fault = Fault {
                code: "missing_files".into(),
                message: format!("the submission has no {}", missing.join(", no ")),
                remedy:
                    "send the files at the paths that the challenge's README gives, with nothing \
                         around them"
                        .into(),
            };
            return Ok(Seen::Unfit { fault, has_files: false, summary: None });
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
                return Ok(Seen::Broken("suite_broken", message));
            }
        };
        if let Err(mismatch) = suits(&tests) {
            first.close().await?;
            return Ok(Seen::Broken(DIFFERS, mismatch));
        }
        if !manifest.interface.probe.is_empty() {
            let before = first.starved_ms();
            let probed = match first.probe().await {
                Ok(probed) => probed,
                Err(error) => return give_up(first, error).await,
            };
            let late = probed.reason == ProbeReason::TimedOut;
            if late && first.starved_ms().saturating_sub(before) >= STARVED_MS {
                return give_up(first, SandboxError::Starved).await;
            }
            if probed.reason != ProbeReason::Ok {
                let summary = Some(first.close().await?);
                let (code, remedy) = probe_advice(probed.reason);
                let fault =
                    Fault { code: code.into(), message: probed.message, remedy: remedy.into() };
                return Ok(Seen::Unfit { fault, has_files: true, summary });
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
            return Ok(Seen::Broken("suite_leaks", leak.detail.clone()));
        }
        let observed = lock_mutex(&self.observed).clone();
        let late = observed.len() < tests.len() && !self.decided.is_cancelled();
        let starved = Duration::from_millis(self.starved_ms.load(Ordering::Relaxed));
        if late && starved >= manifest.limits.grading_timeout / STARVED_PART {
            return Err(SandboxError::Starved);
        }
        Ok(Seen::Ran { tests, observed, summary: total })
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
    /// twice has crashed; once can be the machine's doing. What fails while others have the cores is
    /// not believed: the grading starts again alone, and then the unit is run again.
    async fn run_unit(&self, lane: &mut Lane, ids: Vec<String>) -> Result<(), SandboxError> {
        let mut rest = ids;
        let (mut kills, mut lost, mut runs) = (0, None, 0);
        while !rest.is_empty() && Instant::now() < self.deadline {
            if !lane.is_open() {
                lane.reopen().await?;
            }
            let mut failed: Vec<(String, Observed)> = Vec::new();
            let observe = |id: &str, seen: Observed| match seen.outcome {
                TestOutcome::Passed => self.observe(id, seen),
                _ => failed.push((id.to_owned(), seen)),
            };
            let before = lane.starved_ms();
            let end = lane.run_unit(&rest, self.deadline, observe).await?;
            let starved = lane.starved_ms().saturating_sub(before);
            self.starved_ms.fetch_add(starved, Ordering::Relaxed);
            if starved >= STARVED_MS && (!failed.is_empty() || end != UnitEnd::Done) {
                if !self.alone {
                    return Err(SandboxError::Starved);
                }
                runs += 1;
                let late = matches!(end, UnitEnd::Killed { .. })
                    || failed.iter().any(|(_, seen)| seen.outcome == TestOutcome::TimedOut);
                if runs < MOST_STARVED {
                    self.runner.emit(Event::Retrying {
                        grading: self.request.grading_id.clone(),
                        cause: SandboxError::Starved.to_string(),
                        attempt: runs + 1,
                    });
                    let not_run = match end {
                        UnitEnd::Done => Vec::new(),
                        UnitEnd::Killed { rest, .. } => rest,
                        UnitEnd::JudgeLost { id, rest } => {
                            std::iter::once(id).chain(rest).collect()
                        }
                    };
                    rest = failed.into_iter().map(|(id, _)| id).chain(not_run).collect();
                    continue;
                }
                // What failed each time for another reason than time is believed.
                if late {
                    return Err(SandboxError::Starved);
                }
            }
            for (id, seen) in failed {
                self.observe(&id, seen);
            }
            match end {
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
