//! What the command line says without an engine: help, wrong use, challenges, a stopped engine.

mod common;

use common::{run, takehome};

fn stdout(args: &[&str]) -> String {
    String::from_utf8(run(args).stdout).expect("UTF-8")
}

#[test]
fn help_names_the_commands_with_examples_and_exit_codes() {
    insta::assert_snapshot!(stdout(&["--help"]));
}

#[test]
fn grades_help_has_examples() {
    insta::assert_snapshot!(stdout(&["grade", "--help"]));
}

#[test]
fn verifys_help_has_examples() {
    insta::assert_snapshot!(stdout(&["challenge", "verify", "--help"]));
}

#[test]
fn the_stores_commands_have_help() {
    insta::assert_snapshot!(stdout(&["regrade", "--help"]));
    insta::assert_snapshot!(stdout(&["db", "--help"]));
    insta::assert_snapshot!(stdout(&["db", "backup", "--help"]));
    insta::assert_snapshot!(stdout(&["stats", "--help"]));
}

/// The program with a home of this test's own, without an engine.
fn at_home(home: &std::path::Path, args: &[&str]) -> (i32, String, String) {
    let mut command = takehome(&["--challenges", common::TINY, "--home"]);
    let command = command.arg(home).args(args);
    let output = command
        .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
        .output()
        .expect("takehome runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("an exit code");
    (code, text(&output.stdout), text(&output.stderr))
}

fn make_store(home: &std::path::Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(takehome::batch::Records::open(home)).expect("it opens");
}

#[test]
fn what_is_not_in_the_store_is_said_with_what_to_do() {
    let home = tempfile::tempdir().expect("a folder");
    for args in
        [["grade", "--resume"].as_slice(), &["db", "check"], &["regrade", "--challenge", "tiny"]]
    {
        let (code, _, err) = at_home(home.path(), args);
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.contains("there is no store in"), "{args:?}: {err}");
        assert!(std::fs::read_dir(home.path()).expect("a folder").next().is_none(), "{args:?}");
    }
    make_store(home.path());
    for (args, says) in [
        (
            ["grade", "--resume"].as_slice(),
            "there is no batch in this store; give `takehome grade`",
        ),
        (&["grade", "--resume", "7"], "there is no batch 7; check the number"),
        (&["grade", "--only-failed"], "there is no batch in this store"),
        (&["regrade", "--challenge", "tiny"], "no submission for tiny is in this store"),
        (&["regrade", "--challenge", "tiny", "--batch", "7"], "there is no batch 7"),
        (&["regrade", "--challenge", "tiny", "alice"], "there is no submission \"alice\""),
    ] {
        let (code, out, err) = at_home(home.path(), args);
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.contains(says), "{args:?}: {err}");
        assert!(out.is_empty(), "{args:?}: {out}");
    }
}

#[test]
fn a_store_is_checked_backed_up_and_exported_and_nothing_is_written_over() {
    let home = tempfile::tempdir().expect("a folder");
    let to = tempfile::tempdir().expect("a folder");
    make_store(home.path());
    let (code, out, _) = at_home(home.path(), &["db", "check"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "the store is sound: 0 submissions, every report can be read\n")
    );
    for command in ["backup", "export"] {
        let file = to.path().join(command);
        let file = file.to_str().expect("a path");
        assert_eq!(at_home(home.path(), &["db", command, file]).0, 0);
        let (code, _, err) = at_home(home.path(), &["db", command, file]);
        assert_eq!(code, 5, "{err}");
        assert!(err.contains("it is there already"), "{err}");
    }
    let restored = tempfile::tempdir().expect("a folder");
    let store = restored.path().join("store");
    std::fs::create_dir(&store).expect("a folder");
    let backup = std::fs::File::open(to.path().join("backup")).expect("a backup");
    tar::Archive::new(backup).unpack(&store).expect("unpacked");
    assert_eq!(at_home(restored.path(), &["db", "check"]).0, 0);
}

