use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    challenge::CollectedTest,
    domain::{
        IntegrityNote, TestOutcome,
        timing::{Order, Side},
    },
};

/// Caps that the agent and the plugin put on one call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallLimits {
    /// Default deadline of one call, seconds.
    pub call_timeout_s: f64,
    /// Bytes kept of each output stream.
    pub output_bytes: u64,
    /// Bytes that one value may take on the wire.
    pub value_bytes: u64,
}

/// Host to agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToAgent {
    /// The first message: what is the same for every submission to a challenge.
    Prepare {
        /// Modules to import once, before any candidate code.
        preload: Vec<String>,
        /// Whether Python programs start from the interpreter that has them.
        warm_programs: bool,
        /// Environment of every process of the candidate.
        env: BTreeMap<String, String>,
        /// Caps.
        limits: CallLimits,
    },
    /// The second and last one, at any later time; the submission's tar follows it.
    Submission {
        /// What the judge must show to be accepted.
        token: String,
        /// Length of the tar that follows.
        submission_bytes: u64,
        /// Further modules to import: those that this submission names.
        preload: Vec<String>,
        /// Seed of the grading.
        seed: u64,
    },
}

/// Agent to host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromAgent {
    /// The agent listens on this loopback port.
    Ready {
        /// TCP port.
        port: u16,
    },
    /// The agent cannot go on.
    Fatal {
        /// Why.
        message: String,
    },
}

/// Host to judge.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToJudge {
    /// The first message, once; the suite's tar follows it.
    Suite {
        /// Length of the tar that follows.
        suite_bytes: u64,
        /// The challenge's id.
        challenge: String,
        /// Marks hidden files; the judge writes it into them.
        canary: String,
    },
    /// Fork a process for one grading; what follows is for it, up to its `End`.
    Grading {
        /// Seed of the grading.
        seed: u64,
        /// Modules that must import.
        probe: Vec<String>,
        /// Caps.
        limits: CallLimits,
    },
    /// Connect to a new agent.
    Candidate {
        /// Where it listens.
        port: u16,
        /// What it wants to see.
        token: String,
    },
    /// Connect to a new agent that holds the reference, for timing.
    Reference {
        /// Where it listens.
        port: u16,
        /// What it wants to see.
        token: String,
    },
    /// What is to be timed.
    Timing {
        /// `calls`, `program` or `requests`.
        kind: &'static str,
        /// The author's file below the suite.
        driver: String,
        /// The function of `calls`, else empty.
        target: String,
    },
    /// Run one pair of fresh processes, a candidate's and a reference's.
    Measure {
        /// What one task consists of, in the plan's unit.
        size: u64,
        /// `PYTHONHASHSEED` of both.
        hash_seed: u32,
        /// Tasks in one sample.
        inner: u32,
        /// What inputs are made from.
        seed: String,
        /// Which side goes first, pair by pair.
        orders: Vec<Order>,
        /// No further pair begins after so many seconds.
        seconds: f64,
        /// Only the reference, to find out how long it takes.
        alone: bool,
    },
    /// Check that the submission imports.
    Probe,
    /// Run these tests of one unit, in this order.
    Run {
        /// Sealed ids.
        ids: Vec<String>,
    },
    /// The grading is over; between two gradings: exit.
    End,
}

/// Why a probe ended as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeReason {
    /// Everything imports.
    Ok,
    /// A module does not compile or import.
    ImportError,
    /// A module did not finish importing in time.
    TimedOut,
    /// The process ended while importing.
    Exited,
    /// The kernel killed it for memory.
    OutOfMemory,
}

/// What the candidate's processes cost in one unit, from the kernel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitUsage {
    /// User and system time, milliseconds.
    pub cpu_ms: u64,
    /// The largest resident set of one process, bytes.
    pub peak_memory_bytes: u64,
}

/// Something of each side; only of the reference where it ran alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredSides<T> {
    /// Of the submission.
    pub candidate: Option<T>,
    /// Of the challenge's reference.
    pub reference: T,
}

/// One sample of each side on the same input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredPair {
    /// Which went first.
    pub order: Order,
    /// Of the submission; absent where the reference ran alone.
    pub candidate: Option<Reading>,
    /// Of the challenge's reference.
    pub reference: Reading,
}

/// One sample of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// User and system time, nanoseconds.
    pub cpu_ns: u64,
    /// Wall time, nanoseconds.
    pub wall_ns: u64,
    /// What no solution can take less than, where the driver knows it, nanoseconds of wall time.
    pub ideal_ns: Option<u64>,
    /// What the container held more than before, at most, where it is known: bytes.
    pub peak_anon_bytes: Option<u64>,
}

/// What one process of a side cost from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// User and system time of everything in the container, nanoseconds.
    pub cpu_ns: u64,
    /// The part of it that the discarded sample took, nanoseconds.
    pub warm_up_ns: u64,
    /// The largest resident set of one process, bytes.
    pub peak_bytes: u64,
    /// Percentiles 50, 95 and 99 of a request's time, microseconds.
    pub latency_us: Option<[u64; 3]>,
}

/// Judge to host.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromJudge {
    /// The suite collects to these tests.
    Collected {
        /// In collection order.
        tests: Vec<CollectedTest>,
    },
    /// The suite does not collect.
    Broken {
        /// Why.
        message: String,
    },
    /// The agent accepted the judge.
    Connected,
    /// The agent is gone.
    CandidateLost {
        /// Why.
        reason: String,
    },
    /// The probe's end.
    Probed {
        /// Whether tests can run.
        ok: bool,
        /// Class of the end.
        reason: ProbeReason,
        /// One sentence for the reviewer.
        message: String,
    },
    /// A test begins, fixtures included.
    Started {
        /// Sealed id.
        id: String,
    },
    /// A test ended.
    Finished {
        /// Sealed id.
        id: String,
        /// How.
        outcome: TestOutcome,
        /// Wall time, milliseconds.
        duration_ms: u64,
        /// Why it did not pass.
        message: String,
    },
    /// All tests of the last `run` ended.
    UnitDone {
        /// Whether this candidate container can be used for another unit.
        candidate_ok: bool,
        /// Cost.
        usage: UnitUsage,
        /// Worth a look.
        notes: Vec<IntegrityNote>,
    },
    /// The driver is loaded.
    TimingReady,
    /// A pair of processes has run.
    Measured {
        /// In their order, without the one that warmed them up.
        pairs: Vec<MeasuredPair>,
        /// What each side cost as a whole.
        whole: MeasuredSides<Whole>,
    },
    /// A side did not do its task.
    Unmeasured {
        /// Which.
        side: Side,
        /// How that ended.
        outcome: TestOutcome,
        /// One sentence for the reviewer.
        message: String,
    },
    /// The grading's process and all that it started are gone; another grading may begin.
    Idle,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_the_protocol_does_not_know_is_refused() {
        let forged =
            r#"{"type":"finished","id":"a","outcome":"excellent","duration_ms":1,"message":""}"#;
        assert!(serde_json::from_str::<FromJudge>(forged).is_err());
        let extra = r#"{"type":"ready","port":1,"score":100}"#;
        assert!(serde_json::from_str::<FromAgent>(extra).is_err());
    }
}
