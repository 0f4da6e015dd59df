//! A server on this machine that keeps what it is sent.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

/// One request.
#[derive(Debug, Clone)]
pub struct Got {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

type Kept = Arc<Mutex<(Vec<Got>, Vec<u16>)>>;

/// A receiver; what it answers is said beforehand, and 204 where nothing was said.
pub struct Receiver {
    pub url: String,
    kept: Kept,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn new(answers: &[u16]) -> Self {
        let kept: Kept =
            Arc::new(Mutex::new((Vec::new(), answers.iter().rev().copied().collect())));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(keep).with_state(kept.clone());
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("served");
        });
        Self { url, kept, task }
    }

    pub fn got(&self) -> Vec<Got> {
        self.kept.lock().expect("a lock").0.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    State(kept): State<Kept>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut kept = kept.lock().expect("a lock");
    kept.0.push(Got { method, path: uri.to_string(), headers, body });
    let status = kept.1.pop().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::NO_CONTENT);
    if status.is_redirection() {
        return (status, [("location", "/elsewhere")]).into_response();
    }
    status.into_response()
}
