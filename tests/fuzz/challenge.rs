//! What authors write: challenge.toml, suite.lock, expected.toml, equivalent-mutants.toml, README.md
//! and DESIGN.md.

#[path = "../common/new_challenge.rs"]
#[allow(dead_code, reason = "it has more than is used here")]
mod new_challenge;

use std::{collections::BTreeSet, fs, path::Path};

use crate::{harness::Target, mutate};
use new_challenge::NewChallenge;
use proptest::prelude::*;
use takehome::{
    challenge::{Challenge, Manifest, SampleKind, SuiteLock},
    domain::Verdict,
    package::lint,
};

const TOML_WORDS: [&[u8]; 22] = [
    b"\n[[groups]]\n",
    b"[limits]",
    b"[",
    b"]",
    b"=",
    b"\"\"\"",
    b"'''",
    b"'",
    b"\"",
    b"\\u0000",
    b"\\U0010ffff",
    b"inf",
    b"-nan",
    b"1979-05-27T07:32:00Z",
    b"0x7fffffffffffffff",
    b"{a={b={c=1}}}",
    b"[[[[[[[[[[[[[[[[",
    b"a.b.c.d.e = 1",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\xff",
    b"#",
];
const TOML_VALUES: [&str; 44] = [
    "\"\"",
    "\" \"",
    "\"x\"",
    "\"../x\"",
    "\"a/b.py\"",
    "\"/a.py\"",
    "\"a\\u0000b\"",
    "\"\\u202e\"",
    "[]",
    "[\"a.py\", \"a.py\"]",
    "[\"a/./b.py\"]",
    "[\"a.b.c\"]",
    "[\"Q6.1\", \"Q7\"]",
    "[[[]]]",
    "{}",
    "0",
    "1",
    "-1",
    "40",
    "60",
    "99",
    "100",
    "101",
    "256",
    "4294967296",
    "9223372036854775807",
    "0.1",
    "64.0",
    "inf",
    "nan",
    "1e308",
    "true",
    "1979-05-27",
    "\"1s\"",
    "\"90m\"",
    "\"7days\"",
    "\"18446744073709551615y\"",
    "\"1.5GiB\"",
    "\"99999999999999999999999GiB\"",
    "\"1..5MiB\"",
    "\".B\"",
    "\"64MiB\"",
    "\"graded\"",
    "\"candidate_fault\"",
];

const PAGE_WORDS: [&[u8]; 12] = [
    b"time box ",
    b"90 minutes and 1 h",
    b"inf s",
    b"1e400 days",
    b"parsing",
    b"| parsing | 60 |",
    b"## What is graded\n",
    b"```\n",
    b"TODO",
    b"AI",
    "\u{130}\u{df}\u{1e9e}".as_bytes(),
    b"\xff",
];

fn toml(target: &Target) -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        1 => mutate::bytes(target.corpus(), &TOML_WORDS),
        2 => mutate::lines(target.corpus(), &TOML_VALUES),
    ]
    .boxed()
}

/// A challenge without files to make a package of, so that linting it is quick.
fn bare(new: &NewChallenge) -> Challenge {
    for folder in ["starter", "reference", "samples", "tests/visible"] {
        new.remove(folder);
    }
    new.load()
}

fn assert_shown(message: &str) {
    assert!(!message.trim().is_empty());
    assert!(message.len() < 20_000, "a message of {} bytes", message.len());
}

/// A manifest keeps what everything else relies on, and linting by it gives findings.
#[test]
fn manifests() {
    let target = Target::new("manifest");
    let new = NewChallenge::new();
    let challenge = bare(&new);
    let inputs = toml(&target);
    target.run(&inputs, |bytes, _| {
        let text = String::from_utf8_lossy(bytes);
        let manifest = match Manifest::parse(&text, Path::new("challenge.toml")) {
            Ok(manifest) => manifest,
            Err(error) => {
                assert_shown(&error.to_string());
                if let Some((line, column)) = error.position {
                    let there = text.split('\n').nth(line - 1).expect("a line of the file");
                    assert!(column <= there.chars().count() + 1, "{line}:{column}");
                }
                return;
            }
        };
        assert_sound(&manifest);
        for finding in lint(&Challenge { manifest, ..challenge.clone() }) {
            assert_shown(&finding.message);
            assert_shown(&finding.remedy);
        }
    });
}

fn assert_sound(manifest: &Manifest) {
    let names: BTreeSet<&str> = manifest.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names.len(), manifest.groups.len());
    assert_eq!(manifest.groups.iter().map(|group| group.weight).sum::<u32>(), 100);
    for path in &manifest.interface.required {
        let parts = path.trim_end_matches('/').split('/');
        assert!(parts.clone().all(|part| !matches!(part, "" | "." | "..")), "{path}");
        assert!(!path.contains(['\\', '\0']));
    }
    for line in [&manifest.title, &manifest.area, &manifest.interface.summary] {
        assert!(!line.is_empty() && !line.chars().any(char::is_control));
    }
    let limits = &manifest.limits;
    assert!(limits.work <= limits.memory && limits.memory <= 64 << 30);
    assert!(limits.call_timeout <= limits.test_timeout);
    assert!(limits.test_timeout <= limits.grading_timeout);
    assert!((0.1..=64.0).contains(&limits.cpus) && (1..=8).contains(&limits.lanes));
    assert!(manifest.verify.repeat.is_none_or(|repeat| (1..=1000).contains(&repeat)));
}

