//! What candidates get, and what never reaches them.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Cursor,
    path::Path,
};

use common::new_challenge::NewChallenge;
use takehome::{
    challenge::Challenge,
    package::{Package, PackageError},
    submission::{IntakeLimits, Submission},
};

fn unzipped(package: &Package) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(package.to_zip())).expect("a zip");
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).expect("an entry");
            let name = entry.name().expect("a name").into_owned();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).expect("text");
            (name, text)
        })
        .collect()
}

fn leaks(new: &NewChallenge) -> Vec<String> {
    match Package::of(&new.load()) {
        Ok(_) => Vec::new(),
        Err(PackageError::Leaks(leaks)) => leaks.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_package_is_the_same_bytes_twice_and_wherever_the_challenge_lies() {
    let (one, other) = (NewChallenge::new(), NewChallenge::new());
    let package = Package::of(&one.load()).expect("a package");
    assert_eq!(package.to_zip(), Package::of(&one.load()).expect("a package").to_zip());
    // What tools leave behind changes nothing.
    other.write("starter/durations/__pycache__/a.cpython-313.pyc", "x");
    other.write("tests/visible/.pytest_cache/README.md", "x");
    assert_eq!(package.to_zip(), Package::of(&other.load()).expect("a package").to_zip());
    let files: Vec<&str> = package.files().map(|(path, _)| path).collect();
    assert!(files.is_sorted(), "{files:?}");
    let own: Vec<&str> =
        files.into_iter().filter(|path| !path.starts_with(".takehome/takehome_")).collect();
    assert_eq!(
        own,
        [
            "README.md",
            "conftest.py",
            "durations/__init__.py",
            "pytest.ini",
            "requirements.txt",
            "tests/visible/test_visible.py"
        ]
    );
}

#[test]
fn what_comes_back_whole_is_a_submission_without_the_plugin() {
    let new = NewChallenge::new();
    let package = Package::of(&new.load()).expect("a package");
    let limits = IntakeLimits::default().with_anchors(&["durations/__init__.py".to_owned()]);
    let returned = Submission::from_archive("alice.zip", Cursor::new(package.to_zip()), &limits)
        .expect("a submission");
    assert_eq!(returned.left_out, [".takehome"]);
    assert_eq!(returned.missing(&limits.anchors), Vec::<String>::new());
    assert!(returned.files.iter().all(|file| !file.path.contains("takehome")));
}

#[test]
fn hidden_text_in_the_wrong_folder_is_refused_with_file_and_line() {
    type Plant = fn(&NewChallenge) -> &NewChallenge;
    let cases: [(Plant, &str); 10] = [
        (|n| n.append("README.md", "See CANARY-some-challenge."), "README.md:48 holds a canary"),
        (
            |n| n.append("README.md", "`test_zero_is_a_duration` is easy."),
            "README.md:48 holds the name of the hidden test test_zero_is_a_duration",
        ),
        (
            |n| n.append("starter/durations/__init__.py", "# test_zero_is_a_duration\n"),
            "starter/durations/__init__.py:8 holds the name of the hidden test",
        ),
        (
            |n| {
                n.write(
                    "starter/notes/support.txt",
                    &without_canary(&n.read("tests/hidden/support.py")),
                )
            },
            "starter/notes/support.txt:5 holds at least half of tests/hidden/support.py",
        ),
        (
            |n| n.append("README.md", &n.read("reference/durations/__init__.py")),
            "README.md:52 holds lines of reference/durations/__init__.py (from line 5)",
        ),
        (
            |n| {
                n.write(
                    "tests/visible/oracle.py",
                    &n.read("samples/correct-scanner/durations/__init__.py"),
                )
            },
            "tests/visible/oracle.py:3 holds lines of samples/correct-scanner/durations/__init__.py",
        ),
        (
            |n| n.append("README.md", &n.read("samples/wrong-first-part-only/expected.toml")),
            "README.md:48 holds lines of samples/wrong-first-part-only/expected.toml (from line 1)",
        ),
        (
            |n| {
                n.write(
                    "tests/visible/test_more.py",
                    &without_canary(&n.read("tests/hidden/test_parsing.py")),
                )
            },
            "holds at least half of tests/hidden/test_parsing.py",
        ),
        (
            |n| {
                n.write("starter/durations/__init__.py", &n.read("reference/durations/__init__.py"))
            },
            "starter/durations/__init__.py:5 holds nearly all of reference, so it is a solution",
        ),
        (
            |n| {
                n.write(
                    "starter/durations/__init__.py",
                    &n.read("samples/correct-scanner/durations/__init__.py"),
                )
            },
            "holds nearly all of samples/correct-scanner",
        ),
    ];
    for (plant, says) in cases {
        let new = NewChallenge::new();
        plant(&new);
        let found = leaks(&new);
        assert!(found.iter().any(|leak| leak.contains(says)), "{says}: {found:#?}");
    }
}

fn without_canary(text: &str) -> String {
    text.replace(" CANARY-some-challenge", "")
}

#[test]
fn what_both_sides_share_on_purpose_is_no_leak() {
    let new = NewChallenge::new();
    // A helper of that name on both sides, a case that is visible too, and a starter with some
    // files of the reference.
    let helper = without_canary(&new.read("tests/hidden/support.py"));
    new.write("starter/support.py", &helper);
    let case = "def test_zero_is_a_duration(solution):\n    \
                assert solution.call(\"durations:parse\", \"0s\") == 0\n";
    new.append("tests/visible/test_visible.py", case);
    let tools =
        "LIMITS = {\"day\": 1, \"hour\": 2}\nNAMES = sorted(LIMITS)\nFIRST_NAME = NAMES[0]\n";
    for folder in ["starter", "reference"] {
        new.write(&format!("{folder}/durations/tools.py"), tools);
    }
    // The README's example, in a hidden test, as hidden data and in a docstring of the reference.
    let example = "id,name,seconds\n1,boil eggs,480\n2,roast potatoes,3600\n3,bake bread,2400\n";
    new.append("README.md", example).write("tests/hidden/example.csv", example);
    let quoted = format!("EXAMPLE = \"\"\"\n{example}\"\"\"\n");
    new.append("tests/hidden/test_parsing.py", &quoted);
    new.append("reference/durations/__init__.py", &quoted);
    assert_eq!(leaks(&new), Vec::<String>::new());
}

/// The rule in its plainest form, apart from the one that `pack` applies.
#[test]
fn no_line_of_the_hidden_side_is_in_a_package_that_candidates_have_no_other_source_for() {
    let new = NewChallenge::new();
    let mut dirs = common::sealed_challenges();
    dirs.push(new.path(""));
    for dir in dirs {
        let challenge = Challenge::load(&dir).expect("a challenge");
        let package = unzipped(&Package::of(&challenge).expect("a package"));
        let plugin = |path: &str| path.starts_with(".takehome/");
        let mut public = lines(&dir, &["README.md", "starter", "tests/visible"]);
        let code =
            package.iter().filter(|(path, _)| plugin(path)).flat_map(|(_, text)| text.lines());
        public.extend(code.map(|line| line.trim().to_owned()));
        // The local run's own files have some words in common with every pytest suite.
        let usual = ["import ", "from ", "def pytest_configure(", "pytest_plugins ="];
        let mut secret = lines(&dir, &["tests/hidden", "reference", "samples"]);
        secret.retain(|line| {
            let chars = line.chars().filter(|char| !char.is_whitespace()).count();
            chars >= 12
                && !public.contains(line)
                && !usual.iter().any(|start| line.starts_with(start))
        });
        assert!(secret.len() > 50, "there is something to look for");
        for (path, text) in package.iter().filter(|(path, _)| !plugin(path)) {
            let held = text.lines().find(|line| secret.contains(line.trim()));
            assert_eq!(held, None, "{path} of {}", dir.display());
        }
    }
}

/// The trimmed lines of every text below these parts of a folder.
fn lines(dir: &Path, parts: &[&str]) -> BTreeSet<String> {
    let mut open: Vec<_> = parts.iter().map(|part| dir.join(part)).collect();
    let mut lines = BTreeSet::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).expect("a folder").map(|e| e.expect("an entry").path()));
        } else if let Ok(text) = fs::read_to_string(path) {
            lines.extend(text.lines().map(|line| line.trim().to_owned()));
        }
    }
    lines
}
