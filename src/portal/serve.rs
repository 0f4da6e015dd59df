//! Connections: how many, how long, and how they end.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Body, extract::Request};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{App, Throttle, router, socket::Impatient};

/// Connections at a time, from everybody and from one address that is no proxy of ours.
const CONNECTIONS: usize = 1024;
const FROM_ONE: usize = 256;
/// How long a client may read nothing of an answer.
const UNREAD: Duration = Duration::from_secs(30);
/// The most that is kept of a request's head.
const MOST_HEAD: usize = 32 << 10;
/// How long requests that run may go on once the portal stops.
const DRAIN: Duration = Duration::from_secs(60);
/// What to wait for when the machine has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// Who is at the other end of the connection, a proxy perhaps.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The portal cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("failed to take connections: {0}")]
pub struct ServeError(#[from] io::Error);

/// Answers what comes to `listener` until `shutdown`: then no connection is taken any more, requests
/// that run are finished, and what is left after a minute is cut off.
///
/// # Errors
/// [`ServeError`] when the listener fails for good.
pub async fn serve(
    app: App,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let service = router(app.clone());
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let crowd = Arc::new(Crowd::default());
    let (graceful, tasks) = (GracefulShutdown::new(), TaskTracker::new());
    let cut = CancellationToken::new();
    let _stops_helpers = helpers(&app).drop_guard();
    loop {
        let taken = tokio::select! {
            taken = take(&listener, &room) => taken?,
            () = shutdown.cancelled() => break,
        };
        let Some((stream, peer, permit)) = taken else { continue };
        let trusted = app.settings.trusted_proxies.contains(&peer.ip().to_canonical());
        let Some(place) = crowd.enter(peer.ip(), trusted) else { continue };
        let service = service.clone();
        let answer =
            hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let mut request: Request = request.map(Body::new);
                request.extensions_mut().insert(Peer(peer));
                service.clone().oneshot(request)
            });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(app.settings.head)
            .max_buf_size(MOST_HEAD)
            .serve_connection(TokioIo::new(Impatient::new(stream, UNREAD)), answer);
        let connection = graceful.watch(connection);
        let cut = cut.clone();
        tasks.spawn(async move {
            // What a client does to its own connection is not worth a line in the log.
            let _ = tokio::select! {
                ended = connection => ended,
                () = cut.cancelled() => Ok(()),
            };
            drop((permit, place));
        });
    }
    drop(listener);
    app.stopping.cancel();
    tasks.close();
    let drained = async {
        graceful.shutdown().await;
        tasks.wait().await;
        // Whose client is gone may still be on its way into the records.
        app.reception.close().await;
    };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!(target: "takehome::portal", left = tasks.len(), "requests were cut off");
        cut.cancel();
        tasks.wait().await;
    }
    Ok(())
}

/// The next connection, once there is room for it.
async fn take(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Result<Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)>, ServeError> {
    let permit = room.clone().acquire_owned().await.map_err(io::Error::other)?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are small and complete; waiting for more of them only delays.
            let _ = stream.set_nodelay(true);
            Ok(Some((stream, peer, permit)))
        }
        Err(error) if is_of_one(&error) => Ok(None),
        // No file descriptor or no memory is left: others will end and free some.
        Err(error) if matches!(error.raw_os_error(), Some(12 | 23 | 24 | 105)) => {
            tracing::warn!(target: "takehome::portal", %error, "no room for a connection");
            tokio::time::sleep(BREATH).await;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether it only concerns the connection that was to be taken.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// What goes on beside requests, until the token that this returns is cancelled.
fn helpers(app: &App) -> CancellationToken {
    let stop = CancellationToken::new();
    let (looking, tidying) = (app.clone(), app.clone());
    let stopped = stop.clone();
    tokio::spawn(async move {
        if let Err(error) = looking.live.watch(&looking.store, &stopped).await {
            tracing::error!(target: "takehome::portal", %error, "pages are not told of changes");
        }
    });
    let stopped = stop.clone();
    tokio::spawn(async move {
        let tidy = async {
            loop {
                tokio::time::sleep(Throttle::TIDY_EVERY).await;
                tidying.throttle.tidy();
            }
        };
        tokio::select! {
            () = tidy => {}
            () = stopped.cancelled() => {}
        }
    });
    stop
}

/// How many connections each address has.
#[derive(Default)]
struct Crowd(Mutex<HashMap<IpAddr, usize>>);

/// One of them, until it is dropped.
struct Place(Arc<Crowd>, IpAddr);

impl Crowd {
    fn enter(self: &Arc<Self>, address: IpAddr, trusted: bool) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= FROM_ONE && !trusted {
            return None;
        }
        *count += 1;
        Some(Place(self.clone(), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_have_all_connections_and_a_proxy_can() {
        let crowd = Arc::new(Crowd::default());
        let [greedy, other] =
            ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().expect("an address"));
        let mut places: Vec<Place> =
            (0..FROM_ONE).map(|_| crowd.enter(greedy, false).expect("a place")).collect();
        assert!(crowd.enter(greedy, false).is_none());
        assert!(crowd.enter(other, false).is_some() && crowd.enter(greedy, true).is_some());
        places.pop();
        assert!(crowd.enter(greedy, false).is_some(), "one has left");
        places.clear();
        assert!(crowd.0.lock().expect("no panic").is_empty(), "nothing is kept of who has gone");
    }
}
