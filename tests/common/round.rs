//! Reports made by hand, for tests that write them: all kinds of outcomes, the same in each run.
#![allow(dead_code, reason = "each test takes what it needs")]

use takehome::{
    domain::{
        Digest, Engine, Fault, GroupScore, IntegrityKind, IntegrityNote, LimitsUsed, Provenance,
        REPORT_SCHEMA, Report, Resources, TestOutcome, TestReport, Verdict,
    },
    render::SourceFile,
};

const GROUPS: [(&str, u32); 5] = [
    ("happy-path", 30),
    ("retries", 25),
    ("rate-limit", 20),
    ("pagination", 15),
    ("clean-shutdown", 10),
];
const TESTS_OF_A_GROUP: usize = 9;

/// A graded report in which the test at `index` ended as `outcome(index)` says.
pub fn graded(submission: &str, outcome: impl Fn(usize) -> TestOutcome) -> Report {
    let tests: Vec<TestReport> = (0..GROUPS.len() * TESTS_OF_A_GROUP)
        .map(|index| {
            let outcome = outcome(index);
            let group = GROUPS[index / TESTS_OF_A_GROUP].0;
            TestReport {
                id: format!(
                    "test_{}.py::test_behaviour_number_{index}[case-{index}]",
                    group.replace('-', "_")
                ),
                group: group.to_owned(),
                outcome,
                duration_ms: 9 + 37 * (index as u64 % 11),
                message: message(outcome),
            }
        })
        .collect();
    let groups: Vec<GroupScore> = GROUPS
        .iter()
        .map(|(name, weight)| {
            let of = || tests.iter().filter(|test| test.group == *name);
            GroupScore {
                name: (*name).to_owned(),
                weight: *weight,
                passed: of().filter(|test| test.outcome == TestOutcome::Passed).count() as u32,
                total: of().count() as u32,
            }
        })
        .collect();
    let share =
        |group: &GroupScore| f64::from(group.weight * group.passed) / f64::from(group.total);
    let score = groups.iter().map(share).sum::<f64>();
    Report {
        schema: REPORT_SCHEMA,
        grading_id: format!("0198c0de-{}", Digest::of(submission.as_bytes()).short(12)),
        challenge: "courier-retry".to_owned(),
        submission: submission.to_owned(),
        verdict: Verdict::Graded,
        score: Some((score * 100.0).round() / 100.0),
        capped_by: None,
        groups,
        tests,
        resources: Resources { wall_ms: 3_812, cpu_ms: 2_290, peak_memory_bytes: 61 << 20 },
        timing: None,
        provenance: provenance(submission),
        integrity: Vec::new(),
        fault: None,
    }
}

/// A report without a score.
pub fn faulty(submission: &str, verdict: Verdict, fault: Fault) -> Report {
    let mut report = graded(submission, |_| TestOutcome::Passed);
    report.verdict = verdict;
    report.score = None;
    report.groups.clear();
    report.tests.clear();
    report.fault = Some(fault);
    report
}

fn message(outcome: TestOutcome) -> String {
    match outcome {
        TestOutcome::Passed => String::new(),
        TestOutcome::Failed => {
            "AssertionError: three requests within 1.0 s, the origin allows two\n\
             assert [0.00, 0.31, 0.62] == [0.00, 0.50, 1.00]\n  at index 1: 0.31 != 0.50"
                .to_owned()
        }
        TestOutcome::Crashed => "the process ended with signal 11 (SIGSEGV)".to_owned(),
        TestOutcome::TimedOut => "no answer within 20 s".to_owned(),
        TestOutcome::OutOfMemory => "killed by the kernel at 512 MiB".to_owned(),
        TestOutcome::NotRun => "the test was not run".to_owned(),
    }
}

fn provenance(submission: &str) -> Provenance {
    Provenance {
        submission_sha256: Some(Digest::of(submission.as_bytes())),
        suite_sha256: Some(Digest::of(b"suite")),
        image_digest: Some(format!("sha256:{}", Digest::of(b"image"))),
        seed: 210_453_397_504_021,
        takehome_version: "0.1.0".to_owned(),
        engine: Some(Engine {
            version: "20.10.24".to_owned(),
            api: "1.41".to_owned(),
            kernel: "6.1.0-18-amd64".to_owned(),
            arch: "x86_64".to_owned(),
            runtime: "runc".to_owned(),
        }),
        limits: Some(LimitsUsed {
            memory_bytes: 512 << 20,
            cpus: 1.0,
            pids: 64,
            test_timeout_s: 20.0,
            grading_timeout_s: 300.0,
        }),
    }
}

