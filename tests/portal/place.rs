//! A portal of one test's own, asked in this process or over a socket.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{Router, body::Body, http::Request, response::Response};
use http_body_util::BodyExt as _;
use takehome::{
    portal::{Csrf, Library, Live, Portal, Settings, Throttle, router, serve},
    store::{Blobs, Clock, ManualClock, SqliteStore},
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::common;

pub struct Place {
    pub home: TempDir,
    pub app: Arc<Portal>,
    pub clock: ManualClock,
    router: Router,
}

/// What was answered.
pub struct Said {
    pub status: u16,
    pub response: axum::http::response::Parts,
    pub text: String,
}

impl Place {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::default();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let file = home.path().join("store/takehome.db");
        let store = SqliteStore::open(&file, shared.clone(), Arc::new(|_: &str| false));
        let mut settings = Settings::new(home.path().to_owned());
        change(&mut settings);
        let app = Arc::new(Portal {
            store: Arc::new(store.await.expect("a store")),
            blobs: Blobs::open(&home.path().join("store/submissions")).expect("a folder"),
            library: Library::new(vec![common::root().join(common::TINY)]),
            clock: shared,
            settings,
            office: None,
            live: Live::new(),
            throttle: Throttle::new(),
            csrf: Csrf::ephemeral(),
            stopping: CancellationToken::new(),
        });
        Self { home, router: router(app.clone()), app, clock }
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    pub async fn ask(&self, request: Request<Body>) -> Said {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        Said::of(response).await
    }

    pub async fn get(&self, path: &str) -> Said {
        self.ask(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Over a socket, until the token is cancelled.
    pub async fn listen(&self) -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let serving = serve(self.app.clone(), listener, shutdown.clone());
        let task = tokio::spawn(async move { serving.await.expect("it serves") });
        (address, shutdown, task)
    }
}

impl Said {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status.as_u16(), response: parts, text }
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }
}
