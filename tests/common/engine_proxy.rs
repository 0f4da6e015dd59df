//! A socket between the program and the engine that can be cut, as if the engine were stopped.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    sync::watch,
    task::JoinHandle,
};

/// Forwards connections to the engine's own socket.
pub struct EngineProxy {
    folder: TempDir,
    engine: PathBuf,
    delay: Duration,
    serving: Option<(JoinHandle<()>, watch::Sender<bool>)>,
}

impl EngineProxy {
    /// A proxy that serves; each connection is made after `delay`.
    pub fn start(delay: Duration) -> Self {
        let host = std::env::var("DOCKER_HOST").unwrap_or_default();
        let engine = host.strip_prefix("unix://").unwrap_or("/var/run/docker.sock");
        let folder = tempfile::tempdir().expect("a folder");
        let mut proxy = Self { folder, engine: engine.into(), delay, serving: None };
        proxy.mend();
        proxy
    }

    /// What `DOCKER_HOST` has to be.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }

    /// Ends every connection; nobody listens any more.
    pub async fn cut(&mut self) {
        let Some((task, stop)) = self.serving.take() else { return };
        stop.send_replace(true);
        task.abort();
        let _ = task.await;
        std::fs::remove_file(self.socket()).expect("the socket is removed");
    }

    /// Listens again.
    pub fn mend(&mut self) {
        let listener = UnixListener::bind(self.socket()).expect("the socket is bound");
        let (stop, stopped) = watch::channel(false);
        let engine: Arc<Path> = self.engine.as_path().into();
        let delay = self.delay;
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (engine, mut stopped) = (engine.clone(), stopped.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    let Ok(mut server) = UnixStream::connect(&*engine).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = stopped.wait_for(|stopped| *stopped) => {}
                    }
                });
            }
        });
        self.serving = Some((task, stop));
    }
}