/// A batch of forty: from full marks to none, and some that could not be graded.
pub fn forty() -> Vec<Report> {
    let mut reports: Vec<Report> = (0..36).map(one_of_forty).collect();
    for (name, verdict, code, message, remedy) in [
        (
            "ines.zip",
            Verdict::CandidateFault,
            "symlink",
            "entry \"src/link\" is a symbolic link",
            "replace the link by a copy of the file",
        ),
        (
            "jun.tar.gz",
            Verdict::CandidateFault,
            "does_not_import",
            "courier does not import\nTraceback (most recent call last):\n  File \"courier/__init__.py\", line 3\nModuleNotFoundError: No module named 'requests'",
            "use only the libraries that the challenge names",
        ),
        (
            "kim.zip",
            Verdict::AuthorFault,
            "suite_mismatch",
            "the suite collects 44 tests, the lock has 45",
            "run `takehome challenge verify courier-retry --seal`",
        ),
        (
            "lee.zip",
            Verdict::InfraFault,
            "disk_full",
            "the engine has no space left",
            "free some space and grade again",
        ),
    ] {
        let fault =
            Fault { code: code.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() };
        reports.push(faulty(name, verdict, fault));
    }
    reports
}

fn one_of_forty(number: usize) -> Report {
    const NAMES: [&str; 12] = [
        "amara",
        "björn",
        "chen",
        "daniela",
        "elif",
        "farid",
        "grace",
        "hiroshi",
        "ivana",
        "سارة",
        "kofi",
        "a-very-long-name-of-a-submission-that-somebody-zipped-twice-final-v2",
    ];
    let name = format!("{}-{number:02}.zip", NAMES[number % NAMES.len()]);
    // Better ones first lose hard tests; the sum of digits stands for chance.
    let skill = (number * 29) % 37;
    let mut report = graded(&name, |test| {
        let luck = (test * 31 + number * 17 + test * number) % 40;
        match () {
            () if luck >= skill + 2 || skill == 36 => TestOutcome::Passed,
            () if luck % 11 == 3 => TestOutcome::TimedOut,
            () if luck % 13 == 5 => TestOutcome::Crashed,
            () if luck % 17 == 7 => TestOutcome::OutOfMemory,
            () if luck % 19 == 9 => TestOutcome::NotRun,
            () => TestOutcome::Failed,
        }
    });
    report.resources.wall_ms =
        3_100 + 173 * (number as u64 * 7 % 19) + if number == 5 { 9_000 } else { 0 };
    report.resources.cpu_ms = 1_900 + 97 * (number as u64 * 5 % 23);
    report.resources.peak_memory_bytes = (40 + 11 * (number as u64 % 31)) << 20;
    if number % 7 == 4 {
        report.integrity = vec![
            note(
                IntegrityKind::LeftoverProcesses,
                "2 processes were killed after test_behaviour_number_3",
            ),
            note(IntegrityKind::NetworkRefused, "3 packets to an address outside of the sandbox"),
        ];
    }
    if number == 8 {
        report.capped_by = Some(report.tests[4].id.clone());
        report.score = Some(40.0);
    }
    report
}

fn note(kind: IntegrityKind, detail: &str) -> IntegrityNote {
    IntegrityNote { kind, detail: detail.to_owned() }
}

/// A small submission: Python, other text, and bytes that are no text.
pub fn files() -> Vec<SourceFile> {
    let file =
        |path: &str, bytes: &[u8]| SourceFile { path: path.to_owned(), bytes: bytes.to_owned() };
    vec![
        file("README.md", b"# Courier\n\nRun it with `python -m courier`.\n"),
        file(
            "courier/__init__.py",
            b"\"\"\"Delivers parcels.\n\nTwice, where it must.\n\"\"\"\nfrom __future__ import annotations\n\nimport asyncio\n\n\n@dataclass(frozen=True)\nclass Courier:\n    retries: int = 3  # the README asks for three\n\n    async def deliver(self, parcel: str | None) -> bool:\n        for attempt in range(self.retries):\n            try:\n                return await self.post(f\"/parcels/{parcel}?attempt={attempt}\", timeout=0.5)\n            except TimeoutError as error:\n                await asyncio.sleep(2 ** attempt * 0.1)\n                last = error\n        raise RuntimeError('gave up: ' + \"a long line that goes on and on, as lines in submissions do when nobody formats them\") from last\n",
        ),
        file("courier/logo.png", b"\x89PNG\r\n\x1a\n\0\0\0"),
        file("courier/py.typed", b""),
    ]
}
