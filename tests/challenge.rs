//! Reading challenges from disk: what an author gets told when a file is wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use takehome::challenge::{
    AiPolicy, Canary, Challenge, ChallengeError, CollectedTest, ImageKind, Level, Limits, Manifest,
    SampleKind, SuiteLock,
};
use takehome::domain::Verdict;
use takehome::submission::{IntakeLimits, Submission};

const MANIFEST: &str = r#"schema = 1
id = "courier-retry"
title = "Courier"
area = "Retries"
questions = ["Q6.1", "Q6"]
level = "senior"
time_box = "75m"
ai_policy = "allowed-with-disclosure"
image = "core"

[interface]
kind = "command"
summary = "python -m courier"
required = ["courier/__main__.py"]
probe = ["courier", "courier.__main__"]

[[groups]]
name = "contract"
weight = 40
summary = "one line per event"

[[groups]]
name = "retry-after"
weight = 60
summary = "waits long enough"

[limits]
memory = "1GiB"
cpus = 1
call_timeout = "40s"
test_timeout = "90s"

[dependencies]
allowed = ["httpx", "ruamel.yaml"]
"#;

fn parse_error(text: &str) -> String {
    Manifest::parse(text, Path::new("c/challenge.toml")).unwrap_err().to_string()
}

/// A root with the challenge of [`MANIFEST`] in it.
fn library() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("courier-retry");
    write(&dir, "challenge.toml", MANIFEST);
    write(&dir, "tests/hidden/test_contract.py", "def test_one(): pass\n");
    (root, dir)
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_manifest_is_read_with_its_units_and_defaults() {
    let manifest = Manifest::parse(MANIFEST, Path::new("challenge.toml")).unwrap();
    assert_eq!(manifest.id.as_str(), "courier-retry");
    assert_eq!(manifest.level, Level::Senior);
    assert_eq!(manifest.time_box, Duration::from_secs(75 * 60));
    assert_eq!(manifest.ai_policy, AiPolicy::AllowedWithDisclosure);
    assert_eq!(manifest.image, ImageKind::Core);
    assert_eq!(manifest.image.as_str(), "core");
    assert_eq!(manifest.groups[1].weight, 60);
    let expected = Limits {
        memory: 1 << 30,
        call_timeout: Duration::from_secs(40),
        test_timeout: Duration::from_secs(90),
        ..Limits::default()
    };
    assert_eq!(manifest.limits, expected);
    assert!(manifest.dependencies.preload.is_empty());
}

#[test]
fn what_is_preloaded_may_depend_on_a_word_in_the_submission() {
    let parse = |table: &str| Manifest::parse(&format!("{MANIFEST}{table}"), Path::new("c.toml"));
    let manifest =
        parse("\n[dependencies.preload_if_named]\nhttpx = [\"httpx\", \"httpcore.h\"]\n");
    let named = manifest.expect("a manifest").dependencies.preload_if_named;
    assert_eq!(named["httpx"], ["httpx", "httpcore.h"]);
    for (table, complaint) in [
        ("\"a b\" = [\"httpx\"]", "`dependencies.preload_if_named.a b`: \"a b\" is not a word"),
        ("httpx = [\"a/b\"]", "`dependencies.preload_if_named.httpx`: \"a/b\" is not a module's"),
    ] {
        let error = parse(&format!("\n[dependencies.preload_if_named]\n{table}\n")).unwrap_err();
        assert!(error.to_string().contains(complaint), "{error}");
    }
}

