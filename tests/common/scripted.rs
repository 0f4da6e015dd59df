//! Gradings over a scripted sandbox: milliseconds, no engine.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use takehome::{
    challenge::{Challenge, CollectedTest},
    domain::{Report, TestOutcome},
    run::{GradeRequest, Runner, Shutdown, silent},
    sandbox::{
        ImagePair,
        fake::{Act, FakeSandbox, Script},
    },
    submission::{IntakeLimits, Submission},
};

pub const ADDS: &str = "test_total.py::test_total_adds";
pub const LARGE: &str = "test_total.py::test_total_of_large_numbers_is_exact";
pub const FIRST: &str = "test_first.py::test_first_is_the_first";

pub fn tiny() -> Challenge {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/challenges/tiny");
    Challenge::load(&root).expect("the tiny challenge loads")
}

pub fn collected(challenge: &Challenge) -> Vec<CollectedTest> {
    let lock = challenge.lock.as_ref().expect("a lock");
    lock.tests
        .iter()
        .map(|test| CollectedTest {
            id: test.id.clone(),
            group: Some(test.group.clone()),
            unit: test.id.clone(),
            critical: test.critical,
        })
        .collect()
}

pub fn script(challenge: &Challenge, acts: &[(&str, &[Act])]) -> Script {
    let acts: BTreeMap<String, Vec<Act>> =
        acts.iter().map(|(id, acts)| ((*id).to_owned(), acts.to_vec())).collect();
    Script { tests: collected(challenge), acts, ..Script::default() }
}

pub fn request(challenge: Challenge) -> Arc<GradeRequest> {
    let submission = Submission::open(&challenge.dir.join("reference"), &IntakeLimits::default())
        .expect("the reference is accepted");
    let images = ImagePair { judge: "judge".into(), candidate: "candidate".into() };
    Arc::new(GradeRequest::new(Arc::new(challenge), Arc::new(submission), 7, images))
}

pub async fn grade(challenge: Challenge, script: Script) -> (Report, FakeSandbox) {
    graded((*request(challenge)).clone(), script).await
}

/// What comes of a grading, once nothing of it is left.
pub async fn graded(request: GradeRequest, script: Script) -> (Report, FakeSandbox) {
    let sandbox = FakeSandbox::new(script);
    let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
    let kill = Shutdown::default().kill;
    let report = runner.grade(Arc::new(request), &kill).await.expect("a report");
    assert!(sandbox.live() <= 1, "more than a judge is kept");
    runner.close().await;
    assert_eq!(sandbox.live(), 0, "containers are left");
    (report, sandbox)
}

pub fn outcome(report: &Report, id: &str) -> TestOutcome {
    report.tests.iter().find(|test| test.id == id).expect("a sealed test").outcome
}
