//! How gradings are driven, over a scripted sandbox and paused time: milliseconds, no engine.

#[path = "common/scripted.rs"]
mod scripted;

use std::sync::{Arc, Mutex};

use scripted::{ADDS, FIRST, LARGE, collected, grade, outcome, request, script, tiny};
use takehome::{
    challenge::{Canary, CollectedTest},
    domain::{TestOutcome, Verdict},
    run::{Event, GradeRequest, Job, Listener, Runner, Shutdown, TestOrder, run_batch, silent},
    sandbox::fake::{Act, FakeSandbox},
};

#[tokio::test(start_paused = true)]
async fn a_right_solution_gets_100_in_one_pair() {
    let challenge = tiny();
    let script = script(&challenge, &[]);
    let (report, sandbox) = grade(challenge, script).await;
    assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)));
    assert_eq!(report.provenance.seed, 7);
    assert_eq!(sandbox.launched(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_judge_serves_the_next_grading_of_its_suite_and_no_other() {
    let challenge = tiny();
    let sandbox = FakeSandbox::new(script(&challenge, &[]));
    let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
    let kill = Shutdown::default().kill;
    let mut other = tiny();
    other.lock.as_mut().expect("a lock").canary = Canary::random();
    for (challenge, launched) in [(tiny(), 2), (tiny(), 3), (other, 5), (tiny(), 6)] {
        let report = runner.grade(request(challenge), &kill).await.expect("a report");
        assert_eq!(report.score, Some(100.0));
        assert_eq!(sandbox.launched(), launched);
    }
    assert_eq!(sandbox.live(), 2, "one judge a suite");
    runner.close().await;
    assert_eq!(sandbox.live(), 0);
}

/// Lets what runs in the background get as far as it can.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn containers_are_started_ahead_of_gradings_that_are_to_come() {
    let challenge = tiny();
    let sandbox = FakeSandbox::new(script(&challenge, &[]));
    let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
    let request = || request(tiny());
    runner.expect(4);
    let mut launched = Vec::new();
    for _ in 0..4 {
        let report = runner.grade(request(), &Shutdown::default().kill).await.expect("a report");
        assert_eq!(report.score, Some(100.0));
        settle().await;
        launched.push(sandbox.launched());
    }
    // A pair; the next candidate's container and a spare pair; the one after that; the last is there.
    assert_eq!(launched, [5, 6, 6, 6]);
    assert_eq!(sandbox.live(), 2, "what was idle is kept until the end");
    runner.close().await;
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_container_that_was_prepared_for_other_limits_serves_nobody() {
    let challenge = tiny();
    let sandbox = FakeSandbox::new(script(&challenge, &[]));
    let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
    runner.expect(2);
    for memory in [1 << 28, 1 << 29] {
        let mut challenge = tiny();
        challenge.manifest.limits.memory = memory;
        let report =
            runner.grade(request(challenge), &Shutdown::default().kill).await.expect("a report");
        assert_eq!(report.score, Some(100.0));
        settle().await;
    }
    assert_eq!(sandbox.launched(), 4, "a judge, two that served and one that was of no use");
    runner.close().await;
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_hosts_deadline_costs_only_the_test_that_hangs() {
    let challenge = tiny();
    let script = script(&challenge, &[(LARGE, &[Act::Hang])]);
    let (report, sandbox) = grade(challenge, script).await;
    assert_eq!(report.verdict, Verdict::Graded);
    assert_eq!(outcome(&report, LARGE), TestOutcome::TimedOut);
    let passed = report.tests.iter().filter(|test| test.outcome == TestOutcome::Passed).count();
    assert_eq!(passed, report.tests.len() - 1);
    assert_eq!(sandbox.launched(), 4, "the killed pair is replaced");
}

#[tokio::test(start_paused = true)]
async fn a_unit_whose_tests_all_hang_does_not_take_a_deadline_each() {
    let challenge = tiny();
    let mut script = script(&challenge, &[(ADDS, &[Act::Hang]), (LARGE, &[Act::Hang])]);
    script.tests.iter_mut().for_each(|test| test.unit = "shared".into());
    let begun = tokio::time::Instant::now();
    let timeout = challenge.manifest.limits.test_timeout;
    let (report, _) = grade(challenge, script).await;
    assert_eq!(outcome(&report, ADDS), TestOutcome::TimedOut);
    assert_eq!(outcome(&report, LARGE), TestOutcome::TimedOut);
    assert!(begun.elapsed() < timeout * 3);
}

#[tokio::test(start_paused = true)]
async fn a_candidate_that_cannot_be_cleaned_is_replaced_and_noted() {
    let challenge = tiny();
    let script = script(&challenge, &[(FIRST, &[Act::Dirty])]);
    let (report, sandbox) = grade(challenge, script).await;
    assert_eq!(report.score, Some(100.0));
    assert_eq!(sandbox.launched(), 4, "judge and candidate share a network namespace");
    assert_eq!(report.integrity.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_suite_that_is_not_the_sealed_one_is_the_authors_fault() {
    let challenge = tiny();
    let mut fewer = script(&challenge, &[]);
    fewer.tests.pop();
    let mut more = script(&challenge, &[]);
    more.tests
        .push(CollectedTest { id: "test_total.py::test_new".into(), ..more.tests[0].clone() });
    for wrong in [fewer, more] {
        let (report, _) = grade(tiny(), wrong).await;
        assert_eq!((report.verdict, report.score), (Verdict::AuthorFault, None));
    }
    let mut unsealed = tiny();
    unsealed.lock = None;
    let script = script(&challenge, &[]);
    assert_eq!(grade(unsealed, script).await.0.verdict, Verdict::AuthorFault);
}

#[tokio::test(start_paused = true)]
async fn a_suite_that_shows_itself_to_the_candidate_is_the_authors_fault() {
    let challenge = tiny();
    let script = script(&challenge, &[(ADDS, &[Act::Leaks])]);
    let (report, _) = grade(challenge, script).await;
    assert_eq!((report.verdict, report.score), (Verdict::AuthorFault, None));
    assert_eq!(report.fault.expect("a fault").code, "suite_leaks");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_import_is_the_candidates_fault() {
    for (reason, code) in [
        ("import_error", "does_not_import"),
        ("timed_out", "hangs_at_import"),
        ("exited", "exits_at_import"),
        ("out_of_memory", "out_of_memory_at_import"),
    ] {
        let challenge = tiny();
        let mut script = script(&challenge, &[]);
        script.probe = Some(reason);
        let (report, _) = grade(challenge, script).await;
        assert_eq!(report.verdict, Verdict::CandidateFault);
        assert_eq!(report.fault.expect("a fault").code, code);
    }
}

#[tokio::test(start_paused = true)]
async fn the_gradings_deadline_leaves_the_rest_not_run() {
    let mut challenge = tiny();
    challenge.manifest.limits.grading_timeout = challenge.manifest.limits.test_timeout / 2;
    let script = script(&challenge, &[(ADDS, &[Act::Hang])]);
    let (report, _) = grade(challenge, script).await;
    assert_eq!(report.verdict, Verdict::Graded);
    assert_eq!(outcome(&report, ADDS), TestOutcome::TimedOut);
    assert_eq!(outcome(&report, FIRST), TestOutcome::NotRun);
}

#[tokio::test(start_paused = true)]
async fn lanes_share_the_units_and_every_test_runs_once() {
    let mut challenge = tiny();
    challenge.manifest.limits.lanes = 3;
    let script = script(&challenge, &[]);
    let sandbox = FakeSandbox::new(script);
    let finished: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = finished.clone();
    let listener: Listener = Arc::new(move |event| {
        if let Event::TestFinished { id, .. } = event {
            seen.lock().expect("a lock").push(id);
        }
    });
    let runner = Runner::new(Arc::new(sandbox.clone()), listener).await.expect("a runner");
    let request = request(challenge);
    let report = runner.grade(request, &Shutdown::default().kill).await.expect("a report");
    assert_eq!(report.score, Some(100.0));
    let mut ids = finished.lock().expect("a lock").clone();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), report.tests.len());
    assert!((1..=3).contains(&sandbox.live()), "a judge of each lane is kept");
    runner.close().await;
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn draining_finishes_what_runs_and_starts_nothing_new() {
    let challenge = tiny();
    let sandbox = FakeSandbox::new(script(&challenge, &[]));
    let shutdown = Shutdown::default();
    let drain = shutdown.drain.clone();
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::TestsStarted { .. }) {
            drain.cancel();
        }
    });
    let runner = Runner::new(Arc::new(sandbox.clone()), listener).await.expect("a runner");
    let jobs = (0..4).map(|_| Job::Grade(request(tiny()))).collect();
    let results = run_batch(&runner, jobs, 1, &shutdown).await;
    let done: Vec<bool> = results.iter().map(Option::is_some).collect();
    assert_eq!(done, [true, false, false, false]);
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn killing_stops_at_once_and_leaves_no_container() {
    let challenge = tiny();
    let sandbox = FakeSandbox::new(script(&challenge, &[(ADDS, &[Act::Hang])]));
    let shutdown = Shutdown::default();
    let kill = shutdown.kill.clone();
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::TestsStarted { .. }) {
            kill.cancel();
        }
    });
    let runner = Runner::new(Arc::new(sandbox.clone()), listener).await.expect("a runner");
    let results = run_batch(&runner, vec![Job::Grade(request(challenge))], 1, &shutdown).await;
    assert!(results[0].is_none());
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_shuffled_order_is_another_for_another_seed_and_runs_every_test_once() {
    let mut orders = Vec::new();
    for seed in [1, 1, 2] {
        let challenge = tiny();
        let sandbox = FakeSandbox::new(script(&challenge, &[]));
        let finished: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = finished.clone();
        let listener: Listener = Arc::new(move |event| {
            if let Event::TestFinished { id, .. } = event {
                seen.lock().expect("a lock").push(id);
            }
        });
        let runner = Runner::new(Arc::new(sandbox), listener).await.expect("a runner");
        let request = (*request(challenge)).clone();
        let request = Arc::new(GradeRequest { order: TestOrder::Shuffled(seed), ..request });
        let report = runner.grade(request, &Shutdown::default().kill).await.expect("a report");
        assert_eq!(report.score, Some(100.0));
        orders.push(finished.lock().expect("a lock").clone());
    }
    assert_eq!(orders[0], orders[1]);
    assert_ne!(orders[0], orders[2]);
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_ends_a_grading_that_asks_for_it_and_leaves_no_container() {
    for lanes in [1, 3] {
        let mut challenge = tiny();
        challenge.manifest.limits.lanes = lanes;
        let acts: &[(&str, &[Act])] =
            &[(ADDS, &[Act::End(TestOutcome::Failed)]), (LARGE, &[Act::Hang])];
        let sandbox = FakeSandbox::new(script(&challenge, acts));
        let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
        let test_timeout = challenge.manifest.limits.test_timeout;
        // The test that hangs comes last, or runs beside the one that fails.
        let took = [(ADDS.to_owned(), 1), (LARGE.to_owned(), 9)].into();
        let request = GradeRequest {
            stop_at_first_failure: true,
            order: TestOrder::ShortestFirst(Arc::new(took)),
            ..(*request(challenge)).clone()
        };
        let begun = tokio::time::Instant::now();
        let report =
            runner.grade(Arc::new(request), &Shutdown::default().kill).await.expect("a report");
        assert_eq!(report.verdict, Verdict::Graded);
        assert_eq!(outcome(&report, ADDS), TestOutcome::Failed);
        assert_eq!(outcome(&report, LARGE), TestOutcome::NotRun);
        assert!(begun.elapsed() < test_timeout, "what hangs was waited for");
        runner.close().await;
        assert_eq!(sandbox.live(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn short_units_come_first_when_asked_for() {
    let challenge = tiny();
    let sandbox = FakeSandbox::new(script(&challenge, &[]));
    let finished: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = finished.clone();
    let listener: Listener = Arc::new(move |event| {
        if let Event::TestFinished { id, .. } = event {
            seen.lock().expect("a lock").push(id);
        }
    });
    let runner = Runner::new(Arc::new(sandbox), listener).await.expect("a runner");
    let ids: Vec<String> = collected(&challenge).into_iter().map(|test| test.id).collect();
    let took = ids.iter().rev().cloned().zip(1..).collect();
    let order = TestOrder::ShortestFirst(Arc::new(took));
    let request = Arc::new(GradeRequest { order, ..(*request(challenge)).clone() });
    runner.grade(request, &Shutdown::default().kill).await.expect("a report");
    let expected: Vec<String> = ids.into_iter().rev().collect();
    assert_eq!(*finished.lock().expect("a lock"), expected);
}
