//! The worker on the real engine: uploads are checked and graded, a signal drains it, and what a killed one
//! leaves behind is taken up.

mod common;
#[path = "common/uploaded.rs"]
mod uploaded;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use bollard::Docker;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use takehome::{
    challenge::Challenge,
    domain::{Checked, TestOutcome, Verdict, VisibleCheck},
    hiring::State,
    store::{Checking, Upload, Workload as _},
};
use tokio::sync::Mutex;

use uploaded::Place;

/// One at a time: a worker on a machine that others keep busy tries again, which takes long.
static TURN: Mutex<()> = Mutex::const_new(());

/// A worker of the place's home, killed when the test ends.
struct Worker(Child);

impl Worker {
    fn start(place: &Place, args: &[&str]) -> Self {
        let (home, roots) = (place.home(), place.challenges.clone());
        let log = std::fs::File::create(place.home().join("worker.log")).expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_takehome"))
            .current_dir(common::root())
            .args(["--challenges", roots.to_str().expect("UTF-8")])
            .args(["--challenges", "challenges", "--home", home.to_str().expect("UTF-8"), "work"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        Self(child.expect("takehome starts"))
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id()).expect("a process");
        kill(Pid::from_raw(pid), signal).expect("it lives");
    }

    /// Waits for its end; the exit code.
    fn end(mut self) -> i32 {
        let give_up = Instant::now() + Duration::from_secs(300);
        loop {
            if let Some(status) = self.0.try_wait().expect("a child") {
                return status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < give_up, "the worker does not end");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn log(place: &Place) -> String {
    std::fs::read_to_string(place.home().join("worker.log")).unwrap_or_default()
}

/// Works until nothing waits.
fn drain(place: &Place) {
    let code = Worker::start(place, &["--drain"]).end();
    assert_eq!(code, 0, "{}", log(place));
}

/// Waits until something is so.
async fn until<F: Future<Output = bool>>(place: &Place, what: &str, is: impl Fn() -> F) {
    let give_up = Instant::now() + Duration::from_secs(120);
    while !is().await {
        assert!(Instant::now() < give_up, "{what}: it is not\n{}", log(place));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn told(place: &Place, upload: &Upload) -> VisibleCheck {
    match place.check(&upload.grading).await {
        Some(Checking::Done(Checked::Done(check))) => check,
        other => panic!("{other:?}\n{}", log(place)),
    }
}

async fn nothing_is_left(docker: &Docker, pid: u32) {
    let left = common::containers_of(docker, pid).await;
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_candidates_upload_is_checked_and_graded_by_itself() {
    let Some(docker) = common::engine().await else { return };
    let _turn = TURN.lock().await;
    let place = Place::new().await;
    let worker = Worker::start(&place, &["--workers", "2"]);
    let right = place.upload("ada", "first").await;
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("tiny.py"), "import nothing_of_the_kind\n").expect("a file");
    let broken = place.upload_folder("bob", &place.challenge, dir.path()).await;
    let state = async |name: &str| place.state(name).await == State::Graded;
    until(&place, "both are graded", async || state("ada").await && state("bob").await).await;

    let check = told(&place, &right).await;
    assert!(check.builds && check.imports, "{check:?}");
    assert_eq!(check.passed(), check.tests.len(), "{check:?}");
    assert!(!check.tests.is_empty());
    let report = place.report(&right.grading).await.expect("a report");
    assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)));

    let check = told(&place, &broken).await;
    assert!(check.builds && !check.imports, "{check:?}");
    assert_eq!(check.problem.expect("a problem").code, "does_not_import");
    let report = place.report(&broken.grading).await.expect("a report");
    assert_eq!(report.verdict, Verdict::CandidateFault);

    let load = place.records.database.load().await.expect("read");
    assert_eq!(load.workers.len(), 1, "it says that it lives");
    let pid = worker.0.id();
    worker.signal(Signal::SIGTERM);
    assert_eq!(worker.end(), 0, "{}", log(&place));
    let load = place.records.database.load().await.expect("read");
    assert!(load.workers.is_empty(), "it says goodbye");
    nothing_is_left(&docker, pid).await;
}

/// Uploads the reference of each, and lets a worker do what there is to do.
async fn the_reference_passes(ids: &[&str]) {
    let Some(_) = common::engine().await else { return };
    let _turn = TURN.lock().await;
    let place = Place::new().await;
    let mut uploads = Vec::new();
    for id in ids {
        let challenge = Challenge::load(&common::root().join("challenges").join(id));
        let challenge = Arc::new(challenge.expect("it loads"));
        let folder = challenge.dir.join("reference");
        uploads.push((*id, place.upload_folder(id, &challenge, &folder).await));
    }
    drain(&place);
    for (id, upload) in &uploads {
        let check = told(&place, upload).await;
        assert!(check.builds && check.imports, "{id}: {check:?}");
        let failing: Vec<_> =
            check.tests.iter().filter(|test| test.outcome != TestOutcome::Passed).collect();
        assert!(failing.is_empty() && !check.tests.is_empty(), "{id}: {failing:?}");
        let report = place.report(&upload.grading).await.expect("a report");
        assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn references_pass_the_visible_tests_of_their_challenges() {
    the_reference_passes(&["async-harvest", "chunked-ledger", "courier-retry"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_pass_the_visible_tests_of_services_and_tests_too() {
    the_reference_passes(&["rest-inventory", "tdd-reservations"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_signal_finishes_what_runs_and_a_second_gives_it_back() {
    let Some(docker) = common::engine().await else { return };
    let _turn = TURN.lock().await;
    let place = Place::new().await;
    let hanging = common::hanging();
    let upload = place.upload_folder("ada", &place.challenge, hanging.path()).await;
    let worker = Worker::start(&place, &["--workers", "1"]);
    let pid = worker.0.id();
    // Its tests hang for as long as they may: it would go on for half a minute.
    common::pair_of(&docker, pid).await;
    worker.signal(Signal::SIGTERM);
    until(&place, "it has heard the first", async || log(&place).contains("finishing")).await;
    worker.signal(Signal::SIGTERM);
    assert_eq!(worker.end(), 0, "{}", log(&place));
    nothing_is_left(&docker, pid).await;
    let load = place.records.database.load().await.expect("read");
    assert_eq!((load.checks_running, load.gradings_running), (0, 0));
    assert_eq!(load.checks_queued, 1, "given back, and not lost");
    assert!(place.report(&upload.grading).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_worker_had_is_taken_up_by_the_next_at_once() {
    let Some(docker) = common::engine().await else { return };
    let _turn = TURN.lock().await;
    let place = Place::new().await;
    let mut uploads = Vec::new();
    for name in ["ada", "bob", "eve", "dan"] {
        uploads.push(place.upload(name, name).await);
    }
    let first = Worker::start(&place, &["--workers", "2"]);
    let killed = first.0.id();
    common::pair_of(&docker, killed).await;
    first.signal(Signal::SIGKILL);
    first.end();
    drain(&place);
    for upload in &uploads {
        let report = place.report(&upload.grading).await.expect("a report");
        assert_eq!(report.score, Some(100.0));
        assert_eq!(place.finishes(&upload.grading).await, 1, "one result each");
        assert!(told(&place, upload).await.imports);
    }
    nothing_is_left(&docker, killed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_ends_with_whoever_started_it() {
    let Some(_) = common::engine().await else { return };
    let _turn = TURN.lock().await;
    let place = Place::new().await;
    let home = place.home();
    let mut child = Command::new(env!("CARGO_BIN_EXE_takehome"))
        .current_dir(common::root())
        .args(["--challenges", common::TINY, "--home", home.to_str().expect("UTF-8")])
        .args(["work", "--until-eof"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("takehome starts");
    let lives = async || !place.records.database.load().await.expect("read").workers.is_empty();
    until(&place, "it works", lives).await;
    drop(child.stdin.take());
    assert_eq!(Worker(child).end(), 0);
}

/// A portal of the place's home; the address that it says it listens on.
fn portal(place: &Place) -> (Worker, String) {
    let (home, roots) = (place.home(), place.challenges.clone());
    let log = std::fs::File::create(place.home().join("worker.log")).expect("a log");
    let mut child = Command::new(env!("CARGO_BIN_EXE_takehome"))
        .current_dir(common::root())
        .args(["--challenges", roots.to_str().expect("UTF-8")])
        .args(["--home", home.to_str().expect("UTF-8"), "serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("takehome starts");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut line).expect("a line");
    let address = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
    (Worker(child), address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_has_a_worker_that_is_started_again_and_ends_with_it() {
    let Some(docker) = common::engine().await else { return };
    let _turn = TURN.lock().await;
    let place = Place::new().await;
    let (portal, address) = portal(&place);
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let upload = place.upload("ada", "first").await;
    let graded = async || place.state("ada").await == State::Graded;
    until(&place, "it is graded", graded).await;
    assert!(told(&place, &upload).await.imports);

    // Its worker is killed, and another one takes its place.
    let workers = async || place.records.database.load().await.expect("read").workers;
    let first = workers().await.pop().expect("a worker");
    let pid: i32 = first.owner.split(' ').nth(3).expect("a process").parse().expect("a number");
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it lives");
    let another = async || workers().await.iter().any(|worker| worker.owner != first.owner);
    until(&place, "there is another one", another).await;
    let second = place.upload("ada", "second").await;
    until(&place, "it is graded", async || place.report(&second.grading).await.is_some()).await;

    // The portal is killed: its worker goes by itself.
    let portal_pid = portal.0.id();
    portal.signal(Signal::SIGKILL);
    portal.end();
    until(&place, "the worker has gone", async || workers().await.is_empty()).await;
    nothing_is_left(&docker, portal_pid).await;
}