/// A lock is rendered to a text that is read as the same lock.
#[test]
fn suite_locks() {
    let target = Target::new("suite_lock");
    let challenge = NewChallenge::new().load();
    let inputs = toml(&target);
    target.run(&inputs, |bytes, _| {
        let text = String::from_utf8_lossy(bytes);
        let file = Path::new("suite.lock");
        let lock = match SuiteLock::parse(&text, file) {
            Ok(lock) => lock,
            Err(error) => return assert_shown(&error.to_string()),
        };
        let rendered = lock.render();
        let again = SuiteLock::parse(&rendered, file).expect("what we write we read");
        assert_eq!(again, lock);
        assert_eq!(again.render(), rendered);
        assert_eq!(lock.groups.iter().map(|group| group.weight).sum::<u32>(), 100);
        let ids: BTreeSet<&str> = lock.tests.iter().map(|test| test.id.as_str()).collect();
        assert_eq!(ids.len(), lock.tests.len());
        if let Err(mismatch) = lock.check(&challenge.manifest, &challenge.suite) {
            assert!(!mismatch.differences.is_empty());
        }
        assert!(lock.check_collected(&[]).is_err(), "a lock seals at least one test");
    });
}

/// What a sample of each kind may expect.
#[test]
fn expectations() {
    let target = Target::new("expected");
    let new = NewChallenge::new();
    let challenge = new.load();
    let samples = challenge.dir.join("samples");
    fs::remove_dir_all(&samples).expect("removed");
    let inputs = toml(&target);
    target.run(&inputs, |bytes, _| {
        for kind in ["correct", "wrong", "hostile"] {
            let sample = samples.join(format!("{kind}-x"));
            fs::create_dir_all(&sample).expect("a folder");
            fs::write(sample.join("expected.toml"), bytes).expect("written");
            let found = challenge.samples();
            fs::remove_dir_all(&samples).expect("removed");
            let sample = match found {
                Ok(mut samples) => samples.pop().expect("one sample"),
                Err(error) => {
                    assert_shown(&error.to_string());
                    continue;
                }
            };
            let expected = &sample.expected;
            let groups = &challenge.manifest.groups;
            let known = |name: &String| groups.iter().any(|group| group.name == *name);
            assert!(expected.fails.iter().all(known));
            assert!(expected.score_at_most.is_none_or(|most| (0.0..=100.0).contains(&most)));
            let graded = expected.verdict == Verdict::Graded;
            assert!(graded || expected.verdict == Verdict::CandidateFault);
            assert!(graded || expected.fails.is_empty());
            match sample.kind {
                SampleKind::Correct => assert!(graded && expected.fails.is_empty()),
                SampleKind::Wrong => assert!(!graded || !expected.fails.is_empty()),
                SampleKind::Hostile => {}
            }
        }
    });
}

/// Entries name a file, an operator, lines and a reason; each means the mutant that it describes.
#[test]
fn equivalent_mutants() {
    let target = Target::new("equivalents");
    let new = NewChallenge::new();
    let challenge = new.load();
    let inputs = toml(&target);
    target.run(&inputs, |bytes, _| {
        fs::write(new.path("equivalent-mutants.toml"), bytes).expect("written");
        let entries = match challenge.equivalents() {
            Ok(entries) => entries,
            Err(error) => return assert_shown(&error.to_string()),
        };
        for entry in &entries {
            assert!(!entry.reason.trim().is_empty());
            let after = entry.after.as_deref().unwrap_or_default();
            let (file, operator) = (&entry.file, &entry.operator);
            assert!(entry.means(file, operator, &entry.original, &entry.mutated, after));
            assert!(!entry.means(file, operator, &entry.original, &entry.original, after));
        }
    });
}

/// Pages for people give findings with a line that is there.
#[test]
fn pages() {
    let target = Target::new("pages");
    let new = NewChallenge::new();
    let challenge = bare(&new);
    let inputs = mutate::bytes(target.corpus(), &PAGE_WORDS);
    target.run(&inputs, |bytes, _| {
        fs::write(new.path("README.md"), bytes).expect("written");
        fs::write(new.path("DESIGN.md"), bytes).expect("written");
        let lines = String::from_utf8_lossy(bytes).lines().count();
        for finding in lint(&challenge) {
            assert_shown(&finding.message);
            assert!(finding.line.is_none_or(|line| (1..=lines).contains(&line)));
        }
    });
}
