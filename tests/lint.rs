//! A new challenge, and what `challenge lint` says of its folder when it is changed.

mod common;

use std::fs;

use common::new_challenge::{NewChallenge, skeleton};
use takehome::{
    challenge::{Challenge, ImageKind},
    package::{Finding, Rule, Severity, Skeleton, SkeletonError, lint},
};

#[test]
fn a_new_challenge_lints_clean_but_for_its_seal() {
    let findings = lint(&NewChallenge::new().load());
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

/// A folder with one fault.
type Break = fn(&NewChallenge) -> &NewChallenge;

/// Breaks a new challenge, and expects a finding of that severity, rule and place, and no other.
fn each(cases: &[(Break, &str, &str)]) {
    for (break_it, head, says) in cases {
        let new = NewChallenge::new();
        break_it(&new);
        let mut findings = lint(&new.load());
        findings.retain(|finding| finding.rule != Rule::Lock);
        let fits = |finding: &&Finding| {
            let place = finding.place();
            *head == format!("{} {:?} {place}", finding.severity, finding.rule)
                && finding.message.contains(says)
        };
        let finding = findings.iter().find(fits);
        let finding = finding.unwrap_or_else(|| panic!("{head}: {says}: {findings:#?}"));
        assert_ne!(finding.remedy, "", "a finding says what to do");
        // Without a sample, a group may be unproved, too.
        let others = findings.iter().filter(|other| *other != finding);
        assert!(others.clone().all(|other| other.rule == Rule::Samples), "{head}: {findings:#?}");
    }
}

#[test]
fn what_a_readme_leaves_out_or_says_wrong_is_an_error() {
    each(&[
        (|new| new.remove("README.md"), "error Interface README.md", "cannot be read"),
        (
            |new| new.replace("README.md", "durations", "periods"),
            "error Interface README.md",
            "durations/__init__.py",
        ),
        (|new| new.replace("README.md", "parse", "read"), "error Interface README.md", "`parse`"),
        (
            |new| new.replace("README.md", "What is graded", "Points"),
            "error Groups README.md",
            "no section",
        ),
        (
            |new| new.replace("README.md", "| refusals |", "| errors |"),
            "error Groups README.md",
            "the group refusals",
        ),
        (
            |new| new.replace("README.md", "| 40 |", "| 30 |"),
            "error Groups README.md",
            "its weight, 40",
        ),
        (
            |new| new.replace("README.md", "20 minutes", "half an hour"),
            "error TimeBox README.md",
            "no time box",
        ),
        (
            |new| new.replace("README.md", "20 minutes", "30 minutes"),
            "error TimeBox README.md:7",
            "30 minutes here and 20",
        ),
        (
            |new| new.replace("README.md", "allowed;", "forbidden;"),
            "error AiPolicy README.md",
            "allowed-with-disclosure",
        ),
        (
            |new| new.replace("challenge.toml", "\"allowed-with-disclosure\"", "\"forbidden\""),
            "error AiPolicy README.md",
            "are forbidden",
        ),
        (
            |new| new.replace("challenge.toml", "allowed = []", "allowed = [\"httpx\"]"),
            "error Libraries README.md",
            "httpx",
        ),
        (
            |new| new.replace("README.md", "the standard library", "none"),
            "error Libraries README.md",
            "standard library",
        ),
        (
            |new| new.replace("README.md", "pytest tests", "unittest"),
            "error VisibleCommand README.md",
            "visible tests",
        ),
    ]);
}

#[test]
fn a_design_is_no_stub_and_speaks_of_every_group() {
    each(&[
        (
            |new| new.write("DESIGN.md", "parsing, refusals: later"),
            "error Design DESIGN.md",
            "stub of 3 words",
        ),
        (|new| new.append("DESIGN.md", "TODO: measure"), "error Design DESIGN.md:21", "TODO"),
        (
            |new| new.replace("DESIGN.md", "refusals", "errors"),
            "warning Design DESIGN.md",
            "refusals",
        ),
    ]);
}

#[test]
fn what_is_missing_in_the_folder_is_named() {
    each(&[
        (|new| new.remove("tests/visible"), "error Layout tests/visible", "missing or empty"),
        (|new| new.remove("reference"), "error Layout reference", "missing or empty"),
        (
            |new| new.remove("starter/durations").write("starter/a.py", "a = 1\n"),
            "error Layout starter",
            "durations/__init__.py",
        ),
        (|new| new.remove("samples/correct-scanner"), "error Samples samples", "no correct-*"),
        (
            |new| new.remove("samples/wrong-any-digits"),
            "warning Samples samples",
            "too few wrong-* samples: 2",
        ),
        (
            |new| new.remove("samples/wrong-first-part-only"),
            "warning Samples samples",
            "no wrong sample fails: parsing",
        ),
        (
            |new| new.write("samples/odd/a.py", ""),
            "error Readable samples",
            "correct-, wrong- or hostile-",
        ),
        (
            |new| new.replace("tests/visible/test_visible.py", "def test_an_hour", "def an_hour"),
            "warning VisibleShare tests/visible",
            "1 visible, 11 hidden, which is 9 %",
        ),
    ]);
}

#[test]
fn what_cannot_be_packed_is_an_error() {
    each(&[
        (
            |new| {
                new.replace("challenge.toml", "allowed = []", "allowed = [\"leftpad\"]")
                    .append("README.md", "leftpad")
            },
            "error Package challenge.toml",
            "leftpad",
        ),
        (
            |new| new.write("starter/conftest.py", ""),
            "error Package starter",
            "conftest.py is in the way",
        ),
        (
            |new| new.write("starter/Durations/a.py", ""),
            "error Layout starter",
            "differ only in upper and lower case",
        ),
        (
            |new| new.append("starter/durations/__init__.py", "# CANARY-some-challenge"),
            "error Hidden starter/durations/__init__.py:8",
            "canary",
        ),
    ]);
}

#[test]
fn a_lock_of_another_suite_is_an_error() {
    let new = NewChallenge::new();
    let challenge = new.load();
    let lock = format!(
        "schema = 1\nchallenge = \"some-challenge\"\nsuite_sha256 = \"{}\"\n\
         canary = \"takehome-canary-00112233445566778899aabbccddeeff\"\n\
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
fn the_sealed_challenges_of_this_repository_have_no_errors() {
    for dir in common::sealed_challenges() {
        let mut findings = lint(&Challenge::load(&dir).expect("a challenge"));
        findings.retain(|finding| finding.severity == Severity::Error);
        assert_eq!(findings, [], "{}", dir.display());
    }
}
