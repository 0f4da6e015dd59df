use std::{collections::BTreeMap, fmt, path::Path, time::Duration};

use serde::Deserialize;

use super::{ChallengeId, ManifestError, validate};
use crate::domain::timing;

/// The version of `challenge.toml` that this program reads.
pub const MANIFEST_SCHEMA: u32 = 1;

/// A validated `challenge.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Equals the folder's name.
    pub id: ChallengeId,
    /// One line for tables and the README.
    pub title: String,
    /// The skill that the challenge looks at.
    pub area: String,
    /// Questions of the interview guide that it covers, such as `Q6.1`.
    pub questions: Vec<String>,
    /// Whom it is made for.
    pub level: Level,
    /// How long a candidate should need; told to them, never enforced by a clock.
    pub time_box: Duration,
    /// What the candidate is told about AI assistants.
    pub ai_policy: AiPolicy,
    /// The candidate image that the submission runs in.
    pub image: ImageKind,
    /// What a submission must offer.
    pub interface: Interface,
    /// The graded behaviours; weights sum to 100.
    pub groups: Vec<Group>,
    /// What the sandbox allows.
    pub limits: Limits,
    /// What the candidate may import besides the standard library.
    pub dependencies: Dependencies,
    /// Large inputs that are generated once and shared by all gradings, where there are any.
    pub data: Option<DataPlan>,
    /// What verification allows for.
    pub verify: VerifyPlan,
    /// How solutions are timed beside the reference, where speed is part of the skill.
    pub timing: Vec<TimingPlan>,
}

impl Manifest {
    /// Parses and validates the text of a `challenge.toml`.
    ///
    /// `file` names it in errors. The id's equality with the folder's name is checked by
    /// [`Challenge::load`](super::Challenge::load), which knows the folder.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line, key path and the accepted values.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ManifestError> {
        validate::manifest(text, file, None)
    }

    /// The group of that name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }
}

/// How a challenge's large inputs come to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPlan {
    /// A self-contained Python file below `tests/hidden`, run once as `python FILE OUT`.
    pub generator: String,
}

/// One thing that is timed: the candidate's beside the reference's. It never changes a score.
#[derive(Debug, Clone, PartialEq)]
pub struct TimingPlan {
    /// A word for it, unique in the challenge.
    pub name: String,
    /// What it measures, in one line.
    pub summary: String,
    /// What one side of a pair does.
    pub kind: TimingKind,
    /// The author's part: a Python file below `tests/hidden`.
    pub driver: String,
    /// The function that is called, `module:function`; of [`TimingKind::Calls`] only.
    pub target: Option<String>,
    /// What sizes count, such as `rows`.
    pub unit: String,
    /// Whether it is a part of each grading in which all tests pass.
    pub graded: bool,
    /// Whether the peak of memory is compared over the sizes, too.
    pub memory: bool,
    /// Sizes, band, clock and bounds.
    pub plan: timing::Plan,
}

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimingKind {
    /// Calls of one function in a fresh interpreter.
    Calls,
    /// Runs of a program.
    Program,
    /// A service under a closed loop of requests.
    Requests,
}

/// What `challenge verify` allows for; every field has a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyPlan {
    /// No solution is graded more often than this, whatever is asked.
    pub repeat: Option<u32>,
    /// What the whole suite may take over the reference while nothing else runs.
    pub suite_time: Duration,
}

impl Default for VerifyPlan {
    fn default() -> Self {
        Self { repeat: None, suite_time: Duration::from_secs(30) }
    }
}

/// Whom a challenge is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// First years of practice.
    Junior,
    /// Works alone on a defined task.
    Mid,
    /// Owns a component.
    Senior,
    /// Owns a system.
    Staff,
}

/// What the candidate is told about AI assistants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AiPolicy {
    /// No rule.
    Allowed,
    /// Allowed; the candidate says where and how.
    AllowedWithDisclosure,
    /// Not allowed.
    Forbidden,
}

/// Which of the candidate images a submission runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageKind {
    /// The interpreter and small libraries.
    Core,
    /// `Core` with numeric libraries.
    Data,
    /// `Core` with web frameworks.
    Web,
}

/// What a submission is called as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InterfaceKind {
    /// Functions and classes.
    Function,
    /// A command line.
    Command,
    /// An HTTP service.
    Service,
}

impl Level {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Junior => "junior",
            Self::Mid => "mid",
            Self::Senior => "senior",
            Self::Staff => "staff",
        }
    }
}

impl AiPolicy {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::AllowedWithDisclosure => "allowed-with-disclosure",
            Self::Forbidden => "forbidden",
        }
    }
}

impl ImageKind {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Data => "data",
            Self::Web => "web",
        }
    }
}

impl TimingKind {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Program => "program",
            Self::Requests => "requests",
        }
    }
}

impl InterfaceKind {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Command => "command",
            Self::Service => "service",
        }
    }
}

macro_rules! display_as_str {
    ($($kind:ty),*) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

display_as_str!(Level, AiPolicy, ImageKind, InterfaceKind, TimingKind);

/// What a submission must offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What it is called as.
    pub kind: InterfaceKind,
    /// The call in one line, as the README gives it.
    pub summary: String,
    /// Files without which a submission is a candidate fault.
    pub required: Vec<String>,
    /// Modules that must import before any test runs.
    pub probe: Vec<String>,
}

/// One graded behaviour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The word that tests carry in their marker.
    pub name: String,
    /// Its share of 100.
    pub weight: u32,
    /// The behaviour in one line.
    pub summary: String,
}

/// What the sandbox allows; every field has a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Memory and swap together, bytes.
    pub memory: u64,
    /// Cores, as a quota.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u32,
    /// Size of each writable file system, bytes; they count against the memory.
    pub work: u64,
    /// Files and folders in each writable file system.
    pub inodes: u64,
    /// Bytes kept of each output stream; the rest is read and dropped.
    pub output: u64,
    /// Default deadline of one call or run.
    pub call_timeout: Duration,
    /// The host's deadline for one test with its fixtures.
    pub test_timeout: Duration,
    /// The host's deadline for a whole grading.
    pub grading_timeout: Duration,
    /// Pairs of containers that work side by side.
    pub lanes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            cpus: 1.0,
            pids: 64,
            work: 64 << 20,
            inodes: 20_000,
            output: 1 << 20,
            call_timeout: Duration::from_secs(30),
            test_timeout: Duration::from_secs(60),
            grading_timeout: Duration::from_secs(600),
            lanes: 2,
        }
    }
}

/// What the candidate may import besides the standard library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// Distributions in the image that the README names.
    pub allowed: Vec<String>,
    /// Modules that the agent imports once, before candidate code.
    pub preload: Vec<String>,
    /// Modules that it imports as well when the submission has this word anywhere.
    pub preload_if_named: BTreeMap<String, Vec<String>>,
    /// Whether Python programs start from the agent's interpreter, with those modules loaded.
    pub warm_programs: bool,
}
