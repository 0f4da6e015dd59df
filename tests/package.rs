//! What candidates get, what never reaches them, and what `challenge lint` says of a folder.

mod common;

use std::{collections::BTreeMap, fs, io::Cursor, path::Path};

use takehome::{
    challenge::{Challenge, ImageKind},
    package::{Finding, Package, PackageError, Rule, Severity, Skeleton, SkeletonError, lint},
    submission::{IntakeLimits, Submission},
};
use tempfile::TempDir;

/// A new challenge in a folder of its own.
struct New {
    root: TempDir,
}

impl New {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        skeleton("some-challenge").write(root.path()).expect("written");
        Self { root }
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.root.path().join("some-challenge").join(file)
    }

    fn load(&self) -> Challenge {
        Challenge::load(&self.path("")).expect("a challenge")
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("readable")
    }

    fn write(&self, file: &str, text: &str) -> &Self {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
        self
    }

    fn append(&self, file: &str, text: &str) -> &Self {
        let before = self.read(file);
        self.write(file, &format!("{before}\n{text}"))
    }

    fn replace(&self, file: &str, from: &str, to: &str) -> &Self {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        self.write(file, &text.replace(from, to))
    }

    fn remove(&self, path: &str) -> &Self {
        let path = self.path(path);
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.expect("removed");
        self
    }
}

fn skeleton(id: &str) -> Skeleton {
    Skeleton::new(id.parse().expect("an id"), None, ImageKind::Core)
}

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

