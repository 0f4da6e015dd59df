use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bollard::{
    Docker,
    container::{AttachContainerResults, LogOutput},
    errors::Error as EngineApiError,
    query_parameters::{
        AttachContainerOptionsBuilder, InspectContainerOptions, KillContainerOptionsBuilder,
        RemoveContainerOptionsBuilder, StartContainerOptions, WaitContainerOptionsBuilder,
    },
};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    client::{engine_error, root_cause},
    sandbox::Live,
};
use crate::sandbox::{
    Container, ContainerSpec, Exit, Role, SandboxError, Usage, cgroup::Cgroup,
    starvation::Starvation,
};

const STEP_TIMEOUT: Duration = Duration::from_secs(60);
/// From the kill to the engine's knowing of it; the removal is forced all the same.
const STOPPED_TIMEOUT: Duration = Duration::from_secs(10);
/// After process 1 has ended, what is still in the pipe is read for this long.
const DRAIN: Duration = Duration::from_secs(2);
const STDERR_BYTES: usize = 64 * 1024;
const SAMPLE_EVERY: Duration = Duration::from_millis(50);

/// A started container with its attached streams.
pub struct DockerContainer {
    docker: Docker,
    id: String,
    role: Role,
    image_digest: String,
    input: std::pin::Pin<Box<dyn AsyncWrite + Send>>,
    output: mpsc::Receiver<Bytes>,
    stderr: Arc<Mutex<Tail>>,
    meter: Arc<Mutex<Usage>>,
    cgroup: Option<Cgroup>,
    live: Option<Live>,
    _reader: AbortOnDropHandle<()>,
    _sampler: Option<AbortOnDropHandle<()>>,
}

impl DockerContainer {
    /// Attaches to the created container, starts it and begins to meter it.
    #[tracing::instrument(name = "start", skip_all)]
    pub(super) async fn start(
        docker: Docker,
        live: Live,
        spec: &ContainerSpec,
        image_digest: String,
    ) -> Result<Self, SandboxError> {
        let role = spec.role;
        let id = live.id().to_owned();
        let options =
            AttachContainerOptionsBuilder::new().stdin(true).stdout(true).stderr(true).stream(true);
        let attached = bounded(
            &format!("attach to {role}"),
            docker.attach_container(&id, Some(options.build())),
        )
        .await?;
        let AttachContainerResults { output, input } = attached;
        let (exited_tx, exited_rx) = oneshot::channel();
        let waiter = wait_for_exit(docker.clone(), id.clone(), exited_tx);
        bounded(
            &format!("start {role}"),
            docker.start_container(&id, None::<StartContainerOptions>),
        )
        .await?;
        let stderr = Arc::new(Mutex::new(Tail::default()));
        let (chunks_tx, chunks_rx) = mpsc::channel(64);
        let reader =
            tokio::spawn(read_output(output, chunks_tx, stderr.clone(), exited_rx, waiter));
        let state = bounded(
            &format!("inspect {role}"),
            docker.inspect_container(&id, None::<InspectContainerOptions>),
        )
        .await?
        .state;
        let cgroup =
            state.and_then(|state| state.pid).and_then(|pid| Cgroup::of_container(pid, &id));
        let meter = Arc::new(Mutex::new(Usage::default()));
        let sampler = cgroup.clone().map(|cgroup| {
            let starvation = Starvation::new(spec.limits.cpus);
            AbortOnDropHandle::new(tokio::spawn(sample(cgroup, starvation, meter.clone())))
        });
        Ok(Self {
            docker,
            id,
            role,
            image_digest,
            input,
            output: chunks_rx,
            stderr,
            meter,
            cgroup,
            live: Some(live),
            _reader: AbortOnDropHandle::new(reader),
            _sampler: sampler,
        })
    }
}

#[async_trait]
impl Container for DockerContainer {
    fn id(&self) -> &str {
        &self.id
    }

    fn image_digest(&self) -> &str {
        &self.image_digest
    }

