//! `docs/report.schema.json` and the types of `takehome::domain` describe the same JSON.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

#[path = "common/report.rs"]
mod report;

use report::{schema, violations};
use serde_json::{Value, json};
use takehome::domain::timing::{
    Ideal, Measurement, Order, Pair, Plan, PlanTiming, ProcessPair, Sample, Side, Sides,
    StopReason, TimingFailure,
};
use takehome::domain::{
    Digest, Engine, Fault, GroupScore, IntegrityKind, IntegrityNote, LimitsUsed, Provenance,
    REPORT_SCHEMA, Report, Resources, TestOutcome, TestReport, Verdict,
};
use takehome::timing;

fn graded() -> Report {
    let outcomes = [
        TestOutcome::Passed,
        TestOutcome::Failed,
        TestOutcome::Crashed,
        TestOutcome::TimedOut,
        TestOutcome::OutOfMemory,
        TestOutcome::NotRun,
    ];
    let kinds = [
        IntegrityKind::LeftoverProcesses,
        IntegrityKind::OutputCapped,
        IntegrityKind::ProtocolViolation,
        IntegrityKind::UnexpectedExit,
        IntegrityKind::ContainerReplaced,
        IntegrityKind::NetworkRefused,
        IntegrityKind::CanarySeen,
        IntegrityKind::HiddenLeak,
    ];
    Report {
        schema: REPORT_SCHEMA,
        grading_id: "0198c0de".to_owned(),
        challenge: "courier-retry".to_owned(),
        submission: "alice.zip".to_owned(),
        verdict: Verdict::Graded,
        score: Some(16.67),
        capped_by: None,
        groups: vec![GroupScore { name: "contract".to_owned(), weight: 100, passed: 1, total: 6 }],
        tests: outcomes
            .iter()
            .enumerate()
            .map(|(index, outcome)| TestReport {
                id: format!("test_contract.py::test_{index}"),
                group: "contract".to_owned(),
                outcome: *outcome,
                duration_ms: 12,
                message: String::new(),
            })
            .collect(),
        resources: Resources { wall_ms: 900, cpu_ms: 410, peak_memory_bytes: 31 << 20 },
        timing: None,
        provenance: Provenance {
            submission_sha256: Some(Digest::of(b"submission")),
            suite_sha256: Some(Digest::of(b"suite")),
            image_digest: Some("sha256:0123".to_owned()),
            seed: u64::MAX,
            takehome_version: "0.1.0".to_owned(),
            engine: Some(Engine {
                version: "20.10.24".to_owned(),
                api: "1.41".to_owned(),
                kernel: "6.1.0".to_owned(),
                arch: "x86_64".to_owned(),
                runtime: "runc".to_owned(),
            }),
            limits: Some(LimitsUsed {
                memory_bytes: 512 << 20,
                cpus: 1.0,
                pids: 64,
                test_timeout_s: 60.0,
                grading_timeout_s: 600.0,
            }),
        },
        integrity: kinds
            .iter()
            .map(|kind| IntegrityNote { kind: *kind, detail: "seen once".to_owned() })
            .collect(),
        fault: None,
    }
}

fn faulty(verdict: Verdict) -> Report {
    let mut report = graded();
    report.verdict = verdict;
    report.score = None;
    report.groups.clear();
    report.tests.clear();
    report.provenance.submission_sha256 = None;
    report.provenance.suite_sha256 = None;
    report.provenance.image_digest = None;
    report.provenance.engine = None;
    report.provenance.limits = None;
    report.fault = Some(Fault {
        code: "symlink".to_owned(),
        message: "entry \"a\" is a symbolic link".to_owned(),
        remedy: "replace the link by a copy of the file".to_owned(),
    });
    report
}

fn to_json(report: &Report) -> Value {
    serde_json::to_value(report).unwrap()
}

/// A plan that was carried out over two process pairs.
fn timed() -> PlanTiming {
    let pair = |candidate, reference| Pair {
        order: Order::Ab,
        inner: 4,
        candidate: Sample { cpu_ns: candidate, wall_ns: candidate },
        reference: Sample { cpu_ns: reference, wall_ns: reference },
    };
    let process_pair = |hash_seed| ProcessPair {
        hash_seed,
        size_index: 0,
        import: Sides::default(),
        pairs: vec![pair(1_420, 1_000), pair(1_430, 1_000)],
    };
    let process_pairs = vec![process_pair(1), process_pair(2)];
    let measurement = Measurement { process_pairs, ..Measurement::default() };
    PlanTiming {
        report: Some(timing::report(measurement, Plan::default(), StopReason::Cap)),
        failed: None,
        ideal: Some(Ideal { seconds: 1.0, times: Sides { candidate: 1.5, reference: 1.1 } }),
        latency_us: Some(Sides::default()),
        ..not_timed()
    }
}

