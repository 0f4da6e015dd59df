//! A package on a laptop: unpacked into an empty folder, its visible tests fail on the starter and
//! pass on the reference, by the one command that the README gives.

mod common;

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use common::new_challenge::NewChallenge;
use takehome::{challenge::Challenge, domain::Digest, package::Package};
use tempfile::TempDir;

/// Says loudly what was not tested; in CI that is a failure.
fn not_tested(why: &str) {
    assert!(
        std::env::var_os("TAKEHOME_REQUIRE_ENGINE").is_none(),
        "TAKEHOME_REQUIRE_ENGINE is set and {why}"
    );
    eprintln!("\n*** NOT TESTED: {why} ***\n");
}

/// A Python with pytest: that of `make lint`, else the machine's.
fn python() -> Option<PathBuf> {
    let made = common::root().join("target/py-venv/bin/python");
    let candidates = [made, PathBuf::from("python3")];
    let found = candidates.into_iter().find(|python| {
        Command::new(python)
            .args(["-c", "import pytest"])
            .output()
            .is_ok_and(|o| o.status.success())
    });
    if found.is_none() {
        not_tested("there is no Python with pytest; `make lint` makes one");
    }
    found
}

/// A virtual environment with what the unpacked package lists, and nothing else.
fn python_with_requirements(package: &Path) -> Option<PathBuf> {
    let listed = fs::read(package.join("requirements.txt")).expect("requirements.txt");
    let name = format!("package-venv-{}", Digest::of(&listed).short(12));
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let python = venv.join("bin/python");
    let ready = venv.join("ready");
    if !ready.exists() {
        let _ = fs::remove_dir_all(&venv);
        let made = Command::new("python3").args(["-m", "venv"]).arg(&venv).output();
        let pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r"];
        let installed = made.and_then(|_| {
            Command::new(&python).args(pip).arg("requirements.txt").current_dir(package).output()
        });
        match installed {
            Ok(output) if output.status.success() => fs::write(&ready, "").expect("written"),
            other => {
                not_tested(&format!("pip could not install requirements.txt: {other:?}"));
                return None;
            }
        }
    }
    Some(python)
}

fn unpacked(challenge: &Path) -> TempDir {
    let challenge = Challenge::load(challenge).expect("a challenge");
    let zip = Package::of(&challenge).expect("a package").to_zip();
    let dir = tempfile::tempdir().expect("a folder");
    zip::ZipArchive::new(Cursor::new(zip)).expect("a zip").extract(dir.path()).expect("unpacked");
    dir
}

/// The documented command, as a candidate types it: nothing of ours is in the environment.
fn visible_tests(python: &Path, folder: &Path, options: &[&str]) -> Output {
    Command::new(python)
        .args(["-m", "pytest", "tests"])
        .args(options)
        .current_dir(folder)
        .env_remove("PYTHONPATH")
        .env_remove("PYTEST_ADDOPTS")
        .output()
        .expect("Python runs")
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-rT").args([from, to]).status().expect("cp");
    assert!(status.success());
}

/// The starter fails, the reference passes; the reason is told otherwise.
fn tells_right_from_wrong(python: &Path, challenge: &Path) {
    let package = unpacked(challenge);
    let starter = visible_tests(python, package.path(), &["-x", "-q"]);
    let said = String::from_utf8_lossy(&starter.stdout);
    assert_eq!(starter.status.code(), Some(1), "the starter must fail a test: {said}");
    copy(&challenge.join("reference"), package.path());
    let reference = visible_tests(python, package.path(), &["-q"]);
    let said = String::from_utf8_lossy(&reference.stdout);
    assert_eq!(reference.status.code(), Some(0), "the reference must pass: {said}");
}

#[test]
fn the_visible_tests_of_a_new_challenge_tell_its_starter_from_its_reference() {
    let Some(python) = python() else { return };
    tells_right_from_wrong(&python, &NewChallenge::new().path(""));
}

#[test]
fn the_visible_tests_of_courier_retry_need_only_what_requirements_txt_lists() {
    let challenge = common::root().join("challenges/courier-retry");
    let Some(python) = python_with_requirements(unpacked(&challenge).path()) else { return };
    tells_right_from_wrong(&python, &challenge);
}

#[test]
fn the_command_works_from_any_folder_and_takes_options_of_its_own() {
    let Some(python) = python() else { return };
    let new = NewChallenge::new();
    let helper = "def check(answer, expected):\n    assert answer == expected\n";
    new.write("tests/visible/checks.py", helper).append(
        "tests/visible/test_visible.py",
        "\n\ndef test_by_a_helper(solution):\n    from checks import check\n\n    \
         check(solution.call(\"durations:parse\", \"2s\"), 3)\n",
    );
    let package = unpacked(&new.path(""));
    copy(&new.path("reference"), package.path());

    let said = |output: Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let visible = package.path().join("tests/visible");
    let from_below = Command::new(&python)
        .args(["-m", "pytest", "-q", "-k", "not helper"])
        .current_dir(&visible)
        .output()
        .expect("Python runs");
    assert_eq!(from_below.status.code(), Some(0), "{}", said(from_below));

    // A helper's assert explains itself, and the manifest's deadline is the default.
    let text = said(visible_tests(&python, package.path(), &["-k", "helper"]));
    assert!(text.contains("assert 2 == 3"), "{text}");
    assert!(text.contains("runs LOCALLY"), "{text}");

    // Another folder is tested when the command says so.
    let other = new.path("samples/wrong-first-part-only");
    let option = format!("--solution={}", other.display());
    let text = said(visible_tests(&python, package.path(), &["-q", "-k", "hour", &option]));
    assert!(text.contains("1 failed"), "{text}");
}

/// As in grading, where a challenge may run the candidate's own tests.
#[test]
fn without_the_plugin_a_package_runs_the_candidates_own_tests_and_no_others() {
    let Some(python) = python() else { return };
    let package = unpacked(&NewChallenge::new().path(""));
    fs::remove_dir_all(package.path().join(".takehome")).expect("removed");
    fs::write(package.path().join("tests/test_own.py"), "def test_own(): pass\n").expect("a file");
    let output = visible_tests(&python, package.path(), &["-v", "--setup-plan"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("collected 1 item") && !said.contains("takehome:"), "{said}");
}
