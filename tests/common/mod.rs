//! What the tests of the real engine share.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod new_challenge;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use bollard::{
    Docker,
    exec::StartExecResults,
    models::{ContainerInspectResponse, ContainerSummary, ExecConfig},
    query_parameters::{InspectContainerOptions, ListContainersOptionsBuilder},
};
use futures_util::StreamExt as _;
use serde_json::Value;

pub const TINY: &str = "tests/fixtures/challenges";

/// The engine, or `None` with a loud message where there is none; in CI that is a failure.
pub async fn engine() -> Option<Docker> {
    let docker = Docker::connect_with_defaults().expect("DOCKER_HOST is valid");
    match docker.negotiate_version().await {
        Ok(docker) => {
            images();
            Some(docker)
        }
        Err(error) => {
            assert!(
                std::env::var_os("TAKEHOME_REQUIRE_ENGINE").is_none(),
                "TAKEHOME_REQUIRE_ENGINE is set and no engine answers: {error}"
            );
            eprintln!("\n*** NOT TESTED: no container engine answers ({error}); start one ***\n");
            None
        }
    }
}

/// Whether it is Podman that answers (docs/podman.md).
pub async fn is_podman(docker: &Docker) -> bool {
    let components = docker.version().await.expect("a version").components.unwrap_or_default();
    components.iter().any(|component| component.name == "Podman Engine")
}

/// Builds the images once, so that no test's own bound has to allow for it.
fn images() {
    static BUILT: std::sync::Once = std::sync::Once::new();
    BUILT.call_once(|| {
        let output = run(&["image", "build"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, with a home of the tests' own.
pub fn takehome(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_takehome"));
    command
        .current_dir(root())
        .args(args)
        .env("TAKEHOME_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("home"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    if args.contains(&"grade") && !args.contains(&"--help") {
        // Tests ask what a grading does now, not what an earlier run of theirs has in the store.
        command.arg("--again");
    }
    command
}

/// Grades one submission by the tiny challenge; the exit code and the report.
pub fn grade_tiny(path: &Path) -> (i32, Value) {
    let path = path.to_str().expect("a UTF-8 path");
    let output =
        run(&["--challenges", TINY, "grade", path, "--challenge", "tiny", "--format", "json"]);
    (output.status.code().expect("an exit code"), json(&output))
}

pub fn run(args: &[&str]) -> Output {
    takehome(args).output().expect("takehome runs")
}

pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("not JSON ({error}): {}", String::from_utf8_lossy(&output.stderr))
    })
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    dir
}

/// A submission of the tiny challenge whose functions never return: 25 s of a running pair.
pub fn hanging() -> tempfile::TempDir {
    folder(&[(
        "tiny.py",
        "import time\n\n\ndef total(numbers):\n    time.sleep(3600)\n\n\nfirst = total\n",
    )])
}

/// A running `takehome`, killed when the test ends.
pub struct Running(pub Child);

impl Running {
    pub fn start(args: &[&str]) -> Self {
        let mut command = takehome(args);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        Self(command.spawn().expect("takehome starts"))
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Containers that the process `pid` started.
pub async fn containers_of(docker: &Docker, pid: u32) -> Vec<ContainerSummary> {
    let filters = HashMap::from([("label", vec!["takehome.run"])]);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    let mut all = docker.list_containers(Some(options.clone())).await;
    // Podman's `stopped`, for the moment between end and cleanup, is no state of the API.
    while let Err(bollard::errors::Error::JsonDataError { .. }) = all {
        tokio::time::sleep(Duration::from_millis(100)).await;
        all = docker.list_containers(Some(options.clone())).await;
    }
    let of_pid = |container: &ContainerSummary| {
        let labels = container.labels.as_ref().expect("labels");
        labels["takehome.owner"].split(' ').nth(3) == Some(&pid.to_string())
    };
    all.expect("a list").into_iter().filter(of_pid).collect()
}

/// Waits until the process has a running candidate container in which a worker runs candidate
/// code, and returns judge and candidate.
pub async fn pair_of(docker: &Docker, pid: u32) -> [ContainerInspectResponse; 2] {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        assert!(Instant::now() < deadline, "no pair of containers came up");
        let mut found: [Option<ContainerInspectResponse>; 2] = [None, None];
        for container in containers_of(docker, pid).await {
            let id = container.id.expect("an id");
            let Ok(inspected) =
                docker.inspect_container(&id, None::<InspectContainerOptions>).await
            else {
                continue;
            };
            let labels = container.labels.expect("labels");
            found[usize::from(labels["takehome.role"] == "candidate")] = Some(inspected);
        }
        if let [Some(judge), Some(candidate)] = found {
            let id = candidate.id.as_deref().expect("an id");
            // Process 1, a worker and the listing itself.
            let ps = once(docker, id, "0:0", &["/bin/sh", "-c", "ls -d /proc/[0-9]*"]).await;
            if ps.lines().count() >= 3 {
                return [judge, candidate];
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Output of a command that root, without capabilities, runs in a container.
pub async fn exec(docker: &Docker, id: &str, argv: &[&str]) -> String {
    exec_as(docker, id, "0:0", argv).await
}

/// Output of a command that a user runs in a container.
///
/// The agent kills everything at the end of a scenario, commands of ours included: a command that
/// did not come to its end is tried again, and its silence never taken for an answer.
pub async fn exec_as(docker: &Docker, id: &str, user: &str, argv: &[&str]) -> String {
    const END: &str = "~~end~~";
    let script = format!("\"$@\"; echo {END}");
    let wrapped: Vec<&str> =
        ["/bin/sh", "-c", &script, "sh"].into_iter().chain(argv.iter().copied()).collect();
    for _ in 0..10 {
        let text = once(docker, id, user, &wrapped).await;
        if let Some(text) = text.trim_end().strip_suffix(END) {
            return text.to_owned();
        }
    }
    panic!("{argv:?} never came to its end");
}

async fn once(docker: &Docker, id: &str, user: &str, argv: &[&str]) -> String {
    let config = ExecConfig {
        cmd: Some(argv.iter().map(|arg| (*arg).to_owned()).collect()),
        user: Some(user.to_owned()),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..Default::default()
    };
    let Ok(created) = docker.create_exec(id, config).await else { return String::new() };
    let Ok(StartExecResults::Attached { mut output, .. }) =
        docker.start_exec(&created.id, None).await
    else {
        return String::new();
    };
    let mut text = String::new();
    while let Some(Ok(chunk)) = output.next().await {
        text.push_str(&String::from_utf8_lossy(&chunk.into_bytes()));
    }
    text
}

/// The challenges of this repository that are finished, which their lock says.
pub fn sealed_challenges() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root().join("challenges")).expect("challenges");
    let mut dirs: Vec<PathBuf> = folders.map(|entry| entry.expect("an entry").path()).collect();
    dirs.retain(|dir| dir.join("suite.lock").is_file());
    dirs.sort();
    assert!(!dirs.is_empty(), "there is a sealed challenge");
    dirs
}

pub fn sample(name: &str) -> PathBuf {
    root().join(TINY).join("tiny/samples").join(name)
}
