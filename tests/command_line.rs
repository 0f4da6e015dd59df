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