#[test]
fn an_error_names_file_position_key_and_what_would_be_accepted() {
    for (from, to, message) in [
        (
            "image = \"core\"",
            "image = \"gpu\"",
            "c/challenge.toml:9:9: `image`: unknown variant `gpu`, expected one of `core`, `data`, `web`",
        ),
        (
            "memory = \"1GiB\"",
            "memory = \"1GB\"",
            "c/challenge.toml:28:10: `limits.memory`: \"1GB\" is not a size; \
             write it like \"512MiB\" (B, KiB, MiB, GiB)",
        ),
        (
            "memory = \"1GiB\"",
            "memory = \"65GiB\"",
            "c/challenge.toml:28:10: `limits.memory`: 65GiB is not from 64MiB to 64GiB",
        ),
        ("cpus = 1", "lanes = 9", "c/challenge.toml:29:9: `limits.lanes`: 9 is not from 1 to 8"),
        ("cpus = 1", "pids = -1", "c/challenge.toml:29:8: `limits.pids`: -1 is not from 8 to 4096"),
        (
            "cpus = 1",
            "cpus = nan",
            "c/challenge.toml:29:8: `limits.cpus`: NaN is not from 0.1 to 64",
        ),
        (
            "time_box = \"75m\"",
            "time_box = \"75\"",
            "c/challenge.toml:7:12: `time_box`: \"75\" is not a duration; \
             write it like \"90s\" or \"1h 30m\"",
        ),
        (
            "call_timeout = \"40s\"",
            "call_timeout = \"2m\"",
            "c/challenge.toml:30:16: `limits.call_timeout`: 2m is longer than \
             limits.test_timeout, which is 1m 30s",
        ),
        (
            "cpus = 1",
            "work = \"2GiB\"",
            "c/challenge.toml:29:8: `limits.work`: 2GiB is more than limits.memory, which is 1GiB",
        ),
        (
            "weight = 40",
            "weight = 30",
            "c/challenge.toml: `groups`: the weights sum to 90; they must sum to 100",
        ),
        (
            "weight = 40",
            "weight = 0",
            "c/challenge.toml:19:10: `groups[0].weight`: 0 is not from 1 to 100",
        ),
        (
            "name = \"contract\"",
            "name = \"retry-after\"",
            "c/challenge.toml:23:8: `groups[1].name`: \"retry-after\" is there twice",
        ),
        (
            "\"Q6.1\"",
            "\"6.1\"",
            "c/challenge.toml:5:14: `questions`: \"6.1\" is not like Q6 or Q6.1",
        ),
        (
            "\"courier/__main__.py\"",
            "\"../x.py\"",
            "c/challenge.toml:14:13: `interface.required`: \"../x.py\" is not a path inside the \
             submission, such as \"courier/__main__.py\"",
        ),
        (
            "\"courier.__main__\"",
            "\"courier/__main__\"",
            "c/challenge.toml:15:21: `interface.probe`: \"courier/__main__\" is not a module's dotted name",
        ),
        (
            "\"httpx\"",
            "\"httpx>=1\"",
            "c/challenge.toml:34:12: `dependencies.allowed`: \"httpx>=1\" is not a distribution's \
             name, without version or extras",
        ),
        (
            "title = \"Courier\"",
            "title = \" \"",
            "c/challenge.toml:3:9: `title`: must be one line of text, and not empty",
        ),
        (
            "id = \"courier-retry\"",
            "id = \"Courier\"",
            "c/challenge.toml:2:6: `id`: \"Courier\" is not a challenge id: use 2 to 64 \
             characters of a-z, 0-9 and '-', the first one not '-'",
        ),
        (
            "schema = 1",
            "schema = 2\nnew_in_2 = true",
            "c/challenge.toml:1:10: `schema`: 2 is not a version that this program reads; it reads 1",
        ),
    ] {
        assert!(MANIFEST.contains(from), "{from}");
        assert_eq!(parse_error(&MANIFEST.replace(from, to)), message);
    }
}

#[test]
fn unknown_and_missing_keys_are_errors() {
    let unknown = parse_error(&MANIFEST.replace("cpus = 1", "cpu = 1"));
    assert!(unknown.starts_with("c/challenge.toml:29:1: `limits"), "{unknown}");
    assert!(unknown.contains("unknown field `cpu`, expected one of `memory`, `cpus`"), "{unknown}");
    let missing = parse_error(&MANIFEST.replace("kind = \"command\"\n", ""));
    assert!(missing.contains("`interface`: missing field `kind`"), "{missing}");
    let missing = parse_error(&MANIFEST.replace("schema = 1\n", ""));
    assert!(missing.contains("missing field `schema`"), "{missing}");
    let syntax = parse_error(&MANIFEST.replace("id = ", "id "));
    assert!(syntax.starts_with("c/challenge.toml:2:4: "), "{syntax}");
}

#[test]
fn a_challenge_is_found_in_the_first_root_that_has_it() {
    let (first, dir) = library();
    let (second, _) = library();
    write(second.path(), "hotpath/challenge.toml", "not read");
    write(second.path(), "notes/README.md", "not a challenge");
    let roots = [first.path().to_owned(), second.path().to_owned()];

    assert_eq!(Challenge::find(&roots, "courier-retry").unwrap().dir, dir);
    let ids = Challenge::ids(&roots).unwrap();
    assert_eq!(ids[0], ("courier-retry".to_owned(), dir));
    assert_eq!(ids[1].0, "hotpath");
    assert_eq!(ids.len(), 2);

    let missing = Challenge::find(&roots, "courier").unwrap_err();
    assert_eq!(
        missing.to_string(),
        "no challenge \"courier\" (did you mean \"courier-retry\"?); there are: \
         courier-retry, hotpath"
    );
    let nowhere = Challenge::find(&[], "../etc").unwrap_err();
    assert_eq!(
        nowhere.to_string(),
        "no challenge \"../etc\"; there are: none; pass --challenges DIR"
    );
    let no_root = Challenge::ids(&[first.path().join("gone")]);
    assert!(matches!(no_root, Err(ChallengeError::NoRoot(_))));
    let no_manifest = Challenge::find(&roots, "notes");
    assert!(matches!(no_manifest, Err(ChallengeError::NoManifest(_))));
}

