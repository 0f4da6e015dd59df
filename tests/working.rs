//! The worker beside the portal, over the store and a scripted sandbox: no engine.

#[path = "common/scripted.rs"]
mod scripted;
#[path = "common/uploaded.rs"]
mod uploaded;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use scripted::{ADDS, script, tiny};
use takehome::{
    batch::{BatchError, Records},
    challenge::Challenge,
    domain::{Checked, Verdict},
    hiring::State,
    run::{Runner, Shutdown, silent},
    sandbox::{
        ImagePair, Sandbox,
        fake::{Act, FakeSandbox, Script},
    },
    store::{Checking, Checks as _, Workload as _},
    working::{Bench, Ended, Library, Worker},
};
use uploaded::Place;

/// A scripted engine, with images that cannot be made at first.
struct FakeBench(FakeSandbox, AtomicUsize);

#[async_trait]
impl Bench for FakeBench {
    fn sandbox(&self) -> Arc<dyn Sandbox> {
        Arc::new(self.0.clone())
    }

    async fn images(&self, _: &Challenge) -> Result<ImagePair, String> {
        let less = |left: usize| left.checked_sub(1);
        match self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less) {
            Ok(_) => Err("the disk is full".into()),
            Err(_) => Ok(ImagePair { judge: "judge".into(), candidate: "candidate".into() }),
        }
    }

    async fn visible_images(&self, challenge: &Challenge) -> Result<ImagePair, String> {
        self.images(challenge).await
    }
}

/// Works on what waits, until nothing does or `shutdown`.
async fn work(
    place: &Place,
    script: Script,
    shutdown: &Shutdown,
    records: &Records,
) -> Result<Ended, BatchError> {
    work_on(place, FakeBench(FakeSandbox::new(script), 0.into()), shutdown, records).await
}

async fn work_on(
    place: &Place,
    bench: FakeBench,
    shutdown: &Shutdown,
    records: &Records,
) -> Result<Ended, BatchError> {
    let runner = Runner::new(Arc::new(bench.0.clone()), silent()).await.expect("a runner");
    let library = Library::new(vec![place.challenges.clone()]);
    let worker = Worker::new(records, &bench, &runner, &library, shutdown, 2).only_what_waits();
    let worker = worker.patient(Duration::from_millis(1));
    let ended = worker.run().await;
    runner.close().await;
    assert_eq!(bench.0.live(), 0, "containers are left");
    ended
}

async fn work_through(place: &Place, script: Script) {
    let ended = work(place, script, &Shutdown::default(), &place.records).await;
    assert_eq!(ended.expect("no error"), Ended::NothingWaits);
}

#[tokio::test]
async fn what_was_uploaded_is_checked_graded_and_moves_its_invitation() {
    let place = Place::new().await;
    let upload = place.upload("ada", "first").await;
    assert_eq!(place.check(&upload.grading).await, Some(Checking::Waiting));
    assert_eq!(place.state("ada").await, State::Submitted);
    work_through(&place, script(&tiny(), &[])).await;
    let Some(Checking::Done(Checked::Done(check))) = place.check(&upload.grading).await else {
        panic!("it was not checked")
    };
    assert!(check.builds && check.imports);
    assert_eq!(check.passed(), check.tests.len());
    let report = place.report(&upload.grading).await.expect("a report");
    assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)));
    assert_eq!(place.state("ada").await, State::Graded);
    let load = place.records.database.load().await.expect("read");
    assert_eq!((load.gradings_queued, load.checks_queued), (0, 0));
    assert!(load.workers.is_empty(), "it has said goodbye");
}

#[tokio::test]
async fn what_the_team_grades_itself_is_left_to_the_team() {
    let place = Place::new().await;
    place.grade_by_hand("bob").await;
    work_through(&place, script(&tiny(), &[])).await;
    let load = place.records.database.load().await.expect("read");
    assert_eq!((load.gradings_queued, load.checks_queued), (1, 0));
}

#[tokio::test]
async fn an_earlier_attempt_does_not_speak_for_the_newest() {
    let place = Place::new().await;
    let first = place.upload("ada", "first").await;
    let second = place.upload("ada", "second").await;
    place.finish(&first.grading, Verdict::Graded).await;
    assert_eq!(place.state("ada").await, State::Submitted, "the newest waits");
    place.finish(&second.grading, Verdict::Graded).await;
    assert_eq!(place.state("ada").await, State::Graded);
}

/// Works with images that cannot be made so often.
async fn work_without_images(place: &Place, failing: usize) {
    let bench = FakeBench(FakeSandbox::new(script(&tiny(), &[])), failing.into());
    let ended = work_on(place, bench, &Shutdown::default(), &place.records).await;
    assert_eq!(ended.expect("no error"), Ended::NothingWaits);
}

#[tokio::test]
async fn a_machine_that_is_not_well_is_waited_for() {
    let place = Place::new().await;
    let upload = place.upload("ada", "first").await;
    work_without_images(&place, 5).await;
    let report = place.report(&upload.grading).await.expect("a report");
    assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)));
    assert_eq!(place.finishes(&upload.grading).await, 1);
}

#[tokio::test]
async fn a_machine_that_stays_ill_is_no_result_of_the_candidates() {
    let place = Place::new().await;
    let upload = place.upload("ada", "first").await;
    work_without_images(&place, 10_000).await;
    let report = place.report(&upload.grading).await.expect("a report");
    assert_eq!((report.verdict, report.score), (Verdict::InfraFault, None));
    assert_eq!(report.fault.expect("a fault").message, "the disk is full");
    assert_eq!(place.state("ada").await, State::Submitted, "it waits for the team");
    let check = place.check(&upload.grading).await;
    assert!(matches!(check, Some(Checking::Done(Checked::Unavailable(_)))), "{check:?}");
}

