//! The timing part of a grading, over a scripted sandbox and paused time.

#[path = "common/scripted.rs"]
mod scripted;

use takehome::{
    challenge::{Challenge, TimingKind, TimingPlan},
    domain::{
        Report, TestOutcome, Verdict,
        timing::{Plan, Side, TimingVerdict},
    },
    run::GradeRequest,
    sandbox::fake::{Act, Script},
};

const REFERENCE_NS: u64 = 5_000_000;

/// The tiny challenge with a plan that is a part of gradings.
fn tiny() -> Challenge {
    let mut challenge = scripted::tiny();
    challenge.manifest.timing = vec![TimingPlan {
        name: "total".into(),
        summary: "CPU of a total".into(),
        kind: TimingKind::Calls,
        driver: "timing_total.py".into(),
        target: Some("tiny:total".into()),
        unit: "numbers".into(),
        graded: true,
        memory: false,
        plan: Plan { sizes: vec![1000], ..Plan::default() },
    }];
    challenge
}

async fn grade(timed: bool, timings: Vec<(u64, u64)>, first: Option<Act>) -> Report {
    let challenge = tiny();
    let tests = scripted::collected(&challenge);
    let acts = first.map(|act| (tests[0].id.clone(), vec![act])).into_iter().collect();
    let script = Script { tests, acts, timings, ..Script::default() };
    let request = GradeRequest { timed, ..(*scripted::request(challenge)).clone() };
    let (report, _) = scripted::graded(request, script).await;
    assert_eq!(report.verdict, Verdict::Graded);
    report
}

fn verdict(report: &Report) -> TimingVerdict {
    let timings = report.timing.as_deref().expect("a timing part");
    timings[0].report.as_ref().expect("figures").verdict
}

#[tokio::test(start_paused = true)]
async fn what_is_slower_is_said_and_costs_nothing() {
    let report = grade(true, vec![(2 * REFERENCE_NS, REFERENCE_NS)], None).await;
    assert_eq!((verdict(&report), report.score), (TimingVerdict::Slower, Some(100.0)));
    let report = grade(true, vec![(REFERENCE_NS, REFERENCE_NS)], None).await;
    assert_eq!((verdict(&report), report.score), (TimingVerdict::Same, Some(100.0)));
}

#[tokio::test(start_paused = true)]
async fn a_noisy_machine_is_told_and_costs_nothing() {
    // Whatever the code is, process pairs say anything from half to one and a half.
    let noise = |n: u64| REFERENCE_NS / 2 + REFERENCE_NS / 10 * (n * 7 % 11);
    let timings = (0..40_u64).map(|n| (noise(n), REFERENCE_NS)).collect();
    let report = grade(true, timings, None).await;
    assert_eq!((verdict(&report), report.score), (TimingVerdict::TooNoisy, Some(100.0)));
}

#[tokio::test(start_paused = true)]
async fn a_side_that_fails_while_it_is_timed_keeps_its_score() {
    let report = grade(true, Vec::new(), None).await;
    let timing = &report.timing.as_deref().expect("a timing part")[0];
    assert_eq!(timing.failed.as_ref().expect("a failure").side, Some(Side::Candidate));
    assert_eq!((timing.report.is_none(), report.score), (true, Some(100.0)));
}

#[tokio::test(start_paused = true)]
async fn only_what_is_right_and_asked_for_is_timed() {
    let same = vec![(REFERENCE_NS, REFERENCE_NS)];
    let wrong = grade(true, same.clone(), Some(Act::End(TestOutcome::Failed))).await;
    assert!(wrong.score < Some(100.0) && wrong.timing.is_none());
    assert!(grade(false, same, None).await.timing.is_none());
}
