//! A store with many finished gradings. One batch of each size comes in and is finished as every batch is;
//! the others are copies of its records, under names, digests and ids of their own.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use takehome::{
    challenge::{Challenge, SuiteLock},
    domain::{
        Digest, Engine, Fault, IntegrityKind, IntegrityNote, Report, Resources, TestOutcome,
        Verdict,
    },
    grade::{Observed, score},
    run::not_run,
    store::{
        Ask, BatchId, BatchKind, BatchOptions, Claim, Content, NewBatch, NewEntry, SqliteStore,
        Store as _, SystemClock, Which,
    },
};

use crate::{copies::Copier, say};

/// What of the reports is not a score, in percent.
const CANDIDATE_FAULTS: u32 = 3;
const INFRA_FAULTS: u32 = 1;
const WITH_A_NOTE: u32 = 5;
/// What an assertion of pytest's has to say, as a rule.
const MESSAGE_LINES: std::ops::Range<usize> = 3..16;

/// A store, filled.
#[derive(Debug)]
pub struct Filled {
    /// Finished gradings.
    pub gradings: u64,
    /// The batches that are whole, by the number of their entries.
    pub batches: BTreeMap<u64, Vec<BatchId>>,
    /// The database's file, bytes.
    pub bytes: u64,
}

/// Opens the store in `file`.
///
/// # Errors
/// As [`SqliteStore::open`].
pub async fn open(file: &Path) -> anyhow::Result<SqliteStore> {
    Ok(SqliteStore::open(file, Arc::new(SystemClock), Arc::new(|_| false)).await?)
}

/// Fills `file` with `gradings` finished ones, in batches that take turns to have one of `sizes`.
///
/// # Errors
/// The store's; or the records are not what the program would have written.
pub async fn fill(
    file: &Path,
    challenge: &Arc<Challenge>,
    sizes: &[u64],
    gradings: u64,
) -> anyhow::Result<Filled> {
    let mut batches: BTreeMap<u64, Vec<BatchId>> = BTreeMap::new();
    let mut models = Vec::new();
    let store = open(file).await?;
    for &size in sizes {
        let model = finished_batch(&store, challenge, size).await?;
        batches.entry(size).or_default().push(model);
        models.push((model, size));
    }
    store.close().await;
    let mut left = gradings.saturating_sub(sizes.iter().sum());
    let mut copier = Copier::open(file).await?;
    for (model, size) in models.into_iter().cycle() {
        if left == 0 {
            break;
        }
        let count = size.min(left);
        let copy = copier.copy(model, count).await?;
        if count == size {
            batches.entry(size).or_default().push(copy);
        }
        left -= count;
        let done = gradings - left;
        if done / 10_000 != (done - count) / 10_000 {
            say(&format!("{done} of {gradings} gradings are in the store"));
        }
    }
    copier.close().await?;
    let gradings = checked(file).await?;
    let bytes = file.metadata().with_context(|| format!("look at {}", file.display()))?.len();
    Ok(Filled { gradings, batches, bytes })
}

/// How many finished gradings there are, when nothing is wrong with them.
async fn checked(file: &Path) -> anyhow::Result<u64> {
    let store = open(file).await?;
    if let Some(problem) = store.problems().await?.first() {
        bail!("the store was not filled as the program would have: {problem}");
    }
    let gradings = store.suites().await?.iter().map(|suite| suite.gradings).sum();
    store.close().await;
    Ok(gradings)
}