#[test]
fn the_id_is_the_folders_name() {
    let (root, dir) = library();
    let renamed = root.path().join("other-name");
    fs::rename(dir, &renamed).unwrap();
    let error = Challenge::load(&renamed).unwrap_err().to_string();
    assert!(
        error
            .ends_with("`id`: \"courier-retry\" is not the folder's name, which is \"other-name\"")
    );
}

#[test]
fn a_challenge_is_loaded_before_and_after_it_is_sealed() {
    let (_root, dir) = library();
    let challenge = Challenge::load(&dir).unwrap();
    assert_eq!(challenge.lock, None);
    let collected: Vec<CollectedTest> = serde_json::from_str(
        r#"[{"id": "test_contract.py::test_one", "group": "contract", "unit": "u1", "critical": null},
            {"id": "test_wait.py::test_date", "group": "retry-after", "unit": "u2", "critical": 60}]"#,
    )
    .unwrap();
    let lock = SuiteLock::seal(&challenge.manifest, &challenge.suite, &collected, Canary::random())
        .unwrap();
    lock.save(&challenge.lock_path()).unwrap();

    let sealed = Challenge::load(&dir).unwrap();
    assert_eq!(sealed.lock.as_ref(), Some(&lock));
    assert_eq!(lock.check(&sealed.manifest, &sealed.suite), Ok(()));
    assert_eq!(lock.check_collected(&collected), Ok(()));

    write(&dir, "tests/hidden/test_contract.py", "def test_one(): assert False\n");
    let changed = Challenge::load(&dir).unwrap();
    assert!(lock.check(&changed.manifest, &changed.suite).is_err());

    fs::write(challenge.lock_path(), "schema = 1").unwrap();
    assert!(matches!(Challenge::load(&dir), Err(ChallengeError::Lock(_))));
}

#[test]
fn a_suite_that_is_missing_or_linked_is_an_error() {
    let (_root, dir) = library();
    symlink("test_contract.py", dir.join("tests/hidden/test_link.py")).unwrap();
    assert!(matches!(Challenge::load(&dir), Err(ChallengeError::Suite(_))));
    fs::remove_dir_all(dir.join("tests")).unwrap();
    let error = Challenge::load(&dir).unwrap_err().to_string();
    assert!(error.starts_with("no hidden suite: "), "{error}");
}

#[test]
fn samples_are_read_with_what_their_names_say() {
    let (_root, dir) = library();
    assert!(Challenge::load(&dir).unwrap().samples().unwrap().is_empty());
    write(&dir, "samples/README.md", "not a sample");
    write(&dir, "samples/__pycache__/x.pyc", "");
    write(
        &dir,
        "samples/wrong-constant-wait/expected.toml",
        "summary = \"waits constantly\"\nverdict = \"graded\"\nfails = [\"retry-after\"]\n",
    );
    write(
        &dir,
        "samples/correct-threads/expected.toml",
        "summary = \"threads\"\nverdict = \"graded\"\nfails = []\n",
    );
    write(
        &dir,
        "samples/hostile-exit/expected.toml",
        "summary = \"exits\"\nverdict = \"candidate_fault\"\nscore_at_most = 0\n",
    );
    let samples = Challenge::load(&dir).unwrap().samples().unwrap();
    let read: Vec<_> = samples.iter().map(|sample| (sample.slug.as_str(), sample.kind)).collect();
    assert_eq!(
        read,
        [
            ("correct-threads", SampleKind::Correct),
            ("hostile-exit", SampleKind::Hostile),
            ("wrong-constant-wait", SampleKind::Wrong),
        ]
    );
    assert_eq!(samples[1].expected.verdict, Verdict::CandidateFault);
    assert_eq!(samples[1].expected.score_at_most, Some(0.0));
    assert_eq!(samples[2].expected.fails, ["retry-after"]);
}

