//! Batches over the store and a scripted sandbox: resumed, shared, stopped, repeated.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use takehome::{
    batch::{BatchError, Change, Named, Records, Work, announce_after_commit, receive},
    challenge::{Challenge, CollectedTest},
    domain::{Digest, Report, TestOutcome, Verdict},
    run::{Event, Listener, Runner, Shutdown},
    sandbox::{
        ImagePair,
        fake::{Act, FakeSandbox, Script},
    },
    store::{
        Ask, BatchId, BatchKind, BatchOptions, Content, Enqueued, MOST_LOST, NewBatch, NewEntry,
        Queued, StoreError, Which,
    },
};

const ADDS: &str = "test_total.py::test_total_adds";

/// A home, a challenge, and submissions that differ in a comment.
struct Round {
    dir: tempfile::TempDir,
    challenge: Arc<Challenge>,
    records: Records,
}

impl Round {
    async fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/challenges/tiny");
        let challenge = Arc::new(Challenge::load(&root).expect("the tiny challenge loads"));
        let dir = tempfile::tempdir().expect("a folder");
        let records = Records::open(&dir.path().join("home")).await.expect("it opens");
        Self { dir, challenge, records }
    }

    /// A submission; `text` makes its bytes its own.
    fn submission(&self, candidate: &str, text: &str) -> Named {
        let path = self.dir.path().join("in").join(candidate);
        std::fs::create_dir_all(&path).expect("a folder");
        std::fs::write(path.join("tiny.py"), format!("# {text}\n")).expect("a file");
        Named { candidate: candidate.into(), path }
    }

    async fn entries(&self, named: Vec<Named>) -> Vec<NewEntry> {
        receive(&self.records, &self.challenge, named, None, || {}).await.expect("taken in")
    }

    async fn enqueue(&self, entries: Vec<NewEntry>) -> Enqueued {
        let new = NewBatch {
            kind: BatchKind::Grade,
            challenge: "tiny".into(),
            suite_sha256: self.challenge.suite.sha256,
            options: BatchOptions::default(),
            again: false,
            entries,
        };
        self.records.store.enqueue(&new).await.expect("queued")
    }

    /// A batch of this many candidates.
    async fn batch(&self, count: usize) -> BatchId {
        let named = (0..count).map(|number| {
            let name = format!("c{number:02}");
            self.submission(&name, &name)
        });
        self.enqueue(self.entries(named.collect()).await).await.batch
    }

    fn script(&self, acts: &[(&str, &[Act])]) -> Script {
        let lock = self.challenge.lock.as_ref().expect("a lock");
        let tests = lock.tests.iter().map(|test| CollectedTest {
            id: test.id.clone(),
            group: Some(test.group.clone()),
            unit: test.id.clone(),
            critical: test.critical,
        });
        let acts = acts.iter().map(|(id, acts)| ((*id).to_owned(), acts.to_vec())).collect();
        Script { tests: tests.collect(), acts, ..Script::default() }
    }

    async fn work(&self, batch: BatchId, script: Script) -> (Result<(), BatchError>, Vec<Report>) {
        self.work_until(batch, script, &|_| false, &Shutdown::default()).await
    }

    /// Works on a batch; the results in the order in which they were told.
    async fn work_until(
        &self,
        batch: BatchId,
        script: Script,
        ends: &(dyn Fn(&Report) -> bool + Sync),
        shutdown: &Shutdown,
    ) -> (Result<(), BatchError>, Vec<Report>) {
        let told: Arc<Mutex<Vec<Report>>> = Arc::default();
        let sandbox = FakeSandbox::new(script);
        let hears = told.clone();
        let listener: Listener = Arc::new(move |event| {
            if let Event::GradingFinished { report, .. } = event {
                hears.lock().expect("a lock").push(*report);
            }
        });
        let runner = Runner::new(Arc::new(sandbox.clone()), announce_after_commit(&listener));
        let runner = runner.await.expect("a runner");
        let done = self.job(batch, &runner, listener, ends, shutdown).run().await;
        runner.close().await;
        assert_eq!(sandbox.live(), 0, "containers are left");
        let told = told.lock().expect("a lock").clone();
        (done, told)
    }

    fn job<'a>(
        &'a self,
        batch: BatchId,
        runner: &'a Runner,
        listener: Listener,
        ends: &'a (dyn Fn(&Report) -> bool + Sync),
        shutdown: &'a Shutdown,
    ) -> Work<'a> {
        Work {
            records: &self.records,
            batch,
            runner,
            challenge: self.challenge.clone(),
            images: ImagePair { judge: "judge".into(), candidate: "candidate".into() },
            workers: 3,
            ends,
            listener,
            shutdown,
        }
    }

    /// Verdict and score of each entry.
    async fn results(&self, batch: BatchId) -> Vec<(Option<Verdict>, Option<f64>)> {
        let entries = self.records.store.entries(batch).await.expect("entries");
        entries.into_iter().map(|entry| (entry.verdict, entry.score)).collect()
    }

    /// How often each grading of a batch was finished, by the audit trail.
    async fn finishes(&self, batch: BatchId) -> Vec<usize> {
        let mut counts = Vec::new();
        for entry in self.records.store.entries(batch).await.expect("entries") {
            let told = self.records.store.audit(Some(&entry.grading)).await.expect("a trail");
            counts.push(told.iter().filter(|line| line.action == "finished").count());
        }
        counts
    }
}

