//! What verification says of a suite itself, on the real engine.

mod common;

use std::process::Command;

use common::{json, takehome};
use serde_json::{Value, json};

/// The suite looks at `total` and `first`; nothing looks at `second`, and nothing uses `SPARE`.
const REFERENCE: &str = "\
SPARE = 7


def total(numbers):
    return sum(numbers, 0)


def first(numbers):
    return numbers[0]


def second(numbers):
    return numbers[1]
";

const EQUIVALENTS: &str = r#"
[[mutant]]
file = "tiny.py"
operator = "core/NumberReplacer"
original = "SPARE = 7"
mutated = "SPARE = 8"
reason = "nothing uses it"

[[mutant]]
file = "tiny.py"
operator = "core/NumberReplacer"
original = "SPARE = 7"
mutated = "SPARE = 6"
reason = "nothing uses it"

[[mutant]]
file = "tiny.py"
operator = "core/NumberReplacer"
original = "GONE = 7"
mutated = "GONE = 8"
reason = "it was there once"
"#;

/// The tiny challenge with that reference.
fn challenges() -> tempfile::TempDir {
    let roots = tempfile::tempdir().expect("a folder");
    let tiny = common::root().join(common::TINY).join("tiny");
    let copied = Command::new("cp").arg("-r").args([&tiny, roots.path()]).status();
    assert!(copied.expect("cp").success());
    let tiny = roots.path().join("tiny");
    std::fs::write(tiny.join("reference/tiny.py"), REFERENCE).expect("a reference");
    std::fs::write(tiny.join("equivalent-mutants.toml"), EQUIVALENTS).expect("a list");
    roots
}

fn verify(roots: &tempfile::TempDir, format: &str) -> std::process::Output {
    let root = roots.path().to_str().expect("a path");
    let args = ["--challenges", root, "challenge", "verify", "tiny", "--only", "reference"];
    takehome(&args).args(["--mutants", "--format", format]).output().expect("takehome runs")
}

fn of_fate<'a>(mutation: &'a Value, fate: &str) -> Vec<(&'a str, &'a str)> {
    let text = |mutant: &'a Value, key| mutant[key].as_str().expect("a text").trim();
    let mutants = mutation["mutants"].as_array().expect("mutants").iter();
    mutants
        .filter(|mutant| mutant["fate"] == fate)
        .map(|mutant| (text(mutant, "original"), text(mutant, "mutated")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn mutants_are_killed_survive_or_are_the_same_to_every_test() {
    if common::engine().await.is_none() {
        return;
    }
    let roots = challenges();
    let output = verify(&roots, "json");
    let found = json(&output);
    let mutation = &found[0]["mutation"];
    assert_eq!(output.status.code(), Some(1), "four of six are too few: {mutation:#}");
    assert_eq!(found[0]["holds"], false);
    let killed = of_fate(mutation, "killed");
    assert_eq!(killed.len(), 4, "{mutation:#}");
    assert!(killed.contains(&("return sum(numbers, 0)", "return sum(numbers, 1)")));
    assert!(killed.contains(&("return numbers[0]", "return numbers[ 1]")));
    assert_eq!(
        of_fate(mutation, "survived"),
        [("return numbers[1]", "return numbers[ 0]"), ("return numbers[1]", "return numbers[ 2]")]
    );
    assert_eq!(of_fate(mutation, "equivalent").len(), 2);
    assert_eq!(
        (&mutation["killed"], &mutation["survived"], &mutation["percent"]),
        (&json!(4), &json!(2), &json!(66.67))
    );
    assert_eq!(mutation["stale"][0]["original"], "GONE = 7");

    let row = &found[0]["rows"][0];
    assert_eq!((&row["repeats"], &row["as_expected"]), (&json!(1), &json!(1)));
    assert_eq!(found[0]["suite_time"]["limit_ms"], 30_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn survivors_are_printed_with_their_lines() {
    if common::engine().await.is_none() {
        return;
    }
    let roots = challenges();
    let output = verify(&roots, "human");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    for line in [
        "mutants: 4 of 6 killed: 66.7 % (at least 90 %)",
        "tiny.py:13 survived core/NumberReplacer",
        "  -     return numbers[1]",
        "  +     return numbers[ 2]",
        "a survivor needs a test, or its lines and the reason in tiny/equivalent-mutants.toml",
        "warning: equivalent-mutants.toml: core/NumberReplacer makes no such mutant of tiny.py any \
         more: GONE = 7",
        "not everything is as expected",
    ] {
        assert!(said.lines().any(|found| found == line), "{line:?} is not in\n{said}");
    }
    assert!(said.contains("suite over the reference, alone: "), "{said}");
    assert!(said.contains("1 of 1"), "{said}");
}
