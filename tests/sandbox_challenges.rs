//! The shipped challenges, graded in short: a right solution, wrong ones and an attack of each.
//! `make verify` does all of it, often, under load, and measures the suites themselves.

mod common;

use common::{json, run};

/// Grades `subjects` of a challenge once.
async fn separates_right_from_wrong(challenge: &str, subjects: &[&str]) {
    if common::engine().await.is_none() {
        return;
    }
    let mut args = vec!["challenge", "verify", challenge, "--format", "json"];
    args.extend(subjects.iter().flat_map(|subject| ["--only", subject]));
    let output = run(&args);
    let found = json(&output);
    assert_eq!(output.status.code(), Some(0), "{found:#}");
    assert_eq!(found[0]["rows"].as_array().map(Vec::len), Some(subjects.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn courier_retry() {
    let subjects = [
        "reference",
        "correct-tenacity",
        "wrong-key-per-attempt",
        "wrong-no-cap",
        "hostile-frame-walk",
    ];
    separates_right_from_wrong("courier-retry", &subjects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn async_harvest() {
    let subjects = [
        "reference",
        "correct-trio",
        "wrong-gather-in-chunks",
        "wrong-timeout-per-read",
        "hostile-forged-output",
    ];
    separates_right_from_wrong("async-harvest", &subjects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_inventory() {
    let subjects = [
        "reference",
        "correct-flask-sqlite",
        "wrong-check-then-write",
        "wrong-in-memory-store",
        "hostile-agrees-with-everything",
    ];
    separates_right_from_wrong("rest-inventory", &subjects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tdd_reservations() {
    let subjects = ["reference", "wrong-happy-path", "wrong-assert-free", "hostile-exit-zero"];
    separates_right_from_wrong("tdd-reservations", &subjects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chunked_ledger() {
    let subjects = ["reference", "correct-polars-streaming", "wrong-line-numbers-per-chunk"];
    separates_right_from_wrong("chunked-ledger", &subjects).await;
}