const RIGHT: (Option<Verdict>, Option<f64>) = (Some(Verdict::Graded), Some(100.0));

#[tokio::test]
async fn every_submission_gets_one_result() {
    let round = Round::new().await;
    let batch = round.batch(7).await;
    let (done, told) = round.work(batch, round.script(&[])).await;
    done.expect("no error");
    assert_eq!(round.results(batch).await, vec![RIGHT; 7]);
    assert_eq!((told.len(), round.finishes(batch).await), (7, vec![1; 7]));
}

/// What another process reads of a grading at this moment.
fn stored_now(home: &Path, grading: &str) -> Option<Report> {
    std::thread::scope(|scope| {
        let read = scope.spawn(|| {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let records = Records::open(home).await.expect("it opens");
                records.store.report(grading).await.expect("read")
            })
        });
        read.join().expect("no panic")
    })
}

#[tokio::test]
async fn a_result_is_told_when_it_is_in_the_store_and_not_before() {
    let round = Round::new().await;
    let batch = round.batch(3).await;
    let home = round.dir.path().join("home");
    let told = Arc::new(AtomicUsize::new(0));
    let hears = told.clone();
    let listener: Listener = Arc::new(move |event| {
        if let Event::GradingFinished { grading, report } = event {
            assert_eq!(stored_now(&home, &grading), Some(*report));
            hears.fetch_add(1, Ordering::SeqCst);
        }
    });
    let sandbox = Arc::new(FakeSandbox::new(round.script(&[])));
    let runner = Runner::new(sandbox, announce_after_commit(&listener)).await.expect("a runner");
    let shutdown = Shutdown::default();
    round.job(batch, &runner, listener, &|_| false, &shutdown).run().await.expect("no error");
    assert_eq!(told.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_was_dropped_half_way_is_taken_up_by_the_next_process() {
    let round = Round::new().await;
    let batch = round.batch(4).await;
    {
        // Every grading hangs, and is dropped as the task of a process that is killed.
        let sandbox = FakeSandbox::new(round.script(&[(ADDS, &[Act::Hang])]));
        let (began, starts) = (Arc::new(tokio::sync::Notify::new()), AtomicUsize::new(0));
        let tells = began.clone();
        let listener: Listener = Arc::new(move |event| {
            if matches!(event, Event::TestsStarted { .. })
                && starts.fetch_add(1, Ordering::SeqCst) == 2
            {
                tells.notify_one();
            }
        });
        let runner = Runner::new(Arc::new(sandbox), listener.clone()).await.expect("a runner");
        let shutdown = Shutdown::default();
        let job = round.job(batch, &runner, listener, &|_| false, &shutdown);
        tokio::select! {
            _ = job.run() => panic!("nothing can end"),
            () = began.notified() => {}
        }
    }
    let held = round.records.store.batch(batch).await.expect("a batch");
    assert_eq!(held.open, 4);
    // This process still lives, so its leases are given back as if they had expired.
    let file = round.dir.path().join("home/store/takehome.db");
    let later = takehome::store::ManualClock::default();
    later.advance(std::time::Duration::from_secs(4_000_000_000));
    let store = takehome::store::SqliteStore::open(&file, Arc::new(later), Arc::new(|_| false));
    let store = Arc::new(store.await.expect("it opens"));
    let records = Records { store, ..round.records.clone() };
    let ask = Ask {
        which: Which::Batch(batch),
        owner: "the next process".into(),
        lease: std::time::Duration::from_secs(60),
    };
    let mut taken = Vec::new();
    while let Some(claim) = records.store.claim(&ask).await.expect("ok") {
        taken.push(claim.lease);
    }
    assert_eq!(taken.iter().map(|lease| lease.attempt).max(), Some(2), "three were held");
    for lease in taken {
        records.store.release(&lease).await.expect("given back");
    }
    let (done, told) = round.work(batch, round.script(&[])).await;
    done.expect("no error");
    assert_eq!(told.len(), 4);
    assert_eq!(round.results(batch).await, vec![RIGHT; 4]);
    assert_eq!(round.finishes(batch).await, vec![1; 4]);
}

#[tokio::test]
async fn a_drain_finishes_what_runs_and_a_kill_gives_it_back() {
    let round = Round::new().await;
    let batch = round.batch(6).await;
    let shutdown = Shutdown::default();
    let drain = shutdown.drain.clone();
    let first = move |_: &Report| {
        drain.cancel();
        false
    };
    let (done, told) = round.work_until(batch, round.script(&[]), &first, &shutdown).await;
    done.expect("no error");
    assert!((1..=3).contains(&told.len()), "{} ran", told.len());
    let open = round.records.store.batch(batch).await.expect("a batch").open;
    assert_eq!(open as usize, 6 - told.len());

    let killed = Shutdown::default();
    killed.kill.cancel();
    killed.drain.cancel();
    let (done, told) = round.work_until(batch, round.script(&[]), &|_| false, &killed).await;
    done.expect("no error");
    assert_eq!(told.len(), 0);
    let (done, _) = round.work(batch, round.script(&[])).await;
    done.expect("no error");
    assert_eq!(round.finishes(batch).await, vec![1; 6]);
}

#[tokio::test]
async fn two_that_work_on_one_batch_share_it() {
    let round = Round::new().await;
    let batch = round.batch(8).await;
    let (a, b) =
        tokio::join!(round.work(batch, round.script(&[])), round.work(batch, round.script(&[])));
    a.0.expect("no error");
    b.0.expect("no error");
    assert_eq!(a.1.len() + b.1.len(), 8, "none twice");
    assert_eq!(round.finishes(batch).await, vec![1; 8]);
}

#[tokio::test]
async fn the_first_result_that_ends_a_batch_leaves_the_rest_queued() {
    let round = Round::new().await;
    let batch = round.batch(6).await;
    let script = round.script(&[(ADDS, &[Act::End(TestOutcome::Failed)])]);
    let bad = |report: &Report| report.score != Some(100.0);
    let (done, told) = round.work_until(batch, script, &bad, &Shutdown::default()).await;
    done.expect("no error");
    assert!((1..=3).contains(&told.len()), "what ran was finished, nothing else begun");
    let open = round.records.store.batch(batch).await.expect("a batch").open;
    assert_eq!(open as usize, 6 - told.len());
}

#[tokio::test]
async fn a_fault_of_the_author_is_graded_again_and_the_same_bytes_are_not() {
    let round = Round::new().await;
    let named = ["c00", "c01", "c02"].map(|name| round.submission(name, name));
    let entries = round.entries(named.to_vec()).await;
    let first = round.enqueue(entries.clone()).await;
    let leaks = [Act::Leaks, Act::End(TestOutcome::Passed)];
    let (done, _) = round.work(first.batch, round.script(&[(ADDS, &leaks)])).await;
    done.expect("no error");
    let results = round.results(first.batch).await;
    let faults = results.iter().filter(|(verdict, _)| *verdict == Some(Verdict::AuthorFault));
    assert_eq!(faults.count(), 1, "{results:?}");
    let second = round.enqueue(entries).await;
    let count = |queued| second.gradings.iter().filter(|(_, what)| *what == queued).count();
    assert_eq!((count(Queued::New), count(Queued::Reused)), (1, 2));
    let (done, told) = round.work(second.batch, round.script(&[])).await;
    done.expect("no error");
    assert_eq!(told.len(), 1);
    assert_eq!(round.results(second.batch).await, vec![RIGHT; 3]);
    assert_eq!(round.results(first.batch).await, results, "what was is what was");
}

#[tokio::test]
async fn an_archive_that_is_refused_has_its_result_at_once() {
    let round = Round::new().await;
    let path = round.dir.path().join("x.zip");
    std::fs::write(&path, "no archive").expect("a file");
    let entries = round.entries(vec![Named { candidate: "x".into(), path }]).await;
    let queued = round.enqueue(entries).await;
    assert_eq!(queued.gradings[0].1, Queued::Decided);
    assert_eq!(round.results(queued.batch).await, [(Some(Verdict::CandidateFault), None)]);
}

#[tokio::test]
async fn bytes_that_were_damaged_on_the_disk_are_no_candidates_fault() {
    let round = Round::new().await;
    let batch = round.batch(1).await;
    let sha256 = round.records.store.entries(batch).await.expect("entries")[0].sha256;
    let blob = round.records.blobs.path(&sha256.expect("kept"));
    std::fs::write(blob, "something else").expect("written");
    let (done, told) = round.work(batch, round.script(&[])).await;
    done.expect("no error");
    let fault = told[0].fault.as_ref().expect("a fault");
    assert_eq!((told[0].verdict, fault.code.as_str()), (Verdict::InfraFault, "submission_damaged"));
}

#[tokio::test]
async fn a_grading_that_takes_its_process_down_every_time_ends_as_our_fault() {
    let round = Round::new().await;
    let batch = round.batch(1).await;
    let file = round.dir.path().join("home/store/takehome.db");
    let clock = Arc::new(takehome::store::SystemClock);
    let dying = takehome::store::SqliteStore::open(&file, clock, Arc::new(|_| true));
    let dying: Arc<dyn takehome::store::Store> = Arc::new(dying.await.expect("it opens"));
    for number in 0..MOST_LOST {
        let ask = Ask {
            which: Which::Batch(batch),
            owner: format!("process {number}"),
            lease: std::time::Duration::from_secs(60),
        };
        dying.claim(&ask).await.expect("ok").expect("work");
    }
    let mut round = round;
    round.records.store = dying;
    let (done, told) = round.work(batch, round.script(&[])).await;
    done.expect("no error");
    let fault = told[0].fault.as_ref().expect("a fault");
    assert_eq!((told[0].verdict, fault.code.as_str()), (Verdict::InfraFault, "lost_too_often"));
}

#[tokio::test]
async fn gradings_that_were_queued_for_another_suite_are_left_alone() {
    let round = Round::new().await;
    let entries = round.entries(vec![round.submission("c00", "c00")]).await;
    let new = NewBatch {
        kind: BatchKind::Grade,
        challenge: "tiny".into(),
        suite_sha256: Digest::of(b"another suite"),
        options: BatchOptions::default(),
        again: false,
        entries,
    };
    let batch = round.records.store.enqueue(&new).await.expect("queued").batch;
    let (done, told) = round.work(batch, round.script(&[])).await;
    assert!(matches!(done, Err(BatchError::SuiteChanged { .. })), "{done:?}");
    assert_eq!(told.len(), 0);
    let none = round.records.store.batch(BatchId(9)).await;
    assert!(matches!(none, Err(StoreError::NoBatch(_))));
}

#[tokio::test]
async fn a_regrade_keeps_the_earlier_result_and_says_what_changed() {
    let round = Round::new().await;
    let first = round.batch(1).await;
    let (_, told) = round.work(first, round.script(&[])).await;
    let before = told[0].clone();
    let found = round.records.store.latest("tiny", Some(first)).await.expect("a list");
    assert_eq!((found.len(), &found[0].grading), (1, &before.grading_id));
    let new = NewBatch {
        kind: BatchKind::Regrade,
        challenge: "tiny".into(),
        suite_sha256: round.challenge.suite.sha256,
        options: BatchOptions::default(),
        again: true,
        entries: vec![NewEntry {
            candidate: found[0].candidate.clone(),
            original_name: found[0].original_name.clone(),
            content: Content::Kept { sha256: found[0].sha256, seed: 9 },
            previous: Some(found[0].grading.clone()),
        }],
    };
    let second = round.records.store.enqueue(&new).await.expect("queued").batch;
    let failing = round.script(&[(ADDS, &[Act::End(TestOutcome::Failed)])]);
    let (_, told) = round.work(second, failing).await;
    let kept = round.records.store.report(&before.grading_id).await.expect("read");
    assert_eq!(kept.as_ref(), Some(&before), "nothing is overwritten");
    let change = Change::new("c00".into(), before, told[0].clone());
    assert!(change.is_other());
    let causes: Vec<&str> = change.causes.iter().map(|cause| cause.what).collect();
    assert_eq!(causes, ["seed"]);
    assert_eq!(change.tests.len(), 1);
    let test = &change.tests[0];
    assert_eq!(
        (test.id.as_str(), test.before, test.after),
        (ADDS, Some(TestOutcome::Passed), Some(TestOutcome::Failed))
    );
}
