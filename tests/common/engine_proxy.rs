//! A socket between the program and the engine that can be cut, as if the engine were stopped, be slow,
//! or answer for an engine whose disk is full.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{UnixListener, UnixStream},
    sync::watch,
    task::JoinHandle,
};

/// Forwards connections to the engine's own socket.
pub struct EngineProxy {
    folder: TempDir,
    engine: PathBuf,
    delay: Duration,
    full_disk: bool,
    serving: Option<(JoinHandle<()>, watch::Sender<bool>)>,
}

impl EngineProxy {
    /// A proxy that serves; each connection is made after `delay`.
    pub fn start(delay: Duration) -> Self {
        Self::new(delay, false)
    }

    /// A proxy to an engine that can make no container any more.
    pub fn with_full_disk() -> Self {
        Self::new(Duration::ZERO, true)
    }

    fn new(delay: Duration, full_disk: bool) -> Self {
        let host = std::env::var("DOCKER_HOST").unwrap_or_default();
        let engine = host.strip_prefix("unix://").unwrap_or("/var/run/docker.sock");
        let folder = tempfile::tempdir().expect("a folder");
        let mut proxy = Self { folder, engine: engine.into(), delay, full_disk, serving: None };
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
        let (delay, full_disk) = (self.delay, self.full_disk);
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (engine, mut stopped) = (engine.clone(), stopped.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    let Ok(mut server) = UnixStream::connect(&*engine).await else { return };
                    if full_disk {
                        return forward_but_create_nothing(client, server).await;
                    }
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

/// Forwards until a container is to be created; that request gets the engine's answer on a full disk.
async fn forward_but_create_nothing(client: UnixStream, mut server: UnixStream) {
    let (mut from_client, mut to_client) = client.into_split();
    let mut buffer = vec![0; 1 << 16];
    let mut answer = vec![0; 1 << 16];
    loop {
        tokio::select! {
            read = from_client.read(&mut buffer) => {
                let Ok(length @ 1..) = read else { return };
                let request = &buffer[..length];
                let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
                if line.starts_with(b"POST ") && line.windows(18).any(|part| part == b"/containers/create") {
                    let body = r#"{"message":"write /var/lib/docker/x: no space left on device"}"#;
                    let head = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n";
                    let text = format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                    let _ = to_client.write_all(text.as_bytes()).await;
                    return;
                }
                if server.write_all(request).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut answer) => {
                let Ok(length @ 1..) = read else { return };
                if to_client.write_all(&answer[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
