//! The shipped challenges, graded in short: a right solution, wrong ones and an attack of each.
//! `make verify` does all of it, often, and under load.

mod common;

use common::{json, run};

#[tokio::test(flavor = "multi_thread")]
async fn courier_retry_separates_right_from_wrong() {
    if common::engine().await.is_none() {
        return;
    }
    let mut args = vec!["challenge", "verify", "courier-retry", "--format", "json"];
    for subject in [
        "reference",
        "correct-tenacity",
        "wrong-key-per-attempt",
        "wrong-no-cap",
        "hostile-frame-walk",
    ] {
        args.extend(["--only", subject]);
    }
    let output = run(&args);
    let matrices = json(&output);
    assert_eq!(output.status.code(), Some(0), "{matrices:#}");
    assert_eq!(matrices[0]["rows"].as_array().map(Vec::len), Some(5));
}
