//! Nothing outlives a grading, however it ends.

mod common;

use std::{process::ExitStatus, time::Duration};

use bollard::Docker;
use common::{Running, containers_of, hanging, pair_of};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

fn grading(submission: &tempfile::TempDir) -> Running {
    let path = submission.path().to_str().expect("a path");
    Running::start(&["--challenges", common::TINY, "grade", path, "--challenge", "tiny"])
}

fn signal(grading: &Running, signal: Signal) {
    let pid = i32::try_from(grading.pid()).expect("a pid");
    kill(Pid::from_raw(pid), signal).expect("a signal is sent");
}

fn wait(grading: &mut Running) -> ExitStatus {
    grading.0.wait().expect("it ends")
}

async fn assert_gone(docker: &Docker, pid: u32) {
    let left = containers_of(docker, pid).await;
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_grading_finishes_and_leaves_nothing() {
    let Some(docker) = common::engine().await else { return };
    let submission = hanging();
    let mut grading = grading(&submission);
    pair_of(&docker, grading.pid()).await;
    signal(&grading, Signal::SIGINT);
    // Each of three calls is killed after five seconds: the grading ends by itself.
    assert_eq!(wait(&mut grading).code(), Some(130));
    assert_gone(&docker, grading.pid()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_interrupt_and_a_termination_kill_and_leave_nothing() {
    let Some(docker) = common::engine().await else { return };
    for signals in [[Signal::SIGINT, Signal::SIGINT].as_slice(), &[Signal::SIGTERM]] {
        let submission = hanging();
        let mut grading = grading(&submission);
        pair_of(&docker, grading.pid()).await;
        for each in signals {
            signal(&grading, *each);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(wait(&mut grading).code(), Some(130), "{signals:?}");
        assert_gone(&docker, grading.pid()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_next_command_clears_what_a_killed_process_left() {
    let Some(docker) = common::engine().await else { return };
    let submission = hanging();
    let mut grading = grading(&submission);
    let [judge, candidate] = pair_of(&docker, grading.pid()).await;
    signal(&grading, Signal::SIGKILL);
    wait(&mut grading);
    let next = common::run(&["--challenges", common::TINY, "challenge", "list"]);
    assert!(next.status.success());
    assert_gone(&docker, grading.pid()).await;
    for container in [judge, candidate] {
        let pid = container.state.and_then(|state| state.pid).expect("a pid");
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "process {pid} is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_process_keeps_its_containers_when_another_sweeps() {
    let Some(docker) = common::engine().await else { return };
    let submission = hanging();
    let grading = grading(&submission);
    pair_of(&docker, grading.pid()).await;
    assert!(common::run(&["--challenges", common::TINY, "challenge", "list"]).status.success());
    assert_eq!(containers_of(&docker, grading.pid()).await.len(), 2);
}
