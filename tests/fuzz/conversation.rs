//! A whole grading in which both containers say what they like: whatever it is, there is a report,
//! nothing is left running, and nobody gets points that no sealed test earned.

#[path = "../common/report.rs"]
mod schema;

use std::{
    collections::VecDeque,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;
use takehome::{
    challenge::Challenge,
    domain::{Engine, Report, TestOutcome, Verdict},
    run::{GradeRequest, Runner, Shutdown, silent},
    sandbox::{Container, ContainerSpec, Exit, ImagePair, Role, Sandbox, SandboxError, Usage},
    submission::{IntakeLimits, Submission},
};

use crate::{harness::Target, mutate};

/// What a container says, body by body, to whatever it is asked.
#[derive(Clone, Default)]
struct Lines {
    bodies: VecDeque<Bytes>,
    /// What follows the last body: nothing ever, or the container's end.
    hangs: bool,
}

impl Lines {
    /// One JSON body a line; `hang` as the last one never ends.
    fn of(text: &[u8]) -> Self {
        let mut bodies: VecDeque<Bytes> = text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| Bytes::from([&(line.len() as u32).to_be_bytes(), line].concat()))
            .collect();
        let hangs = bodies.back().is_some_and(|last| last.ends_with(b"hang"));
        if hangs {
            bodies.pop_back();
        }
        Self { bodies, hangs }
    }
}

struct Babble {
    candidate: Lines,
    judge: Lines,
    live: Arc<AtomicUsize>,
}

struct Talker {
    lines: Lines,
    live: Arc<AtomicUsize>,
}

#[async_trait]
impl Sandbox for Babble {
    async fn engine(&self) -> Result<Engine, SandboxError> {
        let text = String::new;
        let (version, api, kernel) = (text(), text(), text());
        Ok(Engine { version, api, kernel, arch: text(), runtime: text() })
    }

    async fn answers(&self) -> bool {
        true
    }

    fn local_cores(&self) -> usize {
        2
    }

    async fn launch(&self, spec: &ContainerSpec) -> Result<Box<dyn Container>, SandboxError> {
        self.live.fetch_add(1, Ordering::SeqCst);
        let lines = if spec.role == Role::Judge { &self.judge } else { &self.candidate };
        Ok(Box::new(Talker { lines: lines.clone(), live: self.live.clone() }))
    }

    async fn keep_off(&self, _core: Option<u32>) -> bool {
        false
    }

    async fn sweep(&self) -> Result<usize, SandboxError> {
        Ok(0)
    }
}

#[async_trait]
impl Container for Talker {
    fn id(&self) -> &str {
        "talker"
    }

    fn image_digest(&self) -> &str {
        "sha256:0123"
    }

    async fn send(&mut self, _: Bytes) -> Result<(), SandboxError> {
        Ok(())
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, SandboxError> {
        if self.lines.bodies.is_empty() && self.lines.hangs {
            std::future::pending::<()>().await;
        }
        Ok(self.lines.bodies.pop_front())
    }

    fn stderr_tail(&self) -> String {
        String::new()
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }

    async fn remove(self: Box<Self>) -> Result<Exit, SandboxError> {
        Ok(Exit::default())
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::SeqCst);
    }
}

fn report(bytes: &[u8], challenge: &Arc<Challenge>, submission: &Arc<Submission>) -> Report {
    let both = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
    let (candidate, judge) = bytes.split_at(both);
    let live = Arc::new(AtomicUsize::new(0));
    let (candidate, judge) = (Lines::of(candidate), Lines::of(judge));
    let sandbox = Arc::new(Babble { candidate, judge, live: live.clone() });
    let images = ImagePair { judge: "judge".into(), candidate: "candidate".into() };
    let request = Arc::new(GradeRequest::new(challenge.clone(), submission.clone(), 7, images));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let report = runtime.block_on(async {
        let runner = Runner::new(sandbox, silent()).await.expect("a runner");
        runner.grade(request, &Shutdown::default().kill).await.expect("nobody stopped it")
    });
    assert_eq!(live.load(Ordering::SeqCst), 0, "containers are left");
    report
}

#[test]
fn conversations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/challenges/tiny");
    let challenge = Arc::new(Challenge::load(&folder).expect("the tiny challenge"));
    let reference = Submission::open(&folder.join("reference"), &IntakeLimits::default());
    let submission = Arc::new(reference.expect("its reference"));
    let target = Target::new("conversation");
    let inputs = prop_oneof![
        1 => mutate::bytes(target.corpus(), &[b"\n\n", b"hang", b"\"passed\"", b"{\"type\":\"connected\"}\n"]),
        4 => mutate::json_lines(target.corpus()),
    ];
    target.run(&inputs.boxed(), |bytes, _| {
        let report = report(bytes, &challenge, &submission);
        let json = serde_json::to_value(&report).expect("a report is JSON");
        assert_eq!(schema::violations(&json), Vec::<String>::new());
        let texts = report.integrity.iter().map(|note| &note.detail);
        let texts = texts.chain(report.tests.iter().map(|test| &test.message));
        for text in texts.chain(report.fault.iter().map(|fault| &fault.message)) {
            let plain = |char: char| matches!(char, '\n' | '\t') || !char.is_control();
            assert!(text.chars().all(plain) && text.chars().count() < 4_100, "{text:?}");
        }
        assert_eq!(report.score.is_some(), report.verdict == Verdict::Graded);
        assert_eq!(report.fault.is_none(), report.verdict == Verdict::Graded);
        let lock = challenge.lock.as_ref().expect("a lock");
        if report.verdict == Verdict::Graded {
            let ids = report.tests.iter().map(|test| &test.id);
            assert!(ids.eq(lock.tests.iter().map(|test| &test.id)));
        }
        for test in report.tests.iter().filter(|test| test.outcome == TestOutcome::Passed) {
            let said = bytes.split(|byte| *byte == b'\n').any(|line| {
                let line: Value = serde_json::from_slice(line).unwrap_or_default();
                line["id"] == test.id.as_str() && line["outcome"] == "passed"
            });
            assert!(said, "{} passed, and nobody said so", test.id);
        }
    });
}
