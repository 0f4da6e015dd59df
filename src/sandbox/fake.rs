//! A sandbox without containers, for tests of what stands on the seam: it speaks the protocol and
//! does what its script says, in no time.

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::{Buf as _, Bytes, BytesMut};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::{Container, ContainerSpec, Exit, Role, Sandbox, SandboxError, Usage};
use crate::{
    challenge::CollectedTest,
    domain::{Engine, TestOutcome},
    wire,
};

/// What happens when a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It ends like this at once.
    End(TestOutcome),
    /// It never ends.
    Hang,
    /// The judge's container ends.
    JudgeDies,
    /// The judge's container is killed from outside.
    JudgeKilled,
    /// The machine's killer takes the candidate's program.
    MachineKills,
    /// The program exceeds its own limit of memory.
    Exhausts,
    /// It fails, and others had the cores meanwhile.
    Starves,
    /// It never ends, and others have the cores meanwhile.
    StarvesAndHangs,
    /// It passes, and the agent cannot clean up after its unit.
    Dirty,
    /// It fails because it would have sent hidden bytes to the candidate.
    Leaks,
}

/// What a fake pair does.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// What the suite collects to.
    pub tests: Vec<CollectedTest>,
    /// What each test does, run by run; the last act repeats. Without an entry it passes.
    pub acts: BTreeMap<String, Vec<Act>>,
    /// The probe's reason when it is not `ok`.
    pub probe: Option<&'static str>,
    /// Launches that fail before one works.
    pub failing_launches: usize,
    /// What is read while something is timed, process pair by process pair: nanoseconds of a sample of
    /// the candidate's and of the reference's; the last one repeats. Without any the candidate fails.
    pub timings: Vec<(u64, u64)>,
    /// How often the engine has to be asked until it answers; until then no launch works.
    pub silent_pings: usize,
}

/// Launches scripted containers and counts those that live.
#[derive(Clone)]
pub struct FakeSandbox {
    script: Arc<Mutex<Script>>,
    live: Arc<AtomicUsize>,
    launched: Arc<AtomicUsize>,
    /// Of every candidate's container together.
    usage: Arc<Mutex<Usage>>,
    lane: Arc<TempDir>,
}

