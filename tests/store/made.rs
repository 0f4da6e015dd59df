//! A store for one test, with a clock and processes that the test decides about.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use takehome::{
    domain::{
        Digest, Fault, GroupScore, IntegrityKind, IntegrityNote, Provenance, REPORT_SCHEMA, Report,
        Resources, TestOutcome, TestReport, Verdict,
    },
    store::{
        Ask, BatchId, BatchKind, BatchOptions, Claim, Content, Lease, ManualClock, NewBatch,
        NewEntry, SqliteStore, Store, Which,
    },
};

pub const LEASE: Duration = Duration::from_secs(60);
pub const SUITE: &[u8] = b"the suite";

/// A store and what it hangs on.
pub struct Made {
    pub store: SqliteStore,
    pub clock: ManualClock,
    pub gone: Arc<Mutex<BTreeSet<String>>>,
    pub dir: Arc<tempfile::TempDir>,
}

impl Made {
    pub async fn new() -> Self {
        Self::at(Arc::new(tempfile::tempdir().expect("a folder")), ManualClock::default()).await
    }

    async fn at(dir: Arc<tempfile::TempDir>, clock: ManualClock) -> Self {
        let gone: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let asked = gone.clone();
        let is_gone = move |owner: &str| asked.lock().expect("a lock").contains(owner);
        let file = dir.path().join("store/takehome.db");
        let store = SqliteStore::open(&file, Arc::new(clock.clone()), Arc::new(is_gone))
            .await
            .expect("it opens");
        Self { store, clock, gone, dir }
    }

    /// As another process would open it.
    pub async fn another(&self) -> Self {
        Self::at(self.dir.clone(), self.clock.clone()).await
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("store/takehome.db")
    }

    pub fn dies(&self, owner: &str) {
        self.gone.lock().expect("a lock").insert(owner.to_owned());
    }

    pub async fn batch(&self, candidates: &[&str]) -> BatchId {
        self.store.enqueue(&batch(candidates)).await.expect("queued").batch
    }

    pub async fn claim(&self, owner: &str) -> Option<Claim> {
        self.store.claim(&ask(owner)).await.expect("an answer")
    }

    /// The actions of the audit trail about a grading.
    pub async fn told(&self, grading: &str) -> Vec<String> {
        let lines = self.store.audit(Some(grading)).await.expect("a trail");
        lines.into_iter().map(|line| line.action).collect()
    }
}

pub fn ask(owner: &str) -> Ask {
    Ask { which: Which::Any, owner: owner.to_owned(), lease: LEASE }
}

/// One submission of each candidate, with bytes of its own.
pub fn batch(candidates: &[&str]) -> NewBatch {
    NewBatch {
        kind: BatchKind::Grade,
        challenge: "tiny".into(),
        suite_sha256: Digest::of(SUITE),
        options: BatchOptions::default(),
        again: false,
        entries: candidates.iter().map(|name| entry(name, name)).collect(),
    }
}

pub fn entry(candidate: &str, bytes: &str) -> NewEntry {
    NewEntry {
        candidate: candidate.into(),
        original_name: format!("{candidate}.zip"),
        content: Content::Kept { sha256: Digest::of(bytes.as_bytes()), seed: u64::MAX },
        previous: None,
    }
}

/// A report of that grading; `score` tells one from another.
pub fn report(grading: &str, score: f64) -> Report {
    Report {
        schema: REPORT_SCHEMA,
        grading_id: grading.into(),
        challenge: "tiny".into(),
        submission: "alice.zip".into(),
        verdict: Verdict::Graded,
        score: Some(score),
        capped_by: None,
        groups: vec![GroupScore { name: "sums".into(), weight: 100, passed: 1, total: 1 }],
        tests: vec![TestReport {
            id: "test_a.py::test_a".into(),
            group: "sums".into(),
            outcome: TestOutcome::Passed,
            duration_ms: 3,
            message: String::new(),
        }],
        resources: Resources { wall_ms: 1500, cpu_ms: 2, peak_memory_bytes: 3 },
        timing: None,
        provenance: Provenance {
            submission_sha256: None,
            suite_sha256: Some(Digest::of(SUITE)),
            image_digest: Some("sha256:image".into()),
            seed: u64::MAX,
            takehome_version: "0.0.0".into(),
            engine: None,
            limits: None,
        },
        integrity: vec![IntegrityNote {
            kind: IntegrityKind::OutputCapped,
            detail: "twice <script> ' --".into(),
        }],
        fault: None,
    }
}

/// A report without a score.
pub fn fault(grading: &str, verdict: Verdict) -> Report {
    let fault = Fault { code: "code".into(), message: "what".into(), remedy: "do".into() };
    Report { verdict, score: None, tests: vec![], fault: Some(fault), ..report(grading, 0.0) }
}

pub fn lease(grading: &str, attempt: u32) -> Lease {
    Lease { grading: grading.into(), attempt }
}

/// How long a heartbeat renews for.
pub fn lease_ms() -> u64 {
    LEASE.as_millis() as u64
}
