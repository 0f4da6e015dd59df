//! One hostile sample of each family, against the real engine. `make hostile` lets all of them loose.

mod common;

use std::process::Command;

/// Quick ones whose gain would show: each scores more than its honest solution where its trick works.
const SAMPLES: [&str; 9] = [
    "archives/symlink-then-a-file-below-it",
    "design/origin-smuggling",
    "escape/swaps-folders-under-the-agent",
    "evade/kills-in-the-next-test",
    "exhaust/memory-in-unnamed-files",
    "feedback/lines-that-imitate-the-report",
    "forge/predicts-the-random-data",
    "leak/leaves-notes-in-the-agents-memory",
    "timing/subclasses-that-compute-on-comparison",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_of_each_family_gains_nothing_and_leaves_nothing() {
    if common::engine().await.is_none() {
        return;
    }
    let output = Command::new("python3")
        .arg("scripts/hostile.py")
        .args(SAMPLES)
        .args(["--takehome", env!("CARGO_BIN_EXE_takehome")])
        .current_dir(common::root())
        .env("TAKEHOME_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/home"))
        .output()
        .expect("python3");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{errors}");
    assert!(said.contains("9 samples, 1 times each: 0 gained, 0 not as expected"), "{said}");
}
