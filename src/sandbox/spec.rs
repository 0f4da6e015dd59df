use std::{fmt, time::Duration};

/// Which side of the pair a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Trusted: hidden tests and the servers they own.
    Judge,
    /// Untrusted: the agent and one submission.
    Candidate,
}

impl Role {
    /// The word used in labels and names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::Candidate => "candidate",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {}'s container", self.as_str())
    }
}

/// A writable directory in memory; it counts against the container's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tmpfs {
    /// Absolute path in the container.
    pub path: &'static str,
    /// Size limit, bytes.
    pub bytes: u64,
    /// Limit on the number of files and folders.
    pub inodes: u64,
}

/// Tags of the two images that a challenge's pair runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePair {
    /// The trusted side's.
    pub judge: String,
    /// The untrusted side's.
    pub candidate: String,
}

/// Hard limits of one container.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerLimits {
    /// Memory, and memory plus swap: there is no swap. Bytes.
    pub memory_bytes: u64,
    /// Cores, as a quota.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u32,
}

/// Everything that decides what a container is. Pure data.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerSpec {
    /// Judge or candidate.
    pub role: Role,
    /// Tag of the image.
    pub image: String,
    /// Module that process 1 runs.
    pub module: &'static str,
    /// Container whose network namespace it joins; without one it gets its own, with loopback only.
    pub join: Option<String>,
    /// Unprivileged user and group id.
    pub uid: u32,
    /// Hard limits.
    pub limits: ContainerLimits,
    /// Writable directories.
    pub tmpfs: Vec<Tmpfs>,
    /// Names the run in labels.
    pub run: String,
    /// The cores that it may run on (`cpuset.cpus`); all of them where there is none.
    pub cores: Option<Vec<u32>>,
    /// Whether its programs may have addresses that follow from a seed, for timing, instead of chance.
    pub seeded_layout: bool,
    /// From now; a reaper of any later process may remove the container after it.
    pub lifetime: Duration,
}
