//! What the machine does to gradings is never the candidate's doing: over a scripted sandbox and paused
//! time.

#[path = "common/scripted.rs"]
mod scripted;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use scripted::{ADDS, FIRST, LARGE, grade, outcome, request, script, tiny};
use takehome::{
    domain::{TestOutcome, Verdict},
    run::{Event, Job, Listener, Runner, Shutdown, run_batch, silent},
    sandbox::fake::{Act, FakeSandbox},
};

#[tokio::test(start_paused = true)]
async fn a_judge_that_an_ill_machine_may_have_met_serves_nobody() {
    let challenge = tiny();
    let hurt = [Act::End(TestOutcome::Passed), Act::MachineKills, Act::End(TestOutcome::Passed)];
    let sandbox = FakeSandbox::new(script(&challenge, &[(ADDS, &hurt)]));
    let runner = Runner::new(Arc::new(sandbox.clone()), silent()).await.expect("a runner");
    let kill = Shutdown::default().kill;
    runner.grade(request(tiny()), &kill).await.expect("a report");
    assert_eq!(sandbox.launched(), 2);
    let report = runner.grade(request(tiny()), &kill).await.expect("a report");
    assert_eq!(report.score, Some(100.0), "the second attempt");
    assert_eq!(sandbox.launched(), 5, "its first candidate, then a new pair");
    runner.close().await;
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_judge_that_ends_once_is_the_machines_doing_and_twice_in_one_test_the_candidates() {
    let challenge = tiny();
    let once = script(&challenge, &[(ADDS, &[Act::JudgeDies, Act::End(TestOutcome::Passed)])]);
    assert_eq!(grade(tiny(), once).await.0.score, Some(100.0));
    let always = script(&challenge, &[(ADDS, &[Act::JudgeDies])]);
    let (report, _) = grade(challenge, always).await;
    assert_eq!(report.verdict, Verdict::Graded);
    assert_eq!(outcome(&report, ADDS), TestOutcome::Crashed);
    let passed = report.tests.iter().filter(|test| test.outcome == TestOutcome::Passed).count();
    assert_eq!(passed, report.tests.len() - 1, "the others keep what they earned");
    assert!(!report.integrity.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_machine_out_of_memory_is_never_the_candidates_fault() {
    let passes = Act::End(TestOutcome::Passed);
    for act in [Act::MachineKills, Act::JudgeKilled] {
        let challenge = tiny();
        let once = script(&challenge, &[(ADDS, &[act, passes])]);
        let (report, _) = grade(challenge, once).await;
        assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)), "{act:?}");

        let challenge = tiny();
        let always = script(&challenge, &[(ADDS, &[act])]);
        let (report, _) = grade(challenge, always).await;
        assert_eq!((report.verdict, report.score), (Verdict::InfraFault, None), "{act:?}");
        assert_eq!(report.fault.expect("a fault").code, "killed_from_outside", "{act:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_over_its_own_limit_is_the_candidates_doing() {
    let challenge = tiny();
    // A full container's process 1 may end by SIGKILL before the engine knows why.
    let script = script(&challenge, &[(ADDS, &[Act::Exhausts]), (LARGE, &[Act::JudgeKilled])]);
    let (report, _) = grade(challenge, script).await;
    assert_eq!(report.verdict, Verdict::Graded);
    assert_eq!(outcome(&report, ADDS), TestOutcome::OutOfMemory);
    assert_eq!(outcome(&report, LARGE), TestOutcome::Crashed);
}

#[tokio::test(start_paused = true)]
async fn what_fails_while_others_have_the_cores_is_run_again() {
    let challenge = tiny();
    for starves in [Act::Starves, Act::StarvesAndHangs] {
        let acts: &[(&str, &[Act])] = &[(ADDS, &[starves, Act::End(TestOutcome::Passed)])];
        let script = script(&challenge, acts);
        let (report, sandbox) = grade(tiny(), script).await;
        assert_eq!((report.verdict, report.score), (Verdict::Graded, Some(100.0)), "{starves:?}");
        assert_eq!(sandbox.live(), 0);
    }
    let acts: &[(&str, &[Act])] = &[(ADDS, &[Act::Starves, Act::End(TestOutcome::Failed)])];
    let (report, _) = grade(tiny(), script(&challenge, acts)).await;
    assert_eq!(report.verdict, Verdict::Graded);
    assert_eq!(outcome(&report, ADDS), TestOutcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_grading_that_was_starved_starts_again_while_no_other_one_runs() {
    let challenge = tiny();
    let acts: &[(&str, &[Act])] =
        &[(ADDS, &[Act::Starves, Act::End(TestOutcome::Passed)]), (FIRST, &[Act::Hang])];
    let sandbox = FakeSandbox::new(script(&challenge, acts));
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = events.clone();
    let listener: Listener = Arc::new(move |event| seen.lock().expect("a lock").push(event));
    let runner = Runner::new(Arc::new(sandbox), listener).await.expect("a runner");
    let jobs = (0..6).map(|_| Job::Grade(request(tiny()))).collect();
    run_batch(&runner, jobs, 3, &Shutdown::default()).await;

    // By grading: whether it waits for its turn alone (false), or has it (true).
    let mut starved: BTreeMap<String, bool> = BTreeMap::new();
    for event in events.lock().expect("a lock").iter() {
        let (id, starts, ends) = match event {
            Event::Retrying { grading, attempt: 2, .. } => {
                starved.insert(grading.clone(), false);
                continue;
            }
            // Its place is taken before, and containers are started.
            Event::GradingStarted { .. } | Event::Retrying { .. } => continue,
            Event::TestsStarted { grading, .. } => (grading, true, false),
            Event::TestFinished { grading, .. } => (grading, false, false),
            Event::GradingFinished { grading, .. } => (grading, false, true),
        };
        let others = starved.iter().filter(|(other, alone)| **alone && *other != id);
        assert_eq!(others.count(), 0, "{id} runs beside one that was starved");
        if let Some(alone) = starved.get_mut(id) {
            *alone = (*alone || starts) && !ends;
        }
    }
    assert!(!starved.is_empty(), "nothing was starved");
}

#[tokio::test(start_paused = true)]
async fn what_is_late_on_a_machine_that_stays_busy_is_never_scored() {
    let challenge = tiny();
    let acts: &[(&str, &[Act])] = &[(ADDS, &[Act::StarvesAndHangs])];
    let (report, sandbox) = grade(tiny(), script(&challenge, acts)).await;
    assert_eq!((report.verdict, report.score), (Verdict::InfraFault, None));
    assert_eq!(report.fault.expect("a fault").code, "machine_too_busy");
    assert_eq!(sandbox.live(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_fails_again_and_again_for_another_reason_than_time_is_believed() {
    let challenge = tiny();
    let (report, _) = grade(tiny(), script(&challenge, &[(ADDS, &[Act::Starves])])).await;
    assert_eq!(report.verdict, Verdict::Graded);
    assert_eq!(outcome(&report, ADDS), TestOutcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_comes_back_is_waited_for() {
    let challenge = tiny();
    let mut back = script(&challenge, &[]);
    back.failing_launches = 1;
    assert_eq!(grade(tiny(), back).await.0.score, Some(100.0));
    let mut restarted = script(&challenge, &[]);
    restarted.silent_pings = 20;
    assert_eq!(grade(tiny(), restarted).await.0.score, Some(100.0));
    let mut stopped = script(&challenge, &[]);
    stopped.silent_pings = usize::MAX;
    assert_eq!(grade(tiny(), stopped).await.0.verdict, Verdict::InfraFault);
    let mut gone = script(&challenge, &[]);
    gone.failing_launches = usize::MAX;
    let (report, _) = grade(challenge, gone).await;
    assert_eq!(report.verdict, Verdict::InfraFault);
}
