//! Images: the same content is the same tag, and nothing is rebuilt when nothing changed.

mod common;

use common::{json, run};
use serde_json::Value;

fn ids() -> Vec<(Value, Value)> {
    let images = json(&run(&["image", "list", "--format", "json"]));
    images
        .as_array()
        .expect("a list")
        .iter()
        .filter(|image| image["current"] == true)
        .map(|image| (image["tags"].clone(), image["id"].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_build_finds_everything_and_changes_nothing() {
    if common::engine().await.is_none() {
        return;
    }
    let before = ids();
    assert!(before.len() >= 3, "base, judge and core are there: {before:?}");
    let output = run(&["image", "build"]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "", "nothing was built");
    assert_eq!(ids(), before);
    let tags = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(tags.lines().count(), 2, "it prints the pair's tags: {tags}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_this_machine_fit() {
    if common::engine().await.is_none() {
        return;
    }
    let output = run(&["doctor", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let findings = json(&output);
    let findings = findings.as_array().expect("a list");
    for subject in ["engine", "API", "control groups", "seccomp", "space for the engine", "image"] {
        assert!(findings.iter().any(|finding| finding["subject"] == subject), "{subject}");
    }
    for finding in findings.iter().filter(|finding| finding["state"] != "ok") {
        assert_ne!(finding["remedy"], "", "{finding}");
    }
}