fn leaks(new: &New) -> Vec<String> {
    match Package::of(&new.load()) {
        Ok(_) => Vec::new(),
        Err(PackageError::Leaks(leaks)) => leaks.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_new_challenge_lints_clean_but_for_its_seal() {
    let findings = lint(&New::new().load());
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!((findings[0].rule, findings[0].severity), (Rule::Lock, Severity::Warning));
}

#[test]
fn id_title_and_image_are_put_in_whatever_the_title_is() {
    let root = tempfile::tempdir().expect("a folder");
    let title = r#"Count "words" \ {fast} | 'now'"#;
    let new = Skeleton::new("count-words".parse().expect("an id"), Some(title), ImageKind::Data);
    let dir = new.write(root.path()).expect("written");
    let manifest = Challenge::load(&dir).expect("a challenge").manifest;
    assert_eq!((manifest.title.as_str(), manifest.image), (title, ImageKind::Data));
    for file in ["README.md", "DESIGN.md"] {
        let text = fs::read_to_string(dir.join(file)).expect("readable");
        assert!(text.starts_with(&format!("# {title}")), "{text}");
    }
    let manifest = skeleton("a-b").write(root.path()).map(|dir| Challenge::load(&dir));
    assert_eq!(manifest.expect("written").expect("a challenge").manifest.title, "A b");
}

#[test]
fn nothing_is_overwritten_not_even_an_empty_folder() {
    let root = tempfile::tempdir().expect("a folder");
    fs::create_dir(root.path().join("taken")).expect("a folder");
    fs::write(root.path().join("file"), "x").expect("a file");
    for id in ["taken", "file"] {
        let error = skeleton(id).write(root.path()).expect_err("refused");
        assert!(matches!(error, SkeletonError::Exists(_)), "{error}");
    }
    assert_eq!(fs::read_dir(root.path().join("taken")).expect("a folder").count(), 0);
}

#[test]
fn each_fault_of_a_folder_is_found_with_its_place() {
    type Break = fn(&New) -> &New;
    let cases: [(Break, Rule, Severity, &str, &str); 24] = [
        (
            |n| n.remove("README.md"),
            Rule::Interface,
            Severity::Error,
            "README.md",
            "cannot be read",
        ),
        (
            |n| n.replace("README.md", "durations", "periods"),
            Rule::Interface,
            Severity::Error,
            "README.md",
            "durations/__init__.py",
        ),
        (
            |n| n.replace("README.md", "parse", "read"),
            Rule::Interface,
            Severity::Error,
            "README.md",
            "`parse`",
        ),
        (
            |n| n.replace("README.md", "What is graded", "Points"),
            Rule::Groups,
            Severity::Error,
            "README.md",
            "no section",
        ),
        (
            |n| n.replace("README.md", "| refusals |", "| errors |"),
            Rule::Groups,
            Severity::Error,
            "README.md",
            "the group refusals",
        ),
        (
            |n| n.replace("README.md", "| 40 |", "| 30 |"),
            Rule::Groups,
            Severity::Error,
            "README.md",
            "its weight, 40",
        ),
        (
            |n| n.replace("README.md", "20 minutes", "half an hour"),
            Rule::TimeBox,
            Severity::Error,
            "README.md",
            "no time box",
        ),
        (
            |n| n.replace("README.md", "20 minutes", "30 minutes"),
            Rule::TimeBox,
            Severity::Error,
            "README.md:7",
            "30 minutes here and 20",
        ),
        (
            |n| n.replace("README.md", "allowed;", "forbidden;"),
            Rule::AiPolicy,
            Severity::Error,
            "README.md",
            "allowed-with-disclosure",
        ),
        (
            |n| n.replace("challenge.toml", "\"allowed-with-disclosure\"", "\"forbidden\""),
            Rule::AiPolicy,
            Severity::Error,
            "README.md",
            "are forbidden",
        ),
        (
            |n| n.replace("challenge.toml", "allowed = []", "allowed = [\"httpx\"]"),
            Rule::Libraries,
            Severity::Error,
            "README.md",
            "httpx",
        ),
        (
            |n| n.replace("challenge.toml", "allowed = []", "allowed = [\"leftpad\"]"),
            Rule::Package,
            Severity::Error,
            "challenge.toml",
            "leftpad",
        ),
        (
            |n| n.replace("README.md", "pytest tests", "unittest"),
            Rule::VisibleCommand,
            Severity::Error,
            "README.md",
            "visible tests",
        ),
        (
            |n| n.write("DESIGN.md", "parsing, refusals: later"),
            Rule::Design,
            Severity::Error,
            "DESIGN.md",
            "stub of 3 words",
        ),
        (
            |n| n.append("DESIGN.md", "TODO: measure"),
            Rule::Design,
            Severity::Error,
            "DESIGN.md:24",
            "TODO",
        ),
        (
            |n| n.replace("DESIGN.md", "refusals", "errors"),
            Rule::Design,
            Severity::Warning,
            "DESIGN.md",
            "refusals",
        ),
        (
            |n| n.remove("tests/visible"),
            Rule::Layout,
            Severity::Error,
            "tests/visible",
            "missing or empty",
        ),
        (
            |n| n.remove("starter/durations/__init__.py").write("starter/a.py", ""),
            Rule::Layout,
            Severity::Error,
            "starter",
            "durations/__init__.py",
        ),
        (
            |n| n.write("starter/conftest.py", ""),
            Rule::Package,
            Severity::Error,
            "starter",
            "conftest.py is in the way",
        ),
        (
            |n| n.remove("samples/correct-scanner"),
            Rule::Samples,
            Severity::Error,
            "samples",
            "no correct-*",
        ),
        (
            |n| n.remove("samples/wrong-any-digits"),
            Rule::Samples,
            Severity::Warning,
            "samples",
            "too few wrong-* samples: 2",
        ),
        (
            |n| n.remove("samples/wrong-first-part-only"),
            Rule::Samples,
            Severity::Warning,
            "samples",
            "no wrong sample fails: parsing",
        ),
        (
            |n| n.remove("tests/visible").write("tests/visible/test_a.py", "def test_a(): pass"),
            Rule::VisibleShare,
            Severity::Warning,
            "tests/visible",
            "1 visible, 11 hidden, which is 9 %",
        ),
        (
            |n| n.append("starter/durations/__init__.py", "# CANARY-some-challenge"),
            Rule::Hidden,
            Severity::Error,
            "starter/durations/__init__.py:8",
            "canary",
        ),
    ];
    for (break_it, rule, severity, place, says) in cases {
        let new = New::new();
        break_it(&new);
        let findings = lint(&new.load());
        let fits = |finding: &&Finding| {
            (finding.rule, finding.severity) == (rule, severity) && finding.message.contains(says)
        };
        let finding = findings.iter().find(fits);
        let finding = finding.unwrap_or_else(|| panic!("{rule:?} {says}: {findings:#?}"));
        assert_eq!(finding.place(), place, "{findings:#?}");
        assert_ne!(finding.remedy, "", "a finding says what to do");
        let others = findings.iter().filter(|other| {
            *other != finding && other.rule != Rule::Lock && other.rule != Rule::Samples
        });
        assert!(others.count() <= 1, "one fault is named once: {findings:#?}");
    }
}

#[test]
fn a_lock_of_another_suite_is_an_error() {
    let new = New::new();
    let challenge = new.load();
    let lock = format!(
        "schema = 1\nchallenge = \"some-challenge\"\nsuite_sha256 = \"{}\"\n\
         [[groups]]\nname = \"parsing\"\nweight = 60\n[[groups]]\nname = \"refusals\"\nweight = 40\n\
         [[tests]]\nid = \"a\"\ngroup = \"parsing\"\n[[tests]]\nid = \"b\"\ngroup = \"refusals\"\n",
        challenge.suite.sha256
    );
    new.write("suite.lock", &lock);
    assert_eq!(lint(&new.load()), [], "a lock that fits is no finding");
    new.append("tests/hidden/support.py", "# more\n");
    let findings = lint(&new.load());
    assert_eq!((findings[0].rule, findings[0].severity), (Rule::Lock, Severity::Error));
    assert!(findings[0].remedy.contains("--seal"));
}

#[test]
fn a_package_is_the_same_bytes_twice_and_wherever_the_challenge_lies() {
    let (one, other) = (New::new(), New::new());
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
    let new = New::new();
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
    type Plant = fn(&New) -> &New;
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
            "starter/notes/support.txt:5 holds lines of tests/hidden/support.py (from line 5)",
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
            "tests/visible/oracle.py:1 holds lines of samples/correct-scanner/durations/__init__.py",
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
            "starter/durations/__init__.py:1 holds nearly all of reference, so it is a solution",
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
        let new = New::new();
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
    let new = New::new();
    // A helper of that name on both sides, a case that is visible too, and a starter with some
    // files of the reference.
    let helper = without_canary(&new.read("tests/hidden/support.py"));
    new.write("tests/visible/support.py", &helper).write("starter/support.py", &helper);
    let case = "def test_zero_is_a_duration(solution):\n    \
                assert solution.call(\"durations:parse\", \"0s\") == 0\n";
    new.append("tests/visible/test_visible.py", case);
    let tools =
        "LIMITS = {\"day\": 1, \"hour\": 2}\nNAMES = sorted(LIMITS)\nFIRST_NAME = NAMES[0]\n";
    for folder in ["starter", "reference"] {
        new.write(&format!("{folder}/durations/tools.py"), tools);
    }
    assert_eq!(leaks(&new), Vec::<String>::new());
}

/// The rule in its plainest form, apart from the one that `pack` applies.
#[test]
fn no_line_of_the_hidden_side_is_in_a_package_that_candidates_have_no_other_source_for() {
    let courier = common::root().join("challenges/courier-retry");
    let new = New::new();
    for dir in [courier.as_path(), &new.path("")] {
        let challenge = Challenge::load(dir).expect("a challenge");
        let package = unzipped(&Package::of(&challenge).expect("a package"));
        let mut public = String::new();
        for part in ["README.md", "starter", "tests/visible"] {
            texts(&dir.join(part), &mut public);
        }
        package
            .iter()
            .filter(|(path, _)| path.starts_with(".takehome/"))
            .for_each(|(_, text)| public.push_str(text));
        let mut secret = String::new();
        for part in ["tests/hidden", "reference", "samples"] {
            texts(&dir.join(part), &mut secret);
        }
        let telling = |line: &&str| line.chars().filter(|char| !char.is_whitespace()).count() >= 12;
        // The local run's own files have some words in common with every pytest suite.
        let usual = ["import ", "from ", "def pytest_configure(", "pytest_plugins ="];
        let secret: Vec<&str> = secret
            .lines()
            .map(str::trim)
            .filter(telling)
            .filter(|line| !usual.iter().any(|start| line.starts_with(start)))
            .filter(|line| !public.contains(line))
            .collect();
        assert!(secret.len() > 50, "there is something to look for");
        for (path, text) in &package {
            for line in &secret {
                assert!(!text.contains(line), "{path} holds {line:?}");
            }
        }
    }
}

fn texts(path: &Path, all: &mut String) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            texts(&entry.expect("an entry").path(), all);
        }
    } else if let Ok(text) = fs::read_to_string(path) {
        all.push_str(&text);
        all.push('\n');
    }
}
