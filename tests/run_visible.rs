//! What a candidate is told of the visible tests, over a scripted sandbox: milliseconds, no engine.

#[path = "common/scripted.rs"]
mod scripted;

use std::sync::Arc;

use scripted::{ADDS, LARGE, request, script, tiny};
use takehome::{
    domain::{Checked, TestOutcome, VisibleCheck},
    run::{GradeRequest, Runner, Shutdown, silent},
    sandbox::fake::{Act, FakeSandbox, Script},
    submission::{IntakeLimits, Submission},
};

/// The visible half of the challenge over its reference.
fn visible() -> GradeRequest {
    let challenge = tiny().visible().expect("it has visible tests");
    (*request(challenge)).clone()
}

async fn check(request: GradeRequest, script: Script) -> Checked {
    let sandbox = FakeSandbox::new(script);
    let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
    let kill = Shutdown::default().kill;
    let checked = runner.check(Arc::new(request), &kill).await.expect("not stopped");
    runner.close().await;
    assert_eq!(sandbox.live(), 0, "containers are left");
    checked
}

async fn told(script: Script) -> VisibleCheck {
    match check(visible(), script).await {
        Checked::Done(check) => check,
        Checked::Unavailable(fault) => panic!("{fault:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_visible_test_is_told_by_name() {
    let acts: &[(&str, &[Act])] =
        &[(ADDS, &[Act::End(TestOutcome::Failed)]), (LARGE, &[Act::Hang])];
    let script = script(&tiny(), acts);
    let total = script.tests.len();
    let check = told(script).await;
    assert!(check.builds && check.imports && check.problem.is_none());
    assert_eq!((check.passed(), check.tests.len()), (total - 2, total));
    let of = |name: &str| check.tests.iter().find(|test| test.name == name).expect("a test");
    assert_eq!(of(ADDS).outcome, TestOutcome::Failed);
    assert_eq!(of(LARGE).outcome, TestOutcome::TimedOut);
    assert!(of(LARGE).message.contains("deadline"), "{:?}", of(LARGE));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_import_is_told_with_what_to_do() {
    let mut script = script(&tiny(), &[]);
    script.probe = Some("import_error");
    let check = told(script).await;
    assert!(check.builds && !check.imports && check.tests.is_empty());
    assert_eq!(check.problem.expect("a problem").code, "does_not_import");
}

#[tokio::test(start_paused = true)]
async fn an_archive_without_the_files_that_are_asked_for_does_not_build() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("other.py"), "x = 1\n").expect("a file");
    let submission = Submission::open(dir.path(), &IntakeLimits::default()).expect("accepted");
    let request = GradeRequest { submission: Arc::new(submission), ..visible() };
    let Checked::Done(check) = check(request, script(&tiny(), &[])).await else {
        panic!("it is the candidate's")
    };
    assert!(!check.builds && !check.imports);
    assert_eq!(check.problem.expect("a problem").code, "missing_files");
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_ours_tells_the_candidate_nothing() {
    let down = Script { failing_launches: 100, ..script(&tiny(), &[]) };
    let leaks = script(&tiny(), &[(ADDS, &[Act::Leaks])]);
    for (script, code) in [(down, "engine_down"), (leaks, "suite_leaks")] {
        match check(visible(), script).await {
            Checked::Unavailable(fault) => assert_eq!(fault.code, code),
            Checked::Done(check) => panic!("{check:?}"),
        }
    }
}