    async fn send(&mut self, bytes: Bytes) -> Result<(), SandboxError> {
        let write = async {
            self.input.write_all(&bytes).await?;
            self.input.flush().await
        };
        match timeout(STEP_TIMEOUT, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(SandboxError::Ended {
                role: self.role,
                detail: format!(": its input is closed ({error})"),
            }),
            Err(_) => Err(SandboxError::Stalled(format!("writing to {}", self.role))),
        }
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, SandboxError> {
        Ok(self.output.recv().await)
    }

    fn stderr_tail(&self) -> String {
        lock(&self.stderr).text()
    }

    fn usage(&self) -> Usage {
        let sampled = *lock(&self.meter);
        match &self.cgroup {
            None => sampled,
            Some(cgroup) => Usage {
                cpu_ms: cgroup.cpu().map(millis).or(sampled.cpu_ms),
                peak_anon_bytes: sampled.peak_anon_bytes.max(cgroup.anon_bytes()),
                oom_kills: cgroup.oom_kills().or(sampled.oom_kills),
                limit_reached: cgroup.limit_reached().or(sampled.limit_reached),
                starved_ms: sampled.starved_ms,
            },
        }
    }

    async fn remove(mut self: Box<Self>) -> Result<Exit, SandboxError> {
        let Some(live) = self.live.take() else { return Ok(Exit::default()) };
        let exit = remove(&self.docker, &self.id, self.role.as_str()).await?;
        live.forget();
        Ok(exit)
    }
}

impl Drop for DockerContainer {
    /// The backstop for a task that was cancelled; the reaper is the one behind it.
    fn drop(&mut self) {
        let (Some(live), Ok(runtime)) = (self.live.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (docker, id, role) = (self.docker.clone(), self.id.clone(), self.role.as_str());
        runtime.spawn(async move {
            if remove(&docker, &id, role).await.is_ok() {
                live.forget();
            }
        });
    }
}

/// Kills and removes a container and makes sure that it is gone.
#[tracing::instrument(name = "remove", skip_all)]
pub(super) async fn remove(docker: &Docker, id: &str, what: &str) -> Result<Exit, SandboxError> {
    let exit = exit_before_kill(docker, id).await;
    let kill = KillContainerOptionsBuilder::new().signal("KILL").build();
    match timeout(STEP_TIMEOUT, docker.kill_container(id, Some(kill))).await {
        // It may have ended by itself, or be on its way; the removal below is forced all the same.
        Ok(Ok(()) | Err(EngineApiError::DockerResponseServerError { .. })) => {}
        Ok(Err(error)) => return Err(engine_error(format!("kill the {what} container"), error)),
        Err(_) => return Err(SandboxError::Stalled(format!("killing the {what} container"))),
    }
    // An engine that removes a container before it has heard of its end may list it for ever as
    // `Removal In Progress` (seen with 20.10, twice in some 3,000 removals).
    let stopped = WaitContainerOptionsBuilder::new().condition("not-running").build();
    let mut stopped = std::pin::pin!(docker.wait_container(id, Some(stopped)));
    let _ = timeout(STOPPED_TIMEOUT, stopped.next()).await;
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    let deadline = tokio::time::Instant::now() + STEP_TIMEOUT;
    while tokio::time::Instant::now() < deadline {
        match timeout(STEP_TIMEOUT, docker.remove_container(id, Some(options.clone()))).await {
            Ok(Err(EngineApiError::DockerResponseServerError { status_code: 404, .. })) => {
                return Ok(exit);
            }
            // Removal is confirmed by the 404 of the next round.
            // 409: a removal is already in progress.
            Ok(Ok(()))
            | Ok(Err(EngineApiError::DockerResponseServerError { status_code: 409, .. })) => {}
            // Podman: the container that joined this one's network is still being removed.
            Ok(Err(EngineApiError::DockerResponseServerError { message, .. }))
                if message.contains("dependent containers") => {}
            Ok(Err(error)) => {
                return Err(engine_error(format!("remove the {what} container"), error));
            }
            Err(_) => break,
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err(SandboxError::Stalled(format!("removing the {what} container")))
}

/// How the container had ended by itself, if it had.
async fn exit_before_kill(docker: &Docker, id: &str) -> Exit {
    let inspected =
        timeout(STEP_TIMEOUT, docker.inspect_container(id, None::<InspectContainerOptions>)).await;
    let Ok(Ok(answer)) = inspected else { return Exit::default() };
    let state = answer.state.unwrap_or_default();
    if state.running != Some(false) {
        return Exit::default();
    }
    Exit { code: state.exit_code, oom_killed: state.oom_killed.unwrap_or(false) }
}

fn wait_for_exit(docker: Docker, id: String, exited: oneshot::Sender<()>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let options = WaitContainerOptionsBuilder::new().condition("next-exit").build();
        let mut answers = std::pin::pin!(docker.wait_container(&id, Some(options)));
        // A non-zero exit is an error value in this library, and a normal end for us.
        if answers.next().await.is_some() {
            let _ = exited.send(());
        }
    }))
}

/// Forwards standard output and keeps the tail of standard error until the stream ends, or until
/// the container has ended and its pipes were drained: an attach stream may never close.
async fn read_output(
    mut output: std::pin::Pin<
        Box<dyn futures_util::Stream<Item = Result<LogOutput, EngineApiError>> + Send>,
    >,
    chunks: mpsc::Sender<Bytes>,
    stderr: Arc<Mutex<Tail>>,
    exited: oneshot::Receiver<()>,
    _waiter: AbortOnDropHandle<()>,
) {
    let deadline = async {
        match exited.await {
            Ok(()) => sleep(DRAIN).await,
            Err(_) => std::future::pending().await,
        }
    };
    let mut deadline = std::pin::pin!(deadline);
    loop {
        let item = tokio::select! {
            item = output.next() => item,
            () = &mut deadline => return,
        };
        match item {
            Some(Ok(LogOutput::StdOut { message })) => {
                if chunks.send(message).await.is_err() {
                    return;
                }
            }
            Some(Ok(other)) => lock(&stderr).push(&other.into_bytes()),
            Some(Err(error)) => {
                lock(&stderr).push(root_cause(&error).as_bytes());
                return;
            }
            None => return,
        }
    }
}

async fn sample(cgroup: Cgroup, mut starvation: Starvation, meter: Arc<Mutex<Usage>>) {
    loop {
        let (anon, oom) = (cgroup.anon_bytes(), cgroup.oom_kills());
        let look = cgroup.look();
        let cpu = look.as_ref().map(|look| millis(look.used));
        let starved = look.map(|look| millis(starvation.look(Instant::now(), look)));
        if anon.is_none() && cpu.is_none() {
            return;
        }
        {
            let mut usage = lock(&meter);
            usage.peak_anon_bytes = usage.peak_anon_bytes.max(anon);
            usage.cpu_ms = cpu.or(usage.cpu_ms);
            usage.oom_kills = oom.or(usage.oom_kills);
            usage.limit_reached = cgroup.limit_reached().or(usage.limit_reached);
            usage.starved_ms = starved.or(usage.starved_ms);
        }
        sleep(SAMPLE_EVERY).await;
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

async fn bounded<T>(
    action: &str,
    request: impl Future<Output = Result<T, EngineApiError>>,
) -> Result<T, SandboxError> {
    match timeout(STEP_TIMEOUT, request).await {
        Ok(answer) => answer.map_err(|error| engine_error(format!("could not {action}"), error)),
        Err(_) => Err(SandboxError::Stalled(format!("the attempt to {action}"))),
    }
}

/// A poisoned lock only means that another task panicked; the figures are still usable.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct Tail {
    bytes: VecDeque<u8>,
}

impl Tail {
    fn push(&mut self, chunk: &[u8]) {
        let chunk = &chunk[chunk.len().saturating_sub(STDERR_BYTES)..];
        let surplus = (self.bytes.len() + chunk.len()).saturating_sub(STDERR_BYTES);
        self.bytes.drain(..surplus);
        self.bytes.extend(chunk);
    }

    fn text(&self) -> String {
        let (front, back) = self.bytes.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_keeps_the_end_and_stays_within_its_cap() {
        let mut tail = Tail::default();
        tail.push(&vec![b'a'; STDERR_BYTES * 3]);
        tail.push(b"end");
        let text = tail.text();
        assert_eq!(text.len(), STDERR_BYTES);
        assert!(text.ends_with("aend"));
    }
}
