//! A new challenge on the real engine, and what comes back of its package.

mod common;

use std::{path::Path, process::Command};

use common::{json, new_challenge::NewChallenge, takehome};
use serde_json::Value;

/// Runs the program on the challenges of `new`.
fn run(new: &NewChallenge, args: &[&str]) -> std::process::Output {
    let all = [&["--challenges", "."], args].concat();
    takehome(&all).current_dir(new.root.path()).output().expect("takehome runs")
}

fn sealed() -> NewChallenge {
    let new = NewChallenge::new();
    let output = run(&new, &["challenge", "verify", "some-challenge", "--seal"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{complaint}");
    new
}

/// The verdict, the score and the outcome of each test.
fn graded(new: &NewChallenge, path: &Path) -> Value {
    let path = path.to_str().expect("a UTF-8 path");
    let args = ["grade", path, "--challenge", "some-challenge", "--seed", "7", "--format", "json"];
    let report = json(&run(new, &args));
    let tests: Vec<Value> = report["tests"]
        .as_array()
        .expect("tests")
        .iter()
        .map(|test| serde_json::json!([test["id"], test["outcome"]]))
        .collect();
    serde_json::json!([report["verdict"], report["score"], report["groups"], tests])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_challenge_verifies_unchanged_and_its_package_comes_back_as_it_went() {
    if common::engine().await.is_none() {
        return;
    }
    let new = sealed();
    let lint = run(&new, &["challenge", "lint", "some-challenge"]);
    let said = String::from_utf8_lossy(&lint.stdout).into_owned();
    assert_eq!(said, "some-challenge: nothing to complain about\n");

    let pack = run(&new, &["challenge", "pack", "some-challenge", "-o", "some.zip"]);
    assert_eq!(pack.status.code(), Some(0));
    let starter = graded(&new, &new.path("starter"));
    assert_eq!(starter[0], "graded");
    let folder = new.root.path().join("alice");
    let file = std::fs::File::open(new.root.path().join("some.zip")).expect("a package");
    zip::ZipArchive::new(file).expect("a zip").extract(&folder).expect("unpacked");
    assert_eq!(graded(&new, &folder), starter);

    // A solution that comes back with everything around it scores like the solution alone.
    let copied =
        Command::new("cp").arg("-rT").args([new.path("reference"), folder.clone()]).status();
    assert!(copied.expect("cp").success());
    assert_eq!(graded(&new, &folder)[1], 100.0);
}