#[test]
fn a_sample_that_expects_the_impossible_is_an_error() {
    for (slug, expected, complaint) in [
        ("right-one", "", "starts with correct-, wrong- or hostile-"),
        ("wrong-", "", "starts with correct-, wrong- or hostile-"),
        (
            "wrong-a",
            "verdict = \"graded\"\nfails = [\"schedule\"]",
            "no group \"schedule\"; there are contract, retry-after",
        ),
        ("wrong-a", "verdict = \"graded\"\nfails = []", "name the groups that catch"),
        ("wrong-a", "verdict = \"candidate_fault\"\nfails = [\"contract\"]", "has no groups"),
        ("correct-a", "verdict = \"graded\"\nfails = [\"contract\"]", "fails no group"),
        ("correct-a", "verdict = \"candidate_fault\"", "fails no group"),
        (
            "hostile-a",
            "verdict = \"infra_fault\"",
            "unknown variant `infra_fault`, expected `graded` or `candidate_fault`",
        ),
        ("hostile-a", "verdict = \"graded\"\nscore_at_most = 101", "from 0 to 100"),
        ("hostile-a", "verdict = \"graded\"\nscore = 1", "unknown field `score`"),
    ] {
        let (_root, dir) = library();
        let text = format!("summary = \"s\"\n{expected}\n");
        write(&dir, &format!("samples/{slug}/expected.toml"), &text);
        let error = Challenge::load(&dir).unwrap().samples().unwrap_err().to_string();
        assert!(error.contains(complaint), "{slug}, {expected}: {error}");
    }
    let (_root, dir) = library();
    fs::create_dir_all(dir.join("samples/wrong-empty")).unwrap();
    let error = Challenge::load(&dir).unwrap().samples().unwrap_err().to_string();
    assert!(error.contains("samples/wrong-empty/expected.toml"), "{error}");
}

#[test]
fn the_manifest_in_authoring_md_is_valid_and_shows_the_defaults() {
    let text = include_str!("../challenges/AUTHORING.md");
    let block = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let block = block.replace("weight = 10\n", "weight = 100\n");
    let manifest = Manifest::parse(&block, Path::new("AUTHORING.md")).unwrap();
    assert_eq!(manifest.limits, Limits::default());
}

#[test]
fn every_shipped_challenge_and_sample_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let roots = [root.join("challenges"), root.join("tests/fixtures/challenges")];
    let ids = Challenge::ids(&roots).unwrap();
    assert!(!ids.is_empty());
    for (id, dir) in ids {
        let challenge = Challenge::load(&dir).unwrap_or_else(|error| panic!("{id}: {error}"));
        let samples = challenge.samples().unwrap_or_else(|error| panic!("{id}: {error}"));
        let limits = IntakeLimits::default().with_anchors(&challenge.manifest.interface.required);
        for sample in samples {
            Submission::open(&sample.dir, &limits)
                .unwrap_or_else(|refusal| panic!("{id}, {}: {refusal}", sample.slug));
        }
    }
}

#[test]
fn what_verification_allows_for_has_defaults_and_ranges() {
    let parse = |table: &str| Manifest::parse(&format!("{MANIFEST}{table}"), Path::new("c.toml"));
    let plain = parse("").unwrap().verify;
    assert_eq!((plain.repeat, plain.suite_time), (None, Duration::from_secs(30)));
    let stated = parse("[verify]\nrepeat = 5\nsuite_time = \"90s\"\n").unwrap().verify;
    assert_eq!((stated.repeat, stated.suite_time), (Some(5), Duration::from_secs(90)));
    for (table, says) in [
        ("[verify]\nrepeat = 0\n", "`verify.repeat`: 0 is not from 1 to 1000"),
        ("[verify]\nsuite_time = \"2h\"\n", "`verify.suite_time`: 2h is not from 1s to 1h"),
        ("[verify]\nsuite_time = 90\n", "invalid type"),
        ("[verify]\nrepeats = 5\n", "unknown field `repeats`"),
    ] {
        let error = parse(table).unwrap_err().to_string();
        assert!(error.contains(says), "{table}: {error}");
    }
}

#[test]
fn equivalent_mutants_are_read_beside_the_manifest_and_errors_name_the_file() {
    let (_root, dir) = library();
    assert_eq!(Challenge::load(&dir).unwrap().equivalents().unwrap(), []);
    let file = dir.join("equivalent-mutants.toml");
    let entry = "[[mutant]]\nfile = \"a.py\"\noperator = \"core/AddNot\"\noriginal = \"if a:\"\n\
                 mutated = \"if not a:\"\n";
    fs::write(&file, format!("{entry}reason = \"a is always true\"\n")).unwrap();
    let found = Challenge::load(&dir).unwrap().equivalents().unwrap();
    assert_eq!((found.len(), found[0].reason.as_str()), (1, "a is always true"));
    fs::write(&file, entry).unwrap();
    let error = Challenge::load(&dir).unwrap().equivalents().unwrap_err().to_string();
    assert!(error.contains("equivalent-mutants.toml") && error.contains("reason"), "{error}");
}
