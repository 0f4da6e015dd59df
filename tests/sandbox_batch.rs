//! A batch on the real engine, killed twice and resumed: each submission gets one result, the one that
//! an undisturbed run gives.

mod common;

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use bollard::Docker;
use serde_json::Value;
use takehome::batch::Records;

const SUBMISSIONS: usize = 12;

/// Right and wrong solutions in turn, each with bytes of its own.
fn inbox(dir: &Path) {
    for number in 0..SUBMISSIONS {
        let from = common::root().join("tests/hostile").join(["right", "base"][number % 2]);
        let to = dir.join(format!("c{number:02}"));
        std::fs::create_dir_all(&to).expect("a folder");
        for name in ["trick.py", "work.py"] {
            let text = std::fs::read_to_string(from.join(name)).expect("a solution");
            std::fs::write(to.join(name), format!("{text}\n# {number}\n")).expect("a file");
        }
    }
}

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_takehome"));
    command
        .current_dir(common::root())
        .args(["--challenges", common::TINY, "--home"])
        .arg(home)
        .arg("grade")
        .args(args)
        .args(["--format", "json", "--jobs", "2"])
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// Starts the command and kills it once it has told of `results` results; its process id.
fn killed_after(results: usize, command: &mut Command) -> u32 {
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("takehome starts");
    let told = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut seen = 0;
    for line in told.lines() {
        let line = line.expect("a line");
        seen += usize::from(line.starts_with('['));
        if seen == results {
            break;
        }
    }
    assert_eq!(seen, results, "it ended too early");
    child.kill().expect("SIGKILL is sent");
    child.wait().expect("it ends");
    child.id()
}

/// What a report says of its submission, without what differs from run to run.
fn result(report: &Value) -> Value {
    let tests: BTreeMap<&str, &Value> = report["tests"]
        .as_array()
        .expect("tests")
        .iter()
        .map(|test| (test["id"].as_str().expect("an id"), &test["outcome"]))
        .collect();
    serde_json::json!({
        "verdict": report["verdict"],
        "score": report["score"],
        "fault": report["fault"]["code"],
        "seed": report["provenance"]["seed"],
        "sha256": report["provenance"]["submission_sha256"],
        "tests": tests,
    })
}

fn results(output: &std::process::Output) -> BTreeMap<String, Value> {
    let reports = common::json(output);
    let reports = reports.as_array().expect("a list").iter();
    reports.map(|one| (one["submission"].as_str().expect("a name").into(), result(one))).collect()
}

async fn assert_nothing_of(docker: &Docker, pids: &[u32]) {
    for pid in pids {
        let left = common::containers_of(docker, *pid).await;
        assert!(left.is_empty(), "left behind by {pid}: {left:?}");
    }
}

/// A list of right solutions of two challenges: four of `target`, then two of `tiny`.
fn round(dir: &Path) -> std::path::PathBuf {
    inbox(&dir.join("inbox"));
    let mut rows = String::from("candidate,archive,challenge\n");
    for number in [0, 2, 4, 6] {
        rows.push_str(&format!("a{number},inbox/c{number:02},target\n"));
    }
    for number in 0..2 {
        let from = common::root().join(common::TINY).join("tiny/reference/tiny.py");
        let to = dir.join(format!("tiny{number}"));
        std::fs::create_dir(&to).expect("a folder");
        let text = std::fs::read_to_string(from).expect("a solution");
        std::fs::write(to.join("tiny.py"), format!("{text}\n# {number}\n")).expect("a file");
        rows.push_str(&format!("a{number},tiny{number},\n"));
    }
    let list = dir.join("round.csv");
    std::fs::write(&list, rows).expect("a list");
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_of_two_challenges_goes_on_as_one_after_a_kill() {
    let Some(docker) = common::engine().await else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let list = round(dir.path());
    let fresh = ["--csv", list.to_str().expect("a path"), "--challenge", "tiny"];
    let home = dir.path().join("killed");
    let killed = killed_after(2, &mut command(&home, &fresh));
    let output = command(&home, &["--resume"]).output().expect("takehome runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let reports = common::json(&output);
    let scores: Vec<_> = reports
        .as_array()
        .expect("a list")
        .iter()
        .map(|report| (report["challenge"].as_str(), report["score"].as_f64()))
        .collect();
    let expected: Vec<_> = ["target", "target", "target", "target", "tiny", "tiny"]
        .map(|challenge| (Some(challenge), Some(100.0)))
        .to_vec();
    assert_eq!(scores, expected, "{said}");
    let output = command(&home, &["--resume", "1", "--challenge", "tiny"]).output();
    let tiny = common::json(&output.expect("takehome runs"));
    assert_eq!(tiny.as_array().map(Vec::len), Some(2), "of the round, one challenge");
    assert_nothing_of(&docker, &[killed]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_killed_twice_ends_as_if_nothing_had_happened() {
    let Some(docker) = common::engine().await else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let submissions = dir.path().join("inbox");
    inbox(&submissions);
    let submissions = submissions.to_str().expect("a path");
    let fresh = [submissions, "--challenge", "target"];

    let home = dir.path().join("killed");
    let first = killed_after(3, &mut command(&home, &fresh));
    let second = killed_after(2, &mut command(&home, &["--resume"]));
    let output = command(&home, &["--resume"]).output().expect("takehome runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains(&format!("of {SUBMISSIONS} are done")), "{said}");
    let resumed = results(&output);
    assert_eq!(resumed.len(), SUBMISSIONS);

    let records = Records::open(&home).await.expect("the store opens");
    let batch = records.store.newest(false).await.expect("read").expect("a batch");
    assert_eq!((batch.total as usize, batch.open), (SUBMISSIONS, 0));
    let mut lost = 0;
    for entry in records.store.entries(batch.id).await.expect("entries") {
        let told = records.store.audit(Some(&entry.grading)).await.expect("a trail");
        let count = |action: &str| told.iter().filter(|line| line.action == action).count();
        assert_eq!(count("finished"), 1, "{told:?}");
        lost += count("leased") - 1;
    }
    assert!(lost > 0, "something ran when it was killed");
    let problems = records.store.problems().await.expect("checked");
    assert_eq!(problems, Vec::<String>::new());

    let home = dir.path().join("undisturbed");
    let output = command(&home, &fresh).output().expect("takehome runs");
    assert_eq!(results(&output), resumed);

    let pages = dir.path().join("pages");
    let again =
        ["--resume", "1", "--candidate-pages", pages.to_str().expect("a path"), "--show", "score"];
    let output = command(&home, &again).output().expect("takehome runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(pages.join("001-c00.html")).expect("a page");
    assert!(page.contains("was graded") && page.contains("100"), "{page}");
    assert!(!page.contains("test_"), "{page}");
    assert_eq!(std::fs::read_dir(&pages).expect("pages").count(), SUBMISSIONS);
    assert_nothing_of(&docker, &[first, second]).await;
}