/// A batch that came in and was finished, by the store's own means.
async fn finished_batch(
    store: &SqliteStore,
    challenge: &Arc<Challenge>,
    size: u64,
) -> anyhow::Result<BatchId> {
    let entries = (0..size).map(|number| {
        let candidate = format!("candidate {number:04} of {size}");
        NewEntry {
            original_name: format!("{}.zip", candidate.replace(' ', "-")),
            content: Content::Kept { sha256: Digest::of(candidate.as_bytes()), seed: number },
            candidate,
            previous: None,
        }
    });
    let new = NewBatch {
        kind: BatchKind::Grade,
        challenge: challenge.manifest.id.to_string(),
        suite_sha256: challenge.suite.sha256,
        options: BatchOptions::default(),
        again: false,
        entries: entries.collect(),
    };
    let batch = store.enqueue(&new).await?.batch;
    let ask = Ask {
        which: Which::Batch(batch),
        owner: "bench_scale".into(),
        lease: Duration::from_secs(600),
    };
    let mut random = StdRng::seed_from_u64(size);
    while let Some(claim) = store.claim(&ask).await? {
        store.complete(&claim.lease, &report(challenge, &claim, &mut random)?).await?;
    }
    Ok(batch)
}

/// A report as a grading would have it, of a candidate of some ability.
fn report(challenge: &Challenge, claim: &Claim, random: &mut StdRng) -> anyhow::Result<Report> {
    let lock = challenge.lock.as_ref().context("the challenge is not sealed")?;
    let (verdict, fault) = match random.random_range(0..100) {
        roll if roll < CANDIDATE_FAULTS => (Verdict::CandidateFault, "does_not_import"),
        roll if roll < CANDIDATE_FAULTS + INFRA_FAULTS => (Verdict::InfraFault, "machine_too_busy"),
        _ => (Verdict::Graded, ""),
    };
    let fault = Fault {
        code: fault.into(),
        message: message(random),
        remedy: "import the module on a machine that has what the challenge allows".into(),
    };
    let (name, sha256) = (&claim.original_name, Some(claim.sha256));
    let mut report = not_run(challenge, name, sha256, claim.seed, verdict, fault);
    report.grading_id = claim.lease.grading.clone();
    report.provenance.image_digest = Some(format!("sha256:{}", Digest::of(b"an image")));
    report.provenance.engine = Some(Engine {
        version: "20.10.24".into(),
        api: "1.41".into(),
        kernel: "6.1.0-18-amd64".into(),
        arch: "x86_64".into(),
        runtime: "runc".into(),
    });
    report.resources = Resources {
        wall_ms: random.random_range(2_000..60_000),
        cpu_ms: random.random_range(500..20_000),
        peak_memory_bytes: random.random_range(20 << 20..200 << 20),
    };
    if random.random_range(0..100) < WITH_A_NOTE {
        report.integrity.push(IntegrityNote {
            kind: IntegrityKind::LeftoverProcesses,
            detail: "2 processes were still running when a test ended".into(),
        });
    }
    if verdict == Verdict::Graded {
        let scored = score(lock, &observed(lock, random))?;
        report.fault = None;
        report.score = Some(scored.score);
        report.capped_by = scored.capped_by;
        report.groups = scored.groups;
        report.tests = scored.tests;
    }
    Ok(report)
}

/// Later tests are harder than earlier ones.
fn observed(lock: &SuiteLock, random: &mut StdRng) -> BTreeMap<String, Observed> {
    let ability: f64 = random.random();
    let count = lock.tests.len() as f64;
    let mut found = BTreeMap::new();
    for (position, test) in (0_u32..).zip(&lock.tests) {
        let passes =
            random.random::<f64>() < (1.3 * ability + 0.4 - 0.7 * f64::from(position) / count);
        let outcome = match random.random_range(0..20) {
            _ if passes => TestOutcome::Passed,
            0 => TestOutcome::TimedOut,
            1 => TestOutcome::Crashed,
            _ => TestOutcome::Failed,
        };
        let message = if passes { String::new() } else { message(random) };
        let duration_ms = random.random_range(1..3_000);
        found.insert(test.id.clone(), Observed { outcome, duration_ms, message });
    }
    found
}

fn message(random: &mut StdRng) -> String {
    let lines = (0..random.random_range(MESSAGE_LINES)).map(|line| {
        let (left, right): (u32, u32) = (random.random(), random.random());
        format!("E   line {line}: assert {{'value': {left}}} == {{'value': {right}}}\n")
    });
    lines.collect()
}