impl FakeSandbox {
    /// A sandbox that follows `script`.
    pub fn new(script: Script) -> Self {
        Self {
            script: Arc::new(Mutex::new(script)),
            live: Arc::default(),
            launched: Arc::default(),
            #[expect(
                clippy::expect_used,
                reason = "a test without a temporary folder cannot go on"
            )]
            lane: Arc::new(tempfile::tempdir().expect("a temporary folder")),
            usage: Arc::new(Mutex::new(Usage {
                cpu_ms: Some(1),
                peak_anon_bytes: Some(1024),
                oom_kills: Some(0),
                limit_reached: Some(false),
                starved_ms: Some(0),
            })),
        }
    }

    /// Containers that were launched and not yet removed or dropped.
    pub fn live(&self) -> usize {
        self.live.load(Ordering::SeqCst)
    }

    /// Containers launched so far.
    pub fn launched(&self) -> usize {
        self.launched.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Sandbox for FakeSandbox {
    async fn engine(&self) -> Result<Engine, SandboxError> {
        Ok(Engine {
            version: "fake".into(),
            api: "1.41".into(),
            kernel: "fake".into(),
            arch: "x86_64".into(),
            runtime: "fake".into(),
        })
    }

    async fn answers(&self) -> bool {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.silent_pings = script.silent_pings.saturating_sub(1);
        script.silent_pings == 0
    }

    fn lane(&self) -> PathBuf {
        // One of its own: it times nothing on this machine.
        self.lane.path().join("lane")
    }

    fn local_cores(&self) -> usize {
        2
    }

    async fn keep_off(&self, _core: Option<u32>) -> bool {
        true
    }

    async fn launch(&self, spec: &ContainerSpec) -> Result<Box<dyn Container>, SandboxError> {
        {
            let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
            if script.silent_pings > 0 {
                return Err(SandboxError::EngineDown("scripted".into()));
            }
            if script.failing_launches > 0 {
                script.failing_launches -= 1;
                return Err(SandboxError::EngineDown("scripted".into()));
            }
        }
        let number = self.launched.fetch_add(1, Ordering::SeqCst);
        self.live.fetch_add(1, Ordering::SeqCst);
        let (output, chunks) = mpsc::unbounded_channel();
        Ok(Box::new(FakeContainer {
            id: format!("fake-{number}"),
            speaker: Speaker {
                role: spec.role,
                script: self.script.clone(),
                input: BytesMut::new(),
                skip: 0,
                output: Some(output),
                exit: Exit::default(),
                hangs: false,
                served: false,
                usage: self.usage.clone(),
            },
            chunks,
            live: self.live.clone(),
        }))
    }

    async fn sweep(&self) -> Result<usize, SandboxError> {
        Ok(0)
    }
}

struct FakeContainer {
    id: String,
    speaker: Speaker,
    chunks: mpsc::UnboundedReceiver<Bytes>,
    live: Arc<AtomicUsize>,
}

#[async_trait]
impl Container for FakeContainer {
    fn id(&self) -> &str {
        &self.id
    }

    fn image_digest(&self) -> &str {
        "sha256:fake"
    }

    async fn send(&mut self, bytes: Bytes) -> Result<(), SandboxError> {
        self.speaker.hear(&bytes);
        Ok(())
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, SandboxError> {
        Ok(self.chunks.recv().await)
    }

    fn stderr_tail(&self) -> String {
        String::new()
    }

    fn usage(&self) -> Usage {
        *self.speaker.usage()
    }

    async fn remove(self: Box<Self>) -> Result<Exit, SandboxError> {
        Ok(self.speaker.exit)
    }
}

impl Drop for FakeContainer {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Speaker {
    role: Role,
    script: Arc<Mutex<Script>>,
    input: BytesMut,
    /// Raw bytes that were announced and still have to be passed over.
    skip: usize,
    /// Absent once the container has ended.
    output: Option<mpsc::UnboundedSender<Bytes>>,
    exit: Exit,
    /// A test that never ends keeps it from hearing anything.
    hangs: bool,
    /// A candidate's container gets one submission.
    served: bool,
    usage: Arc<Mutex<Usage>>,
}

impl Speaker {
    fn hear(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        loop {
            let passed = self.skip.min(self.input.len());
            self.input.advance(passed);
            self.skip -= passed;
            let Some(header) = self.input.first_chunk::<4>() else { return };
            let length = u32::from_be_bytes(*header) as usize;
            if self.skip > 0 || self.input.len() < 4 + length {
                return;
            }
            self.input.advance(4);
            let payload = self.input.split_to(length);
            if let Ok(message) = serde_json::from_slice::<Value>(&payload) {
                self.answer(&message);
            }
        }
    }

    fn answer(&mut self, message: &Value) {
        let bulk = |key: &str| message[key].as_u64().unwrap_or(0) as usize;
        match (self.role, message["type"].as_str().unwrap_or("")) {
            (Role::Candidate, "submission") => {
                self.skip = bulk("submission_bytes");
                let answer = if std::mem::replace(&mut self.served, true) {
                    json!({"type": "fatal", "message": "a second submission"})
                } else {
                    json!({"type": "ready", "port": 1})
                };
                self.say(&answer);
            }
            (Role::Judge, "suite") => {
                self.skip = bulk("suite_bytes");
                let tests: Vec<Value> = self
                    .script()
                    .tests
                    .iter()
                    .map(|test| {
                        json!({"id": test.id, "group": test.group, "unit": test.unit, "critical": test.critical})
                    })
                    .collect();
                self.say(&json!({"type": "collected", "tests": tests}));
            }
            (Role::Judge, "candidate") => self.say(&json!({"type": "connected"})),
            (Role::Judge, "reference") => self.say(&json!({"type": "connected"})),
            (Role::Judge, "timing") => self.say(&json!({"type": "timing_ready"})),
            (Role::Judge, "measure") => self.measure(message),
            (Role::Judge, "probe") => {
                let reason = self.script().probe.unwrap_or("ok");
                let ok = reason == "ok";
                self.say(&json!({"type": "probed", "ok": ok, "reason": reason, "message": reason}));
            }
            (Role::Judge, "run") => self.run(&message["ids"]),
            (Role::Judge, "end") if !self.hangs => self.say(&json!({"type": "idle"})),
            _ => {}
        }
    }

    fn measure(&mut self, message: &Value) {
        let alone = message["alone"] == true;
        let taken = {
            let mut script = self.script();
            match script.timings.len() {
                0 => None,
                1 => Some(script.timings[0]),
                _ if alone => Some(script.timings[0]),
                _ => Some(script.timings.remove(0)),
            }
        };
        if let (None, false) = (taken, alone) {
            self.say(&json!({
                "type": "unmeasured", "side": "candidate", "outcome": "failed", "message": "scripted",
            }));
            return;
        }
        let (candidate, reference) = taken.unwrap_or((5_000_000, 5_000_000));
        let reading = |ns: u64| json!({"cpu_ns": ns, "wall_ns": ns, "ideal_ns": null, "peak_anon_bytes": null});
        let whole = |ns: u64| json!({"cpu_ns": 4 * ns, "warm_up_ns": 0, "peak_bytes": 1, "latency_us": null});
        let orders = if alone { ["ab"; 4] } else { ["ab", "ba", "ba", "ab"] };
        let pairs: Vec<Value> = orders
            .iter()
            .map(|order| match alone {
                true => json!({"order": order, "reference": reading(reference)}),
                false => json!({
                    "order": order, "candidate": reading(candidate), "reference": reading(reference),
                }),
            })
            .collect();
        let whole = match alone {
            true => json!({"reference": whole(reference)}),
            false => json!({"candidate": whole(candidate), "reference": whole(reference)}),
        };
        self.say(&json!({"type": "measured", "pairs": pairs, "whole": whole}));
    }

    fn run(&mut self, ids: &Value) {
        let (mut clean, mut notes) = (true, Vec::new());
        for id in ids.as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.say(&json!({"type": "started", "id": id}));
            let outcome = match self.next_act(id) {
                Act::End(outcome) => outcome,
                Act::Dirty => {
                    clean = false;
                    TestOutcome::Passed
                }
                Act::Leaks => {
                    notes.push(json!({"kind": "hidden_leak", "detail": "scripted"}));
                    TestOutcome::Failed
                }
                Act::Starves => {
                    self.starve();
                    TestOutcome::Failed
                }
                act @ (Act::Hang | Act::StarvesAndHangs) => {
                    if act == Act::StarvesAndHangs {
                        self.starve();
                    }
                    self.hangs = true;
                    return;
                }
                Act::JudgeDies => {
                    self.output = None;
                    return;
                }
                Act::JudgeKilled => {
                    self.exit.code = Some(137);
                    self.output = None;
                    return;
                }
                Act::MachineKills => {
                    let mut usage = self.usage();
                    usage.oom_kills = usage.oom_kills.map(|kills| kills + 1);
                    TestOutcome::Crashed
                }
                Act::Exhausts => {
                    let mut usage = self.usage();
                    usage.oom_kills = usage.oom_kills.map(|kills| kills + 1);
                    usage.limit_reached = Some(true);
                    TestOutcome::OutOfMemory
                }
            };
            self.say(&json!({
                "type": "finished", "id": id, "outcome": outcome, "duration_ms": 1, "message": "",
            }));
        }
        self.say(&json!({
            "type": "unit_done", "candidate_ok": clean, "notes": notes,
            "usage": {"cpu_ms": 1, "peak_memory_bytes": 2048},
        }));
    }

    fn next_act(&self, id: &str) -> Act {
        let mut script = self.script();
        let Some(acts) = script.acts.get_mut(id) else { return Act::End(TestOutcome::Passed) };
        let mut queue: VecDeque<Act> = std::mem::take(acts).into();
        let act = queue.front().copied().unwrap_or(Act::End(TestOutcome::Passed));
        if queue.len() > 1 {
            queue.pop_front();
        }
        *acts = queue.into();
        act
    }

    fn starve(&self) {
        let mut usage = self.usage();
        usage.starved_ms = usage.starved_ms.map(|ms| ms + 60_000);
    }

    fn usage(&self) -> std::sync::MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, message: &Value) {
        if let (Some(output), Ok(frame)) = (&self.output, wire::encode(message)) {
            let _ = output.send(frame);
        }
    }
}
