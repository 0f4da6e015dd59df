//! The seam to the container engine: a launcher of hardened containers that are talked to over
//! their standard streams. Only `docker/` names the engine's library.

mod cgroup;
pub mod docker;
pub mod fake;
pub mod lane;
mod spec;
mod starvation;

use std::path::PathBuf;

use async_trait::async_trait;
use bytes::Bytes;

pub use cgroup::Usage;
pub use spec::{ContainerLimits, ContainerSpec, ImagePair, Role, Tmpfs};

use crate::domain::Engine;

/// What the engine could not do. Always our side's fault, never the candidate's.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Nobody answers on the engine's socket.
    #[error("the container engine does not answer: {0}")]
    EngineDown(String),
    /// The engine answered with an error.
    #[error("{action}: {message}")]
    Engine {
        /// What was being done, as a fragment: `create the judge's container`.
        action: String,
        /// The engine's own words.
        message: String,
    },
    /// A step did not end within its bound.
    #[error("{0} did not end in time")]
    Stalled(String),
    /// Somebody outside ended a process of a container, most likely because the machine ran out of
    /// memory: the kernel takes candidates first.
    #[error("a process of the {0} was killed from outside; is the machine out of memory?")]
    KilledFromOutside(Role),
    /// A test was late while others had the cores, and again whenever it was tried.
    #[error(
        "the machine is too busy: the submission's program got less than a quarter of the CPU that it asked for, and what is late meanwhile is not believed"
    )]
    Starved,
    /// The engine does not offer the low-level runtime that was asked for.
    #[error("the engine has no runtime {asked:?}; it offers {}", .offered.join(", "))]
    Runtime {
        /// What `--runtime` says.
        asked: String,
        /// What the engine has.
        offered: Vec<String>,
    },
    /// An image is not there, or is not the one that its content asks for.
    #[error("image {0} is missing or is not what its tag says")]
    Image(String),
    /// The container ended although its task had not.
    #[error("{role} ended unexpectedly{detail}")]
    Ended {
        /// Which of the pair.
        role: Role,
        /// Exit code and the last lines of its error stream, as far as known.
        detail: String,
    },
}

/// How a removed container had ended before it was killed, if it had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exit {
    /// The code of process 1; absent when it still ran, or the engine does not know.
    pub code: Option<i64>,
    /// The kernel's out-of-memory killer ended a process of it.
    pub oom_killed: bool,
}

impl Exit {
    /// Whether process 1 was killed by somebody other than us and other than the container's own
    /// limit of memory. From inside of a container nobody can (pid_namespaces(7)).
    pub fn was_killed_from_outside(&self) -> bool {
        const KILLED: i64 = 128 + 9;
        self.code == Some(KILLED) && !self.oom_killed
    }
}

/// Launches containers. One implementation per engine, and a fake for tests of what is above.
#[async_trait]
pub trait Sandbox: Send + Sync {
    /// The engine's versions, for provenance.
    async fn engine(&self) -> Result<Engine, SandboxError>;

    /// Whether the engine answers now.
    async fn answers(&self) -> bool;

    /// Creates, attaches and starts one container; it is gone again once the value was removed.
    async fn launch(&self, spec: &ContainerSpec) -> Result<Box<dyn Container>, SandboxError>;

    /// The file by whose lock timings on its machine take turns.
    fn lane(&self) -> PathBuf {
        lane::lane_path()
    }

    /// How many cores its containers share; 0 where the engine runs on another machine, so that nothing
    /// here says anything of its cores.
    fn local_cores(&self) -> usize;

    /// Keeps containers of gradings, also of other processes, off a core that is timed on; `None` lets
    /// them on it again. Nothing that is pinned is moved. Whether it could be done.
    async fn keep_off(&self, core: Option<u32>) -> bool;

    /// Removes containers whose owner is gone; how many. Where nobody can tell, the deadline decides.
    async fn sweep(&self) -> Result<usize, SandboxError>;
}

/// A running container. Dropping it without [`Container::remove`] removes it in the background.
#[async_trait]
pub trait Container: Send {
    /// The engine's id of it.
    fn id(&self) -> &str;

    /// The image's content digest, as the engine names it.
    fn image_digest(&self) -> &str;

    /// Writes to its standard input.
    async fn send(&mut self, bytes: Bytes) -> Result<(), SandboxError>;

    /// The next chunk of its standard output; `None` at the end.
    async fn receive(&mut self) -> Result<Option<Bytes>, SandboxError>;

    /// The last lines of its standard error, capped, for the author or the maintainer.
    fn stderr_tail(&self) -> String;

    /// What its processes have cost so far, from the kernel.
    fn usage(&self) -> Usage;

    /// Kills it, waits until it is gone, and says how it had ended.
    async fn remove(self: Box<Self>) -> Result<Exit, SandboxError>;
}