#[tokio::test]
async fn a_suite_that_was_sealed_anew_is_the_authors_affair() {
    let place = Place::new().await;
    let upload = place.upload("ada", "first").await;
    place.change_the_suite();
    work_through(&place, script(&tiny(), &[])).await;
    let report = place.report(&upload.grading).await.expect("a report");
    assert_eq!(report.verdict, Verdict::AuthorFault);
    assert_eq!(report.fault.expect("a fault").code, "suite_changed");
    assert_eq!(place.state("ada").await, State::Submitted);
}

#[tokio::test]
async fn a_kill_gives_everything_back_and_the_next_worker_finishes_it() {
    let place = Place::new().await;
    let mut uploads = Vec::new();
    for name in ["ada", "bob", "eve"] {
        uploads.push(place.upload(name, name).await);
    }
    let shutdown = Shutdown::default();
    let hangs = script(&tiny(), &[(ADDS, &[Act::Hang])]);
    let kill = async {
        // Both places are taken: by checks, which come first.
        while place.records.database.load().await.expect("read").checks_running < 2 {
            tokio::task::yield_now().await;
        }
        shutdown.drain.cancel();
        shutdown.kill.cancel();
    };
    let (ended, ()) = tokio::join!(work(&place, hangs, &shutdown, &place.records), kill);
    assert_eq!(ended.expect("no error"), Ended::Told);
    let load = place.records.database.load().await.expect("read");
    assert_eq!((load.checks_running, load.checks_queued), (0, 3), "all are free again");
    work_through(&place, script(&tiny(), &[])).await;
    for upload in &uploads {
        let report = place.report(&upload.grading).await.expect("a report");
        assert_eq!(report.score, Some(100.0));
        assert_eq!(place.finishes(&upload.grading).await, 1);
    }
}

#[tokio::test]
async fn two_workers_share_what_waits_and_nothing_is_done_twice() {
    let place = Place::new().await;
    let mut uploads = Vec::new();
    for number in 0..10 {
        let name = format!("c{number}");
        uploads.push(place.upload(&name, &name).await);
    }
    let other = Records::open(&place.home()).await.expect("it opens");
    let (one, two) = (Shutdown::default(), Shutdown::default());
    let (first, second) = tokio::join!(
        work(&place, script(&tiny(), &[]), &one, &place.records),
        work(&place, script(&tiny(), &[]), &two, &other),
    );
    first.expect("no error");
    second.expect("no error");
    for upload in &uploads {
        assert_eq!(place.finishes(&upload.grading).await, 1);
    }
}

#[tokio::test]
async fn a_drain_finishes_what_runs() {
    let place = Place::new().await;
    for number in 0..6 {
        let name = format!("c{number}");
        place.upload(&name, &name).await;
    }
    let shutdown = Shutdown::default();
    shutdown.drain.cancel();
    let ended = work(&place, script(&tiny(), &[]), &shutdown, &place.records).await;
    assert_eq!(ended.expect("no error"), Ended::Told);
    let load = place.records.database.load().await.expect("read");
    assert_eq!((load.gradings_queued, load.gradings_running), (6, 0));
}

#[tokio::test]
async fn a_check_goes_with_its_candidate() {
    let place = Place::new().await;
    let upload = place.upload("ada", "first").await;
    work_through(&place, script(&tiny(), &[])).await;
    assert!(place.check(&upload.grading).await.is_some());
    place.purge("ada").await;
    assert_eq!(place.check(&upload.grading).await, None);
    assert_eq!(place.records.store.problems().await.expect("read"), Vec::<String>::new());
}

#[tokio::test]
async fn a_check_whose_lease_is_anothers_is_refused() {
    let place = Place::new().await;
    let upload = place.upload("ada", "first").await;
    let database = &place.records.database;
    let first = database.claim_check(&place.ask("one")).await.expect("read").expect("a check");
    assert!(database.claim_check(&place.ask("two")).await.expect("read").is_none());
    assert_eq!(place.check(&upload.grading).await, Some(Checking::Running));
    database.release_check(&first.lease).await.expect("given back");
    let second = database.claim_check(&place.ask("two")).await.expect("read").expect("a check");
    assert_eq!(second.lease.attempt, 2);
    let done = Checked::Unavailable(place.fault());
    let late = database.checked(&first.lease, &done).await.expect_err("too late");
    assert!(late.is_fenced(), "{late}");
    database.renew_check(&second.lease, 1000).await.expect("renewed");
    database.checked(&second.lease, &done).await.expect("written");
    let again = database.checked(&second.lease, &done).await.expect_err("once");
    assert!(again.is_fenced(), "{again}");
}

#[tokio::test]
async fn a_check_that_was_lost_thrice_is_not_tried_again() {
    let place = Place::new().await;
    place.upload("ada", "first").await;
    let database = &place.records.database;
    for number in 0..4 {
        let mut ask = place.ask(&format!("worker {number}"));
        // It expires at once.
        ask.lease = Duration::ZERO;
        let claim = database.claim_check(&ask).await.expect("read").expect("a check");
        assert_eq!(claim.exhausted, number == 3, "{number}");
    }
}
