//! `takehome stats` over a store that tests have filled: what it prints, and what it says where there is
//! nothing to print.

mod common;
#[path = "common/graded.rs"]
mod graded_home;
#[path = "common/round.rs"]
mod round;

use std::path::Path;

use common::takehome;
use graded_home::{grade, queue};
use serde_json::Value;
use takehome::domain::{Digest, Report, TestOutcome};
use tempfile::TempDir;

/// Code, standard output, standard error.
fn stats(home: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = takehome(&["--challenges", common::TINY, "--home"]);
    let output = command.arg(home).arg("stats").args(args).output().expect("takehome runs");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    (code, text(&output.stdout), text(&output.stderr))
}

fn printed(home: &Path, args: &[&str]) -> String {
    let (code, out, err) = stats(home, args);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    out
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(work)
}

/// A home with a batch of forty, and one of twenty others who fail the first two tests.
fn two_batches() -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let later: Vec<Report> = (0..20)
        .map(|number| {
            round::graded(&format!("later-{number:02}"), |test| {
                match (test, (test * 7 + number) % 5) {
                    (0..2, _) | (_, 0) => TestOutcome::Failed,
                    _ => TestOutcome::Passed,
                }
            })
        })
        .collect();
    run(async {
        grade(home.path(), &round::forty()).await;
        grade(home.path(), &later).await;
    });
    home
}

fn worse(name: &str) -> Report {
    round::graded(name, |test| match test {
        0..9 => TestOutcome::Failed,
        _ => TestOutcome::Passed,
    })
}

#[test]
fn people_get_tables_with_the_numbers_behind_them_and_reasons_for_dashes() {
    let home = two_batches();
    insta::assert_snapshot!(printed(home.path(), &[]));
    let few = printed(home.path(), &["--batch", "2"]);
    assert!(few.contains("batch 2\n20 gradings of 20 submissions: 20 graded\n"), "{few}");
    assert!(few.contains("- [1]") && few.contains("[1] fewer than 30 observations"), "{few}");
    let first = "test_happy_path.py::test_behaviour_number_0[case-0]";
    assert!(few.contains(&format!("worth a look: nobody passes {first}\n")), "{few}");
}

#[test]
fn every_format_tells_the_same() {
    let home = two_batches();
    let json: Value =
        serde_json::from_str(&printed(home.path(), &["--format", "json"])).expect("JSON");
    assert_eq!((&json["gradings"], &json["graded"]), (&60.into(), &56.into()));
    let csv = printed(home.path(), &["--format", "csv"]);
    let mut rows = ::csv::Reader::from_reader(csv.as_bytes());
    let columns = rows.headers().expect("a header").clone();
    let at = |name: &str| columns.iter().position(|column| column == name).expect("a column");
    let rows: Vec<::csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let tests: Vec<_> = rows.iter().filter(|row| &row[at("what")] == "test").collect();
    assert_eq!(tests.len(), json["tests"].as_array().expect("tests").len());
    for (row, test) in tests.iter().zip(json["tests"].as_array().expect("tests")) {
        assert_eq!(row[at("name")], test["id"].as_str().expect("an id").to_owned());
        let number = |name: &str| row[at(name)].parse::<f64>().expect("a number");
        assert_eq!(number("share"), test["difficulty"]["share"].as_f64().expect("a share"));
        assert_eq!(number("median"), test["duration_ms"]["value"]["median"].as_f64().expect("ms"));
    }
    let html = printed(home.path(), &["--format", "html"]);
    let pages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    std::fs::create_dir_all(&pages).expect("a folder");
    std::fs::write(pages.join("statistics.html"), &html).expect("a page");
    assert!(html.starts_with("<!doctype html>"), "{html}");
    assert!(html.contains("<strong>56</strong> graded"), "{html}");
}

#[test]
fn the_challenge_may_be_left_out_where_there_is_one_and_is_asked_for_where_there_are_more() {
    let home = tempfile::tempdir().expect("a folder");
    run(grade(home.path(), &[worse("alice")]));
    assert!(printed(home.path(), &[]).starts_with("courier-retry · suite "));
    let other = Report { challenge: "other".into(), ..worse("bob") };
    run(grade(home.path(), &[other]));
    let (code, out, err) = stats(home.path(), &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("the store has gradings by courier-retry, other"), "{err}");
    assert!(err.contains("stats --challenge courier-retry`"), "{err}");
    assert!(printed(home.path(), &["--batch", "2"]).starts_with("other · suite "));
    let (code, _, err) = stats(home.path(), &["--batch", "2", "--challenge", "courier-retry"]);
    assert_eq!(code, 2);
    assert!(err.contains("batch 2 is for other, not for courier-retry"), "{err}");
}

#[test]
fn an_earlier_suite_is_listed_and_shown_when_it_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let mut earlier = worse("alice");
    earlier.provenance.suite_sha256 = Some(Digest::of(b"earlier"));
    run(grade(home.path(), &[earlier]));
    run(grade(home.path(), &[worse("alice"), worse("bob")]));
    let (now, before) = (Digest::of(b"suite").short(12), Digest::of(b"earlier").short(12));
    let out = printed(home.path(), &[]);
    assert!(out.starts_with(&format!("courier-retry · suite {now} ")), "{out}");
    assert!(
        out.contains(&format!("other suites, nothing of which is in here: {before} (1 grading)"))
    );
    let out = printed(home.path(), &["--suite", &before]);
    assert!(out.contains(&format!("suite {before}")) && out.contains("1 grading of 1 submission"));
    for (asked, says) in [
        ("abc", "\"abc\" is too short for a suite"),
        (
            "abcdefabcdef",
            "nothing was graded by suite \"abcdefabcdef\"; courier-retry was graded by",
        ),
    ] {
        let (code, _, err) = stats(home.path(), &["--suite", asked]);
        assert_eq!(code, 2);
        assert!(err.contains(says) && err.contains(&before), "{err}");
    }
    // The challenge's own folder has another suite by now.
    let mut command = takehome(&["--home"]);
    let output = command.arg(home.path()).args(["stats"]).output().expect("takehome runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0));
    assert!(err.contains("regrade --challenge courier-retry"), "{err}");
}

#[test]
fn where_nothing_is_graded_the_next_command_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let (code, out, err) = stats(home.path(), &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("there is no store in"), "{err}");
    assert!(std::fs::read_dir(home.path()).expect("a folder").next().is_none());
    run(async { takehome::batch::Records::open(home.path()).await.map(drop).expect("it opens") });
    let says = |args: &[&str]| {
        let (code, out, err) = stats(home.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        err
    };
    assert!(says(&[]).contains("grade PATH --challenge ID` grades something"));
    assert!(
        says(&["--challenge", "tiny"]).contains("grade PATH --challenge tiny` grades something")
    );
    assert!(says(&["--challenge", "tinny"]).contains("challenge list"));
    let waiting = Report { challenge: "tiny".into(), ..worse("alice") };
    run(queue(home.path(), &[waiting]));
    assert!(says(&["--challenge", "tiny"]).contains("grade --resume 1` goes on"));
    assert!(says(&["--batch", "1"]).contains("nothing of batch 1 is graded yet; `takehome"));
    assert!(says(&["--batch", "9"]).contains("there is no batch 9"));
    assert!(says(&["--batch", "1", "--suite", "abcdef"]).contains("cannot be used with"));
}
