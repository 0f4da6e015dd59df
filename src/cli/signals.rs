use std::{ops::Deref, sync::Arc};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    cli::exit::{Exit, Failure},
    run::Shutdown,
    sandbox::docker::DockerSandbox,
};

/// A [`Shutdown`] that signals bring about, until this is dropped.
pub(super) struct Watch {
    shutdown: Shutdown,
    _task: AbortOnDropHandle<()>,
}

impl Deref for Watch {
    type Target = Shutdown;

    fn deref(&self) -> &Shutdown {
        &self.shutdown
    }
}

/// For a service: SIGTERM and Ctrl-C drain, a second of either kills, a third does not wait for the
/// clean-up. Where it drains already, for another reason, the first kills.
pub(super) fn serve(sandbox: Arc<DockerSandbox>) -> Result<Watch, Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
    let shutdown = Shutdown::default();
    let seen = shutdown.clone();
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if seen.drain.is_cancelled() {
                break;
            }
            tracing::info!(target: "takehome::worker", "finishing what runs; a second signal stops it");
            seen.drain.cancel();
        }
        tracing::info!(target: "takehome::worker", "stopping; what runs is given back");
        seen.kill.cancel();
        tokio::select! {
            () = sandbox.close() => {}
            _ = interrupt.recv() => std::process::exit(Exit::Interrupted as i32),
            _ = terminate.recv() => std::process::exit(Exit::Interrupted as i32),
        }
    });
    Ok(Watch { shutdown, _task: AbortOnDropHandle::new(task) })
}

fn unheard(error: std::io::Error) -> Failure {
    Failure {
        exit: Exit::Infra,
        message: format!("could not listen for signals: {error}"),
        remedy: "check the limits of this user".into(),
    }
}

/// Ctrl-C drains, a second one kills, a third one does not wait for the clean-up. SIGTERM kills.
pub(super) fn watch(sandbox: Arc<DockerSandbox>) -> Result<Watch, Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
    let shutdown = Shutdown::default();
    let seen = shutdown.clone();
    let task = tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {
                seen.drain.cancel();
                eprintln!("finishing what runs; press Ctrl-C again to stop it");
                tokio::select! {
                    _ = interrupt.recv() => eprintln!("stopping and removing containers"),
                    _ = terminate.recv() => {}
                }
            }
            _ = terminate.recv() => seen.drain.cancel(),
        }
        seen.kill.cancel();
        tokio::select! {
            () = sandbox.close() => {}
            _ = interrupt.recv() => std::process::exit(Exit::Interrupted as i32),
        }
    });
    Ok(Watch { shutdown, _task: AbortOnDropHandle::new(task) })
}
