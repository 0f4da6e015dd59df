//! Ten thousand gradings by the real queue and the real runner; only the containers are scripted.

use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use anyhow::{Context as _, bail};
use takehome::{
    batch::{Named, Records, Work, announce_after_commit, receive},
    challenge::{Challenge, CollectedTest},
    domain::{Report, TestOutcome, Verdict},
    run::{Event, Listener, Runner, Shutdown},
    sandbox::{
        ImagePair,
        fake::{Act, FakeSandbox, Script},
    },
    store::{BatchId, BatchKind, BatchOptions, NewBatch},
};

use crate::{
    memory::{Sample, anonymous_bytes},
    say,
};

/// Submissions that lie in the inbox at a time.
const AT_A_TIME: u64 = 200;
/// One of so many gradings leaves processes that cannot be cleaned up.
const DIRTY: u64 = 10;

/// What is to be graded, and how.
pub struct Plan<'a> {
    /// The challenge; it has to be sealed.
    pub challenge: &'a Arc<Challenge>,
    /// Submissions.
    pub gradings: u64,
    /// A sample after so many gradings.
    pub every: u64,
    /// Gradings at a time.
    pub jobs: usize,
    /// Where home and inbox go.
    pub folder: &'a Path,
}

/// What came of it.
pub struct Graded {
    /// Before the first grading, and after every so many.
    pub samples: Vec<Sample>,
    /// From the first claim to the last commit, seconds.
    pub seconds: f64,
}

/// Queues the submissions as one batch and works on it until nothing is open.
///
/// # Errors
/// Anything that is not graded as the script says: then the figures would say nothing.
pub async fn run(plan: &Plan<'_>) -> anyhow::Result<Graded> {
    let records = Records::open(&plan.folder.join("home")).await?;
    let batch = queue(plan, &records).await?;
    let seen = Seen::new(plan)?;
    let begun = Instant::now();
    work(plan, &records, batch, &seen).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let whole = records.store.batch(batch).await?;
    let told = seen.finished.load(Ordering::SeqCst);
    if whole.open > 0 || told != plan.gradings {
        bail!("{told} of {} gradings were told, and {} are open", plan.gradings, whole.open);
    }
    Ok(Graded { samples: seen.samples()?, seconds })
}

/// Every submission is the reference with a line that makes its bytes its own.
async fn queue(plan: &Plan<'_>, records: &Records) -> anyhow::Result<BatchId> {
    let (reference, inbox) = (plan.challenge.dir.join("reference"), plan.folder.join("inbox"));
    let mut entries = Vec::new();
    while (entries.len() as u64) < plan.gradings {
        let begin = entries.len() as u64;
        let end = plan.gradings.min(begin + AT_A_TIME);
        let named = (begin..end).map(|number| {
            let candidate = format!("candidate-{number:06}");
            let path = inbox.join(&candidate);
            copy(&reference, &path)?;
            fs::write(path.join("number.txt"), number.to_string())
                .with_context(|| format!("write {}", path.display()))?;
            Ok(Named { candidate, path })
        });
        let named: Vec<Named> = named.collect::<anyhow::Result<_>>()?;
        entries.extend(receive(records, plan.challenge, named, None, || {}).await?);
        fs::remove_dir_all(&inbox).with_context(|| format!("clear {}", inbox.display()))?;
        if end.is_multiple_of(10 * AT_A_TIME) {
            say(&format!("{end} of {} submissions are in", plan.gradings));
        }
    }
    let new = NewBatch {
        kind: BatchKind::Grade,
        challenge: plan.challenge.manifest.id.to_string(),
        suite_sha256: plan.challenge.suite.sha256,
        options: BatchOptions::default(),
        again: false,
        entries,
    };
    Ok(records.store.enqueue(&new).await?.batch)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let failed = || format!("copy {} to {}", from.display(), to.display());
    fs::create_dir_all(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        let target = to.join(entry.file_name());
        if entry.file_type().with_context(failed)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target).with_context(failed)?;
        }
    }
    Ok(())
}

/// What the gradings come to, as they are told.
struct Seen {
    finished: AtomicU64,
    every: u64,
    total: u64,
    failing: usize,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    samples: Vec<Sample>,
    wrong: Option<String>,
}

