//! Faults of ours: an engine that goes away or is slow, a judge that is killed. Whatever happens, the
//! result is that of an undisturbed grading, or an infrastructure fault; never a score.

mod common;
#[path = "common/engine_proxy.rs"]
mod engine_proxy;

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use bollard::{Docker, query_parameters::KillContainerOptionsBuilder};
use common::{containers_of, folder, pair_of, takehome};
use engine_proxy::EngineProxy;
use serde_json::Value;
use takehome::{
    challenge::Challenge,
    domain::Verdict,
    image::Provisioner,
    run::{GradeRequest, Runner, Shutdown, silent},
    sandbox::{ImagePair, docker::DockerSandbox},
    submission::{IntakeLimits, Submission},
};
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

/// An image that is there and does not work, as after a crash of the machine; removed when dropped.
struct Damaged(&'static str);

impl Damaged {
    fn copy_of(image: &str, tag: &'static str) -> Self {
        let context = folder(&[(
            "Dockerfile",
            &format!(
                "FROM {image}\nRUN rm -r /opt/takehome/lib/python3.13/site-packages/takehome_*\n"
            ),
        )]);
        let built = Command::new("docker")
            .args(["build", "--quiet", "--tag", tag])
            .arg(context.path())
            .output()
            .expect("the engine's client");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self(tag)
    }
}

impl Drop for Damaged {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rmi", "--force", self.0]).output();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn images_that_are_missing_or_damaged_are_the_machines_fault_and_never_a_score() {
    if common::engine().await.is_none() {
        return;
    }
    let sandbox = Arc::new(DockerSandbox::connect(None).await.expect("an engine"));
    let challenge = common::root().join(common::TINY).join("tiny");
    let challenge = Arc::new(Challenge::load(&challenge).expect("tiny"));
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home");
    let provisioner = Provisioner::new(&sandbox, &home, &|_| {}).expect("a provisioner");
    let sound = provisioner.for_challenge(&challenge).await.expect("images");
    let judge = Damaged::copy_of(&sound.judge, "takehome-test-damaged:judge");
    let candidate = Damaged::copy_of(&sound.candidate, "takehome-test-damaged:candidate");
    let submission = challenge.dir.join("reference");
    let submission = Submission::open(&submission, &IntakeLimits::default()).expect("a submission");
    let submission = Arc::new(submission);
    let runner = Runner::new(sandbox.clone(), silent()).await.expect("a runner");
    for (images, code) in [
        (ImagePair { judge: judge.0.into(), ..sound.clone() }, "container_ended"),
        (ImagePair { candidate: candidate.0.into(), ..sound.clone() }, "container_ended"),
        (
            ImagePair { candidate: "takehome-test-missing:candidate".into(), ..sound },
            "image_missing",
        ),
    ] {
        let request = GradeRequest::new(challenge.clone(), submission.clone(), 1, images);
        let report = runner.grade(Arc::new(request), &Shutdown::default().kill).await;
        let report = report.expect("a report");
        let fault = report.fault.expect("a fault");
        assert_eq!((report.verdict, report.score), (Verdict::InfraFault, None), "{fault:?}");
        assert_eq!(fault.code, code, "{fault:?}");
        assert!(fault.remedy.contains("takehome image"), "{}", fault.remedy);
    }
    runner.close().await;
    sandbox.close().await;
}
