use std::{path::Path, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{portal::App, store::Workload as _};

/// An answer that takes longer is of no use to whoever asks.
const BOUND: Duration = Duration::from_secs(3);
/// Less room than this and an upload may not fit.
const LEAST_ROOM: u64 = 256 << 20;

/// Whether an instance can take work, and what of it cannot.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    store: Condition,
    disk: Condition,
    /// Nothing is graded without one, but uploads are safe all the same.
    workers: usize,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Condition {
    Ok,
    Stopping,
    NoAnswer,
    NoRoom,
}

/// The process answers; nothing else is looked at, so that nobody restarts it for a slow disk.
pub(super) async fn lives() -> &'static str {
    "ok\n"
}

/// Whether requests should be sent here.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let load = tokio::time::timeout(BOUND, app.store.load()).await;
    let (store, workers) = match load {
        _ if app.stopping.is_cancelled() => (Condition::Stopping, 0),
        Ok(Ok(load)) => (Condition::Ok, load.workers.len()),
        Ok(Err(error)) => {
            tracing::error!(target: "takehome::portal", %error, "the store does not answer");
            (Condition::NoAnswer, 0)
        }
        Err(_) => (Condition::NoAnswer, 0),
    };
    let disk = match room(&app.settings.home) {
        Some(bytes) if bytes >= LEAST_ROOM => Condition::Ok,
        Some(_) => Condition::NoRoom,
        None => Condition::NoAnswer,
    };
    let ready = store == Condition::Ok && disk == Condition::Ok;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, store, disk, workers })).into_response()
}

/// Bytes that may still be written to a folder's disk.
fn room(folder: &Path) -> Option<u64> {
    let space = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(space.blocks_available().saturating_mul(space.fragment_size()))
}
