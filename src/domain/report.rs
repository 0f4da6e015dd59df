use serde::{Deserialize, Serialize};

use super::{Digest, Fault, IntegrityNote, TestOutcome, Verdict, timing::PlanTiming};

/// The version of the report's JSON; `docs/report.schema.json` describes it.
pub const REPORT_SCHEMA: u32 = 1;

/// The result of one grading, as other programs read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`REPORT_SCHEMA`].
    pub schema: u32,
    /// Unique to this grading.
    pub grading_id: String,
    /// The challenge's id.
    pub challenge: String,
    /// What was graded, as the user named it (a path's last component).
    pub submission: String,
    /// Whose result this is.
    pub verdict: Verdict,
    /// 0 to 100, rounded to two decimals; absent unless graded.
    pub score: Option<f64>,
    /// The critical test whose failure capped the score, where one did.
    pub capped_by: Option<String>,
    /// One entry a group, in the manifest's order.
    pub groups: Vec<GroupScore>,
    /// One entry a sealed test, in the lock's order.
    pub tests: Vec<TestReport>,
    /// What the candidate's side cost.
    pub resources: Resources,
    /// What was timed beside the reference, where the challenge asks for it and all tests passed. It is
    /// no part of the score.
    pub timing: Option<Vec<PlanTiming>>,
    /// What has to be the same for the result to be the same.
    pub provenance: Provenance,
    /// Worth a look; never a part of the score.
    pub integrity: Vec<IntegrityNote>,
    /// Present unless graded.
    pub fault: Option<Fault>,
}

/// One weighted group of tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupScore {
    /// The group's name in the manifest.
    pub name: String,
    /// Its share of 100.
    pub weight: u32,
    /// Tests that passed.
    pub passed: u32,
    /// Sealed tests of the group.
    pub total: u32,
}

/// One sealed test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestReport {
    /// The sealed id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// How it ended.
    pub outcome: TestOutcome,
    /// Wall time of the test with its fixtures, milliseconds; information only.
    pub duration_ms: u64,
    /// Why it did not pass: plain text, capped; for reviewers, not candidates.
    pub message: String,
}

/// What the candidate's side cost, read from the kernel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// From the submission in hand to the verdict, milliseconds.
    pub wall_ms: u64,
    /// User and system time of the candidate's processes, milliseconds.
    pub cpu_ms: u64,
    /// The highest anonymous memory seen, bytes.
    pub peak_memory_bytes: u64,
}

/// Everything that has to be equal for a regrade to be the same grading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The canonical archive's digest; absent when the submission was refused.
    pub submission_sha256: Option<Digest>,
    /// The hidden suite's digest; absent when the suite could not be read.
    pub suite_sha256: Option<Digest>,
    /// The candidate image's content digest, as the engine names it.
    pub image_digest: Option<String>,
    /// Seed of the data that the suite generated.
    pub seed: u64,
    /// Version of this program.
    pub takehome_version: String,
    /// The engine that ran it; absent when none answered.
    pub engine: Option<Engine>,
    /// The limits in force.
    pub limits: Option<LimitsUsed>,
}

/// The container engine and its kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Engine version.
    pub version: String,
    /// API version that was negotiated.
    pub api: String,
    /// Kernel release.
    pub kernel: String,
    /// Operating system's architecture as the engine names it.
    pub arch: String,
    /// Low-level runtime that ran the containers.
    pub runtime: String,
}

/// The candidate container's limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsUsed {
    /// Memory with swap, bytes.
    pub memory_bytes: u64,
    /// Cores.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u32,
    /// Host's deadline for one test, seconds.
    pub test_timeout_s: f64,
    /// Host's deadline for the whole grading, seconds.
    pub grading_timeout_s: f64,
}
