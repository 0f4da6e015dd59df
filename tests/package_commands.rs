//! What `challenge new`, `challenge lint` and `challenge pack` print, write and exit with.

mod common;

use std::{path::Path, process::Output};

use common::{json, new_challenge::NewChallenge, takehome};

/// Runs the program where `new` is, so that paths in its output are short.
fn run(new: &NewChallenge, args: &[&str]) -> Output {
    takehome(args).current_dir(new.root.path()).output().expect("takehome runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn the_help_of_each_has_examples() {
    for command in ["new", "lint", "pack"] {
        let output = common::run(&["challenge", command, "--help"]);
        insta::assert_snapshot!(format!("help_of_{command}"), stdout(&output));
    }
}

#[test]
fn a_new_challenge_says_what_comes_next_and_is_listed() {
    let new = NewChallenge::new();
    let output = run(&new, &["challenge", "new", "word-count", "--in", "private"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
    let listed = run(&new, &["--challenges", "private", "challenge", "list", "--format", "json"]);
    assert_eq!(json(&listed)[0]["title"], "Word count");

    // In the usual folder, the commands need no --challenges.
    let output = run(&new, &["challenge", "new", "word-count"]);
    assert!(stdout(&output).contains("\n  takehome challenge lint word-count\n"));
}

#[test]
fn what_is_there_is_not_overwritten_and_what_is_no_id_or_title_is_wrong_use() {
    let new = NewChallenge::new();
    for (args, says) in [
        (["some-challenge", "--in", "."].as_slice(), "./some-challenge is there already"),
        (&["Some Challenge"], "2 to 64 characters"),
        (&["../x"], "2 to 64 characters"),
        (&["word-count", "--title", "two\nlines"], "a title is one line"),
        (&["word-count", "--image", "gpu"], "core, data, web"),
    ] {
        let output = run(&new, &[&["challenge", "new"], args].concat());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "errors belong on stderr");
    }
    assert!(!new.root.path().join("challenges").exists());
}

#[test]
fn findings_are_a_table_or_json_and_an_error_exits_4() {
    let new = NewChallenge::new();
    let lint =
        |args: &[&str]| run(&new, &[&["--challenges", ".", "challenge", "lint"], args].concat());
    let clean = lint(&["some-challenge"]);
    assert_eq!(clean.status.code(), Some(0), "a warning is no error: {}", stdout(&clean));

    new.replace("README.md", "20 minutes", "30 minutes")
        .append("README.md", "CANARY-some-challenge");
    let output = lint(&["--all"]);
    assert_eq!(output.status.code(), Some(4));
    insta::assert_snapshot!(stdout(&output));
    let output = lint(&["some-challenge", "--format", "json"]);
    assert_eq!(output.status.code(), Some(4));
    insta::assert_json_snapshot!(json(&output));

    new.write("challenge.toml", "schema = 1\n");
    let output = lint(&["some-challenge", "--format", "json"]);
    assert_eq!(output.status.code(), Some(4));
    let finding = &json(&output)[0]["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["file"]),
        (&"readable".into(), &"challenge.toml".into())
    );
    assert_eq!(lint(&["no-challenge"]).status.code(), Some(2));
    assert_eq!(lint(&[]).status.code(), Some(2));
}

#[test]
fn a_package_is_written_whole_and_over_another_only_when_forced() {
    let new = NewChallenge::new();
    let pack = |args: &[&str]| {
        let all = [&["--challenges", ".", "challenge", "pack", "some-challenge"], args].concat();
        run(&new, &all)
    };
    let output = pack(&["-o", "some.zip"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // Files of the plugin come and go.
    insta::with_settings!({filters => vec![
        (r"\d+ files, \d+ KiB", "[n] files, [n] KiB"), ("[0-9a-f]{64}", "[digest]")
    ]}, { insta::assert_snapshot!(stdout(&output)) });
    let first = std::fs::read(new.root.path().join("some.zip")).expect("a package");

    let output = pack(&["-o", "some.zip"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("some.zip is there already; give --force"));
    assert_eq!(pack(&["-o", "some.zip", "--force"]).status.code(), Some(0));
    assert_eq!(std::fs::read(new.root.path().join("some.zip")).expect("a package"), first);

    let output = pack(&["-o", "missing/some.zip"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).contains("check that the folder exists"), "{}", stderr(&output));
    let left = std::fs::read_dir(new.root.path()).expect("a folder");
    let left: Vec<_> = left.map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left.len(), 2, "nothing is left beside the package: {left:?}");
}

#[test]
fn a_package_with_something_hidden_is_not_written_and_exits_4() {
    let new = NewChallenge::new();
    new.append("README.md", "CANARY-some-challenge");
    let output =
        run(&new, &["--challenges", ".", "challenge", "pack", "some-challenge", "-o", "some.zip"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).contains("README.md:48 holds a canary"), "{}", stderr(&output));
    assert!(!Path::new(&new.root.path().join("some.zip")).exists());
}