impl Seen {
    fn new(plan: &Plan<'_>) -> anyhow::Result<Arc<Self>> {
        let before = Sample { gradings: 0, anonymous_bytes: anonymous_bytes()? };
        Ok(Arc::new(Self {
            finished: AtomicU64::new(0),
            every: plan.every,
            total: plan.gradings,
            failing: usize::from(second_test(plan.challenge).is_some()),
            found: Mutex::new(Found { samples: vec![before], wrong: None }),
        }))
    }

    fn hear(&self, report: &Report) {
        let gradings = self.finished.fetch_add(1, Ordering::SeqCst) + 1;
        let failed = report.tests.iter().filter(|test| test.outcome != TestOutcome::Passed).count();
        if report.verdict != Verdict::Graded || failed != self.failing {
            let fault = report.fault.as_ref().map_or("", |fault| fault.message.as_str());
            let verdict = report.verdict.words();
            self.note(format!("{}: {verdict}, {failed} did not pass {fault}", report.submission));
        }
        if gradings.is_multiple_of(self.every) || gradings == self.total {
            match anonymous_bytes() {
                Ok(anonymous_bytes) => {
                    self.found().samples.push(Sample { gradings, anonymous_bytes });
                }
                Err(error) => self.note(format!("{error:#}")),
            }
        }
        if gradings.is_multiple_of(1000) {
            say(&format!("{gradings} of {} are graded", self.total));
        }
    }

    fn note(&self, wrong: String) {
        self.found().wrong.get_or_insert(wrong);
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn samples(&self) -> anyhow::Result<Vec<Sample>> {
        let found = self.found();
        match &found.wrong {
            Some(wrong) => bail!("not everything was graded as the script says: {wrong}"),
            None => Ok(found.samples.clone()),
        }
    }
}

/// Works on the batch, as `takehome grade` does. A wrong result ends it.
async fn work(
    plan: &Plan<'_>,
    records: &Records,
    batch: BatchId,
    seen: &Arc<Seen>,
) -> anyhow::Result<()> {
    let sandbox = FakeSandbox::new(script(plan.challenge, plan.gradings)?);
    let hears = seen.clone();
    let listener: Listener = Arc::new(move |event| {
        if let Event::GradingFinished { report, .. } = event {
            hears.hear(&report);
        }
    });
    let runner = Runner::new(Arc::new(sandbox.clone()), announce_after_commit(&listener)).await?;
    let shutdown = Shutdown::default();
    let job = Work {
        records,
        batch,
        runner: &runner,
        challenge: plan.challenge.clone(),
        images: ImagePair { judge: "judge".into(), candidate: "candidate".into() },
        workers: plan.jobs,
        ends: &|report: &Report| report.verdict != Verdict::Graded,
        listener,
        shutdown: &shutdown,
    };
    let done = job.run().await;
    runner.close().await;
    seen.samples()?;
    done?;
    match sandbox.live() {
        0 => Ok(()),
        left => bail!("{left} containers were left"),
    }
}

/// The sealed tests pass, but the second one fails, and in every tenth grading the candidate's container has
/// to be replaced after the last one.
fn script(challenge: &Challenge, gradings: u64) -> anyhow::Result<Script> {
    let lock = challenge.lock.as_ref().context("the challenge is not sealed")?;
    let tests = lock.tests.iter().map(|test| CollectedTest {
        id: test.id.clone(),
        group: Some(test.group.clone()),
        unit: test.id.clone(),
        critical: test.critical,
    });
    let mut script = Script { tests: tests.collect(), ..Script::default() };
    if let Some(last) = lock.tests.last() {
        let clean = Act::End(TestOutcome::Passed);
        let acts = (1..=gradings)
            .map(|number| if number.is_multiple_of(DIRTY) { Act::Dirty } else { clean });
        script.acts.insert(last.id.clone(), acts.collect());
    }
    if let Some(second) = second_test(challenge) {
        script.acts.insert(second.to_owned(), vec![Act::End(TestOutcome::Failed)]);
    }
    Ok(script)
}

/// The test that fails, where there are enough.
fn second_test(challenge: &Challenge) -> Option<&str> {
    let [_, second, _, ..] = challenge.lock.as_ref()?.tests.as_slice() else { return None };
    Some(&second.id)
}