#[test]
fn a_challenge_is_shown_with_groups_and_samples() {
    insta::assert_snapshot!(stdout(&["--challenges", common::TINY, "challenge", "show", "tiny"]));
}

#[test]
fn wrong_use_exits_2_and_says_what_is_right() {
    for (args, says) in [
        (["grade"].as_slice(), "--challenge"),
        (&["grade", "no-such-file", "--challenge", "tiny"], "there is no no-such-file"),
        (&["grade", "Cargo.toml", "--challenge", "tini"], "tiny"),
        (&["grade", "Cargo.toml", "--challenge", "tiny", "--fail-under", "101"], "from 0 to 100"),
        (&["grade", "Cargo.toml", "--challenge", "tiny", "--inbox", "--single"], "--single"),
        (&["grade", "a.zip", "--csv", "b.csv", "--challenge", "tiny"], "cannot be used with"),
        (&["grade", "Cargo.toml", "Cargo.toml", "--challenge", "tiny"], "would both be candidate"),
        (&["grade", "--csv", "none.csv", "--challenge", "tiny"], "could not read none.csv"),
        (&["grade", "--csv", "none.csv"], "could not read none.csv"),
        (
            &["grade", "--csv", "Cargo.toml", "--challenge", "tiny"],
            "candidate and archive, and may name challenge, once each",
        ),
        (&["regrade", "--challenge", "tini"], "tiny"),
        (&["regrade", "--challenge", "tiny", "--batch", "x"], "by its number, from 1"),
        (&["challenge", "show", "../tiny"], "tiny"),
        (&["nonsense"], "unrecognized"),
        (&["challenge", "verify", "tiny", "--mutants=0"], "0 is not in 1..=5000"),
        (&["challenge", "verify", "tiny", "--mutant-seed", "2"], "--mutants"),
        (&["challenge", "verify", "tiny", "--repeat-wrong", "0"], "0 is not in 1..=1000"),
    ] {
        let mut all = vec!["--challenges", common::TINY];
        all.extend(args);
        let output = run(&all);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "errors belong on stderr");
    }
}

#[test]
fn a_list_may_name_challenges_which_have_to_be_there_and_no_common_page() {
    let home = tempfile::tempdir().expect("a folder");
    let list = home.path().join("round.csv");
    std::fs::write(home.path().join("a.zip"), "").expect("a file");
    let list_of = |challenges: &[&str]| {
        let rows = challenges.iter().map(|id| format!("a,a.zip,{id}\n")).collect::<String>();
        std::fs::write(&list, format!("candidate,archive,challenge\n{rows}")).expect("a file");
    };
    let grade = |format: &str| {
        let list = list.to_str().expect("a path");
        at_home(home.path(), &["grade", "--csv", list, "--format", format])
    };
    list_of(&["tiny", "target"]);
    let (code, _, err) = grade("html");
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("a page is about one challenge, and this round has 2"), "{err}");
    assert_eq!(grade("json").0, 5, "there is no engine");
    list_of(&["tiny", "tini"]);
    let (code, _, err) = grade("json");
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("tini") && err.contains("tiny"), "{err}");
    list_of(&[""]);
    let (code, _, err) = grade("json");
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("line 2 of the list: challenge is empty"), "{err}");
}

#[test]
fn without_an_engine_every_command_that_needs_one_says_so_in_one_line_and_exits_5() {
    let path = common::root().join(common::TINY).join("tiny/reference");
    let path = path.to_str().expect("a path");
    for args in [
        ["grade", path, "--challenge", "tiny"].as_slice(),
        &["demo", "tiny"],
        &["doctor"],
        &["image", "build"],
        &["image", "list"],
        &["image", "prune"],
        &["challenge", "verify", "tiny"],
    ] {
        let output = takehome(&["--challenges", common::TINY])
            .args(args)
            .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
            .output()
            .expect("takehome runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(5), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        assert!(
            said.contains("does not answer") && said.contains("service docker start"),
            "{said}"
        );
    }
}