fn not_timed() -> PlanTiming {
    let side = Some(Side::Candidate);
    PlanTiming {
        name: "walk".to_owned(),
        summary: "CPU of a walk".to_owned(),
        unit: "steps".to_owned(),
        against: "reference".to_owned(),
        report: None,
        failed: Some(TimingFailure { side, message: "it did not answer".to_owned() }),
        ideal: None,
        latency_us: None,
    }
}

#[test]
fn the_schema_is_valid_itself() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
}

#[test]
fn a_report_of_each_verdict_is_valid_and_reads_back() {
    let mut with_timing = graded();
    with_timing.timing = Some(vec![timed(), not_timed()]);
    for report in [
        graded(),
        with_timing,
        faulty(Verdict::CandidateFault),
        faulty(Verdict::AuthorFault),
        faulty(Verdict::InfraFault),
    ] {
        let value = to_json(&report);
        assert_eq!(violations(&value), Vec::<String>::new(), "{:?}", report.verdict);
        assert_eq!(serde_json::from_value::<Report>(value).unwrap(), report);
    }
}

#[test]
fn every_key_is_required_and_no_other_is_allowed_at_every_level() {
    for report in [to_json(&graded()), to_json(&faulty(Verdict::CandidateFault))] {
        for pointer in objects(&report, String::new()) {
            let keys: Vec<String> =
                report.pointer(&pointer).unwrap().as_object().unwrap().keys().cloned().collect();
            for key in keys {
                let mut without = report.clone();
                without.pointer_mut(&pointer).unwrap().as_object_mut().unwrap().remove(&key);
                assert!(!violations(&without).is_empty(), "{pointer} without {key}");
            }
            let mut with = report.clone();
            with.pointer_mut(&pointer).unwrap()["sneaky"] = json!(1);
            assert!(!violations(&with).is_empty(), "{pointer} with another key");
        }
    }
}

/// JSON pointers to every object in a value.
fn objects(value: &Value, pointer: String) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, child)| (key.clone(), child)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect()
        }
        _ => Vec::new(),
    };
    let mut found: Vec<String> = children
        .into_iter()
        .flat_map(|(key, child)| objects(child, format!("{pointer}/{key}")))
        .collect();
    if value.is_object() {
        found.push(pointer);
    }
    found
}

#[test]
fn a_fault_has_no_score_and_a_score_has_no_fault() {
    let fault = to_json(&faulty(Verdict::AuthorFault))["fault"].clone();
    for (base, pointer, value) in [
        (graded(), "/score", Value::Null),
        (graded(), "/groups", json!([])),
        (graded(), "/tests", json!([])),
        (graded(), "/fault", fault),
        (graded(), "/provenance/submission_sha256", Value::Null),
        (graded(), "/provenance/suite_sha256", Value::Null),
        (graded(), "/provenance/image_digest", Value::Null),
        (graded(), "/provenance/engine", Value::Null),
        (graded(), "/provenance/limits", Value::Null),
        (faulty(Verdict::CandidateFault), "/score", json!(0)),
        (faulty(Verdict::InfraFault), "/score", json!(0)),
        (faulty(Verdict::InfraFault), "/fault", Value::Null),
        (faulty(Verdict::AuthorFault), "/tests", to_json(&graded())["tests"].clone()),
        (faulty(Verdict::AuthorFault), "/groups", to_json(&graded())["groups"].clone()),
    ] {
        assert_invalid(base, pointer, value);
    }
}

#[test]
fn values_out_of_range_and_of_other_types_are_refused() {
    for (pointer, value) in [
        ("/schema", json!(2)),
        ("/grading_id", json!("")),
        ("/challenge", json!("../x")),
        ("/verdict", json!("passed")),
        ("/score", json!(100.01)),
        ("/score", json!(-1)),
        ("/score", json!("100")),
        ("/groups/0/weight", json!(0)),
        ("/groups/0/passed", json!(-1)),
        ("/groups/0/total", json!(0)),
        ("/tests/0/outcome", json!("skipped")),
        ("/tests/0/duration_ms", json!(1.5)),
        ("/tests/0/message", Value::Null),
        ("/resources/cpu_ms", json!(-1)),
        ("/timing", json!([])),
        ("/provenance/submission_sha256", json!("0123")),
        ("/provenance/suite_sha256", json!("G".repeat(64))),
        ("/provenance/seed", json!(-1)),
        ("/provenance/limits/cpus", json!(0)),
        ("/integrity/0/kind", json!("cheating")),
    ] {
        assert_invalid(graded(), pointer, value);
    }
    assert_invalid(faulty(Verdict::CandidateFault), "/fault/code", json!("Does not import"));
    assert_invalid(faulty(Verdict::CandidateFault), "/fault/remedy", json!(""));
}

fn assert_invalid(base: Report, pointer: &str, value: Value) {
    let mut report = to_json(&base);
    *report.pointer_mut(pointer).unwrap() = value.clone();
    assert!(!violations(&report).is_empty(), "{pointer} = {value}");
}
