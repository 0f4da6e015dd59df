//! The worker that `serve` starts: a process of its own, so that what goes wrong with an engine never
//! touches the portal, and the portal never touches an engine.

use std::{ffi::OsString, path::PathBuf, process::Stdio, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    context::Context,
    exit::{Exit, Failure},
};

/// Before a worker that ended is started again; twice as long after each further time.
const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(60);
/// One that lived so long began well.
const WELL: Duration = Duration::from_secs(120);
/// How long its gradings may go on when the portal stops, and then how long its clean-up.
const DRAIN: Duration = Duration::from_secs(60);
const CLEAN_UP: Duration = Duration::from_secs(30);

/// A worker that is started again whenever it ends.
pub(super) struct WorkerProcess {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl WorkerProcess {
    pub(super) fn start(context: &Context, workers: Option<usize>) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(|error| Failure {
            exit: Exit::Infra,
            message: format!("could not find this program to start a worker: {error}"),
            remedy: "start `takehome serve --no-worker` and `takehome work`".into(),
        })?;
        let mut words: Vec<OsString> = context.given.iter().map(OsString::from).collect();
        words.extend(["work", "--until-eof"].map(OsString::from));
        if let Some(workers) = workers {
            words.extend([OsString::from("--workers"), workers.to_string().into()]);
        }
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep(program, words, stop.clone()));
        Ok(Self { stop, task })
    }

    /// Lets it finish what it does, for a while; what it cannot finish goes back to the queue.
    pub(super) async fn end(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

async fn keep(program: PathBuf, words: Vec<OsString>, stop: CancellationToken) {
    let mut pause = FIRST;
    while !stop.is_cancelled() {
        let begun = Instant::now();
        // Its standard input ends with this process, however that ends.
        let started =
            Command::new(&program).args(&words).stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        match started {
            Ok(mut child) => {
                let input = child.stdin.take();
                let ended = tokio::select! {
                    ended = child.wait() => ended,
                    () = stop.cancelled() => {
                        drop(input);
                        return finish(child).await;
                    }
                };
                let status = ended.map_or_else(|error| error.to_string(), |it| it.to_string());
                tracing::warn!(target: "takehome::portal", status, "the worker ended");
            }
            Err(error) => {
                tracing::error!(target: "takehome::portal", %error, "no worker can be started");
            }
        }
        if begun.elapsed() >= WELL {
            pause = FIRST;
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        pause = (pause * 2).min(MOST);
    }
}

async fn finish(mut child: Child) {
    if timeout(DRAIN, child.wait()).await.is_ok() {
        return;
    }
    tracing::info!(target: "takehome::portal", "the worker gives back what it has not finished");
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
        // It may have ended in this moment.
        let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
    }
    if timeout(CLEAN_UP, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}
