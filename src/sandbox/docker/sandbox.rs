use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bollard::{Docker, query_parameters::CreateContainerOptions};
use tokio::{sync::Semaphore, time::timeout};
use tracing::{Instrument as _, info_span};

use super::{
    body::{core_list, create_body},
    client::{EngineFacts, connect, engine_error},
    container::{DockerContainer, remove},
    images::Images,
    owner::Owner,
    pin,
    seccomp::Seccomp,
    sweep,
};
use crate::{
    domain::Engine,
    sandbox::{
        Container, ContainerSpec, Sandbox, SandboxError,
        lane::{Lane, lane_path},
    },
};

const CREATE_TIMEOUT: Duration = Duration::from_secs(60);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// The engine behind `DOCKER_HOST` or the default socket.
pub struct DockerSandbox {
    docker: Docker,
    facts: EngineFacts,
    owner: Owner,
    starts: Semaphore,
    registry: Registry,
    closed: AtomicBool,
}

type Registry = Arc<Mutex<BTreeSet<String>>>;

impl DockerSandbox {
    /// Connects, and clears what earlier processes left behind. Containers get `runtime`, or the
    /// engine's default.
    ///
    /// # Errors
    /// [`SandboxError::EngineDown`] when no engine answers, [`SandboxError::Runtime`] when it has no
    /// such runtime.
    pub async fn connect(runtime: Option<&str>) -> Result<Self, SandboxError> {
        let (docker, facts) = connect(runtime).await?;
        let sandbox = Self {
            // Starts contend: 0.6 s alone, 7.4 s with 32 others.
            starts: Semaphore::new(facts.cpus.clamp(1, 4)),
            docker,
            facts,
            owner: Owner::this_process(),
            registry: Registry::default(),
            closed: AtomicBool::new(false),
        };
        sandbox.sweep().await?;
        Ok(sandbox)
    }

    /// What the engine said of itself.
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// The engine's images.
    pub fn images(&self) -> Images {
        Images::new(self.docker.clone())
    }

    /// Refuses further launches and removes every container of this process: the second Ctrl-C.
    #[tracing::instrument(name = "look for what is left", skip_all)]
    pub async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // A launch that was under way may add one more; two empty looks in a row end it.
        let mut empty_looks = 0;
        for _ in 0..20 {
            let mut ids: BTreeSet<String> = self.registry_ids();
            if let Ok(labelled) = sweep::owned_by(&self.docker, &self.owner).await {
                ids.extend(labelled);
            }
            if ids.is_empty() {
                empty_looks += 1;
                if empty_looks == 2 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            empty_looks = 0;
            let removals = ids.iter().map(|id| async move {
                if remove(&self.docker, id, "leftover").await.is_ok() {
                    lock(&self.registry).remove(id);
                }
            });
            futures_util::future::join_all(removals).await;
        }
    }

    /// What gradings may use while somebody times; `None`: every core.
    fn cores_but_the_lanes(&self) -> Option<Vec<u32>> {
        let reserved = Lane::reserved(&lane_path())?;
        let count = u32::try_from(self.facts.cpus).ok()?;
        let others: Vec<u32> = (0..count).filter(|core| *core != reserved).collect();
        (reserved < count && !others.is_empty()).then_some(others)
    }

    fn registry_ids(&self) -> BTreeSet<String> {
        lock(&self.registry).clone()
    }
}

#[async_trait]
impl Sandbox for DockerSandbox {
    async fn engine(&self) -> Result<Engine, SandboxError> {
        Ok(Engine {
            version: self.facts.version.clone(),
            api: self.facts.api.clone(),
            kernel: self.facts.kernel.clone(),
            arch: self.facts.arch.clone(),
            runtime: self.facts.runtime.clone(),
        })
    }

    async fn answers(&self) -> bool {
        matches!(timeout(PING_TIMEOUT, self.docker.ping()).await, Ok(Ok(_)))
    }

    async fn launch(&self, spec: &ContainerSpec) -> Result<Box<dyn Container>, SandboxError> {
        let _permit = self
            .starts
            .acquire()
            .await
            .map_err(|_| SandboxError::Stalled("waiting for a place to start".into()))?;
        if self.closed.load(Ordering::SeqCst) {
            return Err(SandboxError::Stalled("the run was stopped; starting a container".into()));
        }
        if self.facts.ignores_limits() {
            return Err(SandboxError::Engine {
                action: "refused to start a container".into(),
                message: "a rootless engine with control groups v1 ignores all limits".into(),
            });
        }
        let image = self.images().find(&spec.image).await?;
        let digest = image.ok_or_else(|| SandboxError::Image(spec.image.clone()))?.id;
        let seccomp = Seccomp::new(spec.role, spec.seeded_layout, &self.facts)?;
        let mut body = create_body(spec, &self.facts, &seccomp, &self.owner, SystemTime::now());
        if spec.cores.is_none()
            && let (Some(others), Some(host)) = (self.cores_but_the_lanes(), &mut body.host_config)
        {
            host.cpuset_cpus = Some(core_list(&others));
        }
        let creation = self.docker.create_container(None::<CreateContainerOptions>, body);
        let created = timeout(CREATE_TIMEOUT, creation.instrument(info_span!("create")))
            .await
            .map_err(|_| SandboxError::Stalled(format!("creating {}", spec.role)))?
            .map_err(|error| engine_error(format!("could not create {}", spec.role), error))?;
        drop(seccomp);
        let live = Live::new(&self.registry, &created.id);
        match DockerContainer::start(self.docker.clone(), live, spec, digest).await {
            Ok(container) => Ok(Box::new(container)),
            Err(error) => {
                if remove(&self.docker, &created.id, spec.role.as_str()).await.is_ok() {
                    lock(&self.registry).remove(&created.id);
                }
                Err(error)
            }
        }
    }

    fn local_cores(&self) -> usize {
        let ours = std::thread::available_parallelism().map_or(1, usize::from);
        // Where the engine counts fewer cores than we do it runs elsewhere.
        if self.facts.cpus >= ours { self.facts.cpus } else { 0 }
    }

    async fn keep_off(&self, core: Option<u32>) -> bool {
        let Ok(count) = u32::try_from(self.facts.cpus) else { return false };
        let cores: Vec<u32> = (0..count).filter(|other| Some(*other) != core).collect();
        if cores.is_empty() {
            return false;
        }
        pin::unpinned(&self.docker, &cores).await
    }

    async fn sweep(&self) -> Result<usize, SandboxError> {
        sweep::sweep(&self.docker, &self.owner, SystemTime::now()).await
    }
}

/// An entry of the registry of containers that this process has to remove.
pub(super) struct Live {
    registry: Registry,
    id: String,
}

impl Live {
    fn new(registry: &Registry, id: &str) -> Self {
        lock(registry).insert(id.to_owned());
        Self { registry: registry.clone(), id: id.to_owned() }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The container is confirmed to be gone.
    pub(super) fn forget(self) {
        lock(&self.registry).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
