//! Gradings on the real engine: what each kind of submission comes to.

mod common;

use std::{fs::File, io::Write as _, path::Path, process::Command};

use common::{folder, grade_tiny, json, run, sample};
use serde_json::Value;

fn verdict(report: &Value) -> &str {
    report["verdict"].as_str().expect("a verdict")
}

fn fault(report: &Value) -> (&str, &str) {
    let fault = &report["fault"];
    assert_ne!(fault["remedy"], "", "a fault says what to do");
    (fault["code"].as_str().expect("a code"), fault["message"].as_str().expect("a message"))
}

fn reference() -> std::path::PathBuf {
    common::root().join(common::TINY).join("tiny/reference")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_forms_of_one_submission_have_one_hash_and_one_result() {
    if common::engine().await.is_none() {
        return;
    }
    let text = std::fs::read_to_string(reference().join("tiny.py")).expect("a reference");
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);

    let zip_path = at("alice.zip");
    let mut zip = zip::ZipWriter::new(File::create(&zip_path).expect("a file"));
    zip.start_file("tiny.py", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(text.as_bytes()).expect("written");
    zip.finish().expect("a zip");

    let tar_path = at("alice.tar.gz");
    let gz = flate2::write::GzEncoder::new(
        File::create(&tar_path).expect("a file"),
        flate2::Compression::default(),
    );
    let mut tar = tar::Builder::new(gz);
    tar.append_path_with_name(reference().join("tiny.py"), "tiny.py").expect("an entry");
    tar.into_inner().expect("a tar").finish().expect("gzip");

    let checkout = at("checkout");
    std::fs::create_dir(&checkout).expect("a folder");
    std::fs::write(checkout.join("tiny.py"), &text).expect("a file");
    for args in [["init", "-q"].as_slice(), &["add", "."]] {
        let status = Command::new("git").args(args).current_dir(&checkout).status().expect("git");
        assert!(status.success());
    }

    let mut seen = Vec::new();
    for path in [reference(), zip_path, tar_path, checkout] {
        let (code, report) = grade_tiny(&path);
        assert_eq!((code, verdict(&report)), (0, "graded"), "{}", path.display());
        let tests: Vec<_> = report["tests"]
            .as_array()
            .expect("tests")
            .iter()
            .map(|test| (test["id"].clone(), test["outcome"].clone()))
            .collect();
        let provenance = &report["provenance"];
        seen.push((
            provenance["submission_sha256"].clone(),
            provenance["seed"].clone(),
            report["score"].clone(),
            tests,
        ));
    }
    assert_eq!(seen[0].2, 100.0);
    assert!(seen.iter().all(|other| *other == seen[0]), "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_graded_is_the_candidates_fault_with_a_reason() {
    if common::engine().await.is_none() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let text = dir.path().join("notes.txt");
    std::fs::write(&text, "hello").expect("a file");
    let traversal = dir.path().join("evil.zip");
    let mut zip = zip::ZipWriter::new(File::create(&traversal).expect("a file"));
    zip.start_file("../x", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(b"x").expect("written");
    zip.finish().expect("a zip");
    let empty = folder(&[]);
    let other = folder(&[("readme.txt", "no solution")]);

    let cases: [(&Path, &str, &str); 7] = [
        (empty.path(), "empty_submission", "no file"),
        (&text, "not_an_archive", "not a zip or tar archive"),
        (&traversal, "parent_component", "../x"),
        (other.path(), "missing_files", "tiny.py"),
        (&sample("wrong-syntax-error"), "does_not_import", "line 1"),
        (&sample("wrong-hangs-at-import"), "hangs_at_import", "tiny"),
        (&sample("hostile-exits-at-import"), "exits_at_import", "tiny"),
    ];
    for (path, code, mentions) in cases {
        let (exit, report) = grade_tiny(path);
        assert_eq!((exit, verdict(&report)), (3, "candidate_fault"), "{}", path.display());
        let (found, message) = fault(&report);
        assert_eq!(found, code);
        assert!(message.contains(mentions), "{code}: {message}");
        assert!(report["score"].is_null());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trick_gains_nothing_over_the_same_solution_without_it() {
    if common::engine().await.is_none() {
        return;
    }
    let score = |name: &str| grade_tiny(&sample(name)).1["score"].as_f64().unwrap_or(0.0);
    let honest = score("wrong-returns-zero");
    assert!(honest < 100.0);
    for trick in [
        "hostile-exits-at-import",
        "hostile-exits-in-call",
        "hostile-equals-everything",
        "hostile-conftest",
        "hostile-walks-frames",
    ] {
        let tricked = score(trick);
        assert!(tricked <= honest, "{trick}: {tricked} over {honest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leftover_daemon_is_killed_and_named_and_costs_no_points() {
    if common::engine().await.is_none() {
        return;
    }
    let (_, report) = grade_tiny(&sample("hostile-daemon"));
    assert_eq!(report["score"], 100.0);
    let notes = report["integrity"].as_array().expect("notes");
    assert!(notes.iter().any(|note| note["kind"] == "leftover_processes"), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_above_the_limit_is_out_of_memory_and_the_rest_is_graded() {
    if common::engine().await.is_none() {
        return;
    }
    let greedy = folder(&[(
        "tiny.py",
        "def total(numbers):\n    hog = []\n    while True:\n        hog.append(bytearray(1 << 22))\n\n\n\
         def first(numbers):\n    return numbers[0]\n",
    )]);
    let (code, report) = grade_tiny(greedy.path());
    assert_eq!((code, verdict(&report)), (0, "graded"));
    for test in report["tests"].as_array().expect("tests") {
        let expected = if test["group"] == "total" { "out_of_memory" } else { "passed" };
        assert_eq!(test["outcome"], expected, "{test}");
    }
    assert_eq!(report["score"], 40.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_challenge_is_the_authors_fault() {
    if common::engine().await.is_none() {
        return;
    }
    let roots = tempfile::tempdir().expect("a folder");
    let copy = Command::new("cp")
        .args(["-r"])
        .arg(common::root().join(common::TINY).join("tiny"))
        .arg(roots.path())
        .status()
        .expect("cp");
    assert!(copy.success());
    let hidden = roots.path().join("tiny/tests/hidden/test_first.py");
    let root = roots.path().to_str().expect("a path");
    let path = reference();
    let path = path.to_str().expect("a path");
    let grade =
        || run(&["--challenges", root, "grade", path, "--challenge", "tiny", "--format", "json"]);

    let text = std::fs::read_to_string(&hidden).expect("a suite");
    std::fs::write(&hidden, format!("{text}\n\ndef test_more(solution):\n    pass\n"))
        .expect("written");
    let output = grade();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(fault(&json(&output)).0, "suite_differs_from_lock");

    std::fs::write(&hidden, "def broken(:\n").expect("written");
    let seal = run(&["--challenges", root, "challenge", "verify", "tiny", "--seal"]);
    assert_eq!(seal.status.code(), Some(4), "a suite that does not collect cannot be sealed");
    assert!(String::from_utf8_lossy(&seal.stderr).contains("test_first.py"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_submissions_print_a_list_and_the_worst_exit_code() {
    if common::engine().await.is_none() {
        return;
    }
    let reference = reference();
    let empty = folder(&[]);
    let paths = [reference.as_path(), empty.path()].map(|path| path.to_str().expect("a path"));
    let output = run(&[
        "--challenges",
        common::TINY,
        "grade",
        paths[0],
        paths[1],
        "--challenge",
        "tiny",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(3));
    let reports = json(&output);
    let verdicts: Vec<_> = reports.as_array().expect("a list").iter().map(verdict).collect();
    assert_eq!(verdicts, ["graded", "candidate_fault"]);

    let wrong = sample("wrong-returns-zero");
    let wrong = wrong.to_str().expect("a path");
    let low = run(&[
        "--challenges",
        common::TINY,
        "grade",
        wrong,
        "--challenge",
        "tiny",
        "--fail-under",
        "60",
    ]);
    assert_eq!(low.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn real_reports_follow_the_published_schema() {
    if common::engine().await.is_none() {
        return;
    }
    let schema =
        std::fs::read_to_string(common::root().join("docs/report.schema.json")).expect("a schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let empty = folder(&[]);
    let paths = [
        reference(),
        sample("wrong-returns-zero"),
        sample("wrong-syntax-error"),
        empty.path().to_owned(),
    ];
    for path in paths {
        let (_, report) = grade_tiny(&path);
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixtures_verify_with_generated_data_that_only_the_judge_knows_in_full() {
    if common::engine().await.is_none() {
        return;
    }
    let output = run(&[
        "--challenges",
        common::TINY,
        "challenge",
        "verify",
        "tiny",
        "with-data",
        "--format",
        "json",
    ]);
    let matrices = json(&output);
    assert_eq!(output.status.code(), Some(0), "{matrices:#}");
    for matrix in matrices.as_array().expect("a list") {
        for row in matrix["rows"].as_array().expect("rows") {
            assert_eq!(row["mismatches"], serde_json::json!({}), "{row}");
        }
    }
}
