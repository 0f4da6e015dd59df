//! Faults of ours: an engine that goes away or is slow, a judge that is killed. Whatever happens, the
//! result is that of an undisturbed grading, or an infrastructure fault; never a score.

mod common;
#[path = "common/engine_proxy.rs"]
mod engine_proxy;

use std::{
    process::{Child, Stdio},
    time::Duration,
};

use bollard::{Docker, query_parameters::KillContainerOptionsBuilder};
use common::{containers_of, folder, pair_of, takehome};
use engine_proxy::EngineProxy;
use serde_json::Value;
use tempfile::TempDir;

/// A right solution that takes long enough for something to happen meanwhile.
fn slow() -> TempDir {
    let text = "import time\n\
        def total(numbers):\n    time.sleep(1)\n    return sum(numbers)\n\
        def first(numbers):\n    return numbers[0]\n";
    folder(&[("tiny.py", text)])
}

/// Begins to grade `submission` with the engine at `host`.
fn begin(submission: &TempDir, host: &str) -> Child {
    let path = submission.path().to_str().expect("a path");
    let args =
        ["--challenges", common::TINY, "grade", path, "--challenge", "tiny", "--format", "json"];
    takehome(&args)
        .env("DOCKER_HOST", host)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("takehome starts")
}

/// Waits for its end: exit code, report, standard error.
async fn end(grading: Child) -> (i32, Value, String) {
    let output = tokio::task::spawn_blocking(|| grading.wait_with_output())
        .await
        .expect("no panic")
        .expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().expect("an exit code"), report, errors)
}

async fn assert_gone(docker: &Docker, pid: u32) {
    let left = containers_of(docker, pid).await;
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_restarted_costs_time_and_nothing_else() {
    let Some(docker) = common::engine().await else { return };
    let mut proxy = EngineProxy::start(Duration::ZERO);
    let submission = slow();
    let grading = begin(&submission, &proxy.host());
    let pid = grading.id();
    pair_of(&docker, pid).await;
    proxy.cut().await;
    // Longer than all retries would take that do not wait for the engine.
    tokio::time::sleep(Duration::from_secs(12)).await;
    proxy.mend();
    let (code, report, errors) = end(grading).await;
    assert_eq!((code, &report["score"]), (0, &Value::from(100.0)), "{report:#} {errors}");
    assert_gone(&docker, pid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_engine_is_only_slow() {
    let Some(docker) = common::engine().await else { return };
    let proxy = EngineProxy::start(Duration::from_millis(700));
    let submission = slow();
    let grading = begin(&submission, &proxy.host());
    let pid = grading.id();
    let (code, report, errors) = end(grading).await;
    assert_eq!((code, &report["score"]), (0, &Value::from(100.0)), "{report:#} {errors}");
    assert_gone(&docker, pid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_the_machines_fault_and_never_a_score() {
    if common::engine().await.is_none() {
        return;
    }
    let proxy = EngineProxy::with_full_disk();
    let (code, report, _) = end(begin(&slow(), &proxy.host())).await;
    assert_eq!((code, &report["verdict"]), (5, &Value::from("infra_fault")), "{report:#}");
    assert!(report["score"].is_null());
    let message = report["fault"]["message"].as_str().expect("a message");
    assert!(message.contains("no space left on device"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_is_killed_costs_a_retry() {
    let Some(docker) = common::engine().await else { return };
    let submission = slow();
    let host = std::env::var("DOCKER_HOST").unwrap_or("unix:///var/run/docker.sock".into());
    let grading = begin(&submission, &host);
    let pid = grading.id();
    let [judge, _] = pair_of(&docker, pid).await;
    let kill = KillContainerOptionsBuilder::new().signal("KILL").build();
    docker.kill_container(&judge.id.expect("an id"), Some(kill)).await.expect("killed");
    let (code, report, errors) = end(grading).await;
    assert_eq!((code, &report["score"]), (0, &Value::from(100.0)), "{report:#} {errors}");
    assert_gone(&docker, pid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_is_used_when_the_engine_offers_it_and_refused_by_name_when_not() {
    let Some(docker) = common::engine().await else { return };
    let offered = docker.info().await.expect("facts").runtimes.expect("runtimes");
    let name = offered.keys().min().expect("a runtime");
    let output = common::run(&["doctor", "--try", "--runtime", name, "--format", "json"]);
    let findings = common::json(&output);
    let pair = findings
        .as_array()
        .expect("findings")
        .iter()
        .find(|finding| finding["subject"] == "a pair")
        .expect("it was tried");
    assert_eq!(pair["state"], "ok", "{pair}");

    let output = common::run(&["doctor", "--runtime", "no-such-runtime"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{errors}");
    assert!(errors.contains("no-such-runtime") && errors.contains(name.as_str()), "{errors}");
}
