//! What operators ask.

use std::net::SocketAddr;

use axum::{body::Body, http::Request};
use takehome::portal::Peer;

use crate::place::Place;

fn from(peer: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).expect("a request");
    let peer: SocketAddr = peer.parse().expect("an address");
    request.extensions_mut().insert(Peer(peer));
    request
}

const HERE: &str = "127.0.0.1:999";
const THERE: &str = "192.0.2.7:999";

#[tokio::test]
async fn a_portal_that_is_well_says_so_and_one_that_stops_is_not_ready() {
    let place = Place::new().await;
    let lives = place.get("/healthz").await;
    assert_eq!((lives.status, lives.text.as_str()), (200, "ok\n"));
    let ready = place.get("/readyz").await;
    let json: serde_json::Value = serde_json::from_str(&ready.text).expect("JSON");
    assert_eq!(ready.status, 200, "{json}");
    assert_eq!(json["ready"], true);
    assert_eq!(json["workers"], 0);
    place.app.stopping.cancel();
    let stopping = place.get("/readyz").await;
    assert_eq!(stopping.status, 503, "{}", stopping.text);
    assert_eq!(place.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_not_ready() {
    let place = Place::new().await;
    place.app.store.close().await;
    let ready = place.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.text.contains("no_answer"), "{}", ready.text);
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_no_proxys_clients() {
    let place = Place::new().await;
    let said = place.ask(from(HERE, "/metrics", &[])).await;
    assert_eq!(said.status, 200);
    assert!(said.header("content-type").starts_with("application/openmetrics-text"));
    let forwarded = [("x-forwarded-for", "127.0.0.1")];
    for request in [from(THERE, "/metrics", &[]), from(HERE, "/metrics", &forwarded)] {
        assert_eq!(place.ask(request).await.status, 404);
    }
}

#[tokio::test]
async fn whoever_has_the_token_may_read_metrics_from_anywhere_and_nobody_else() {
    let token = "0123456789abcdef";
    let place = Place::with(|settings| settings.metrics_token = Some(token.into())).await;
    let right = format!("Bearer {token}");
    let said = place.ask(from(THERE, "/metrics", &[("authorization", &right)])).await;
    assert_eq!(said.status, 200);
    for wrong in ["", "Bearer 0123456789abcdeg", "Bearer ", "0123456789abcdef"] {
        let said = place.ask(from(HERE, "/metrics", &[("authorization", wrong)])).await;
        assert_eq!(said.status, 401, "{wrong:?}");
        assert!(!said.text.contains("takehome_"), "{wrong:?}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_the_routes_pattern_and_never_by_what_a_client_wrote() {
    let place = Place::new().await;
    place.get("/healthz").await;
    place.get("/healthz").await;
    place.get("/some/secret/path").await;
    let odd = Request::builder().method("BREW").uri("/healthz").body(Body::empty());
    place.ask(odd.expect("a request")).await;
    let text = place.ask(from(HERE, "/metrics", &[])).await.text;
    let line = r#"takehome_http_requests_total{method="GET",route="/healthz",status="200"} 2"#;
    assert!(text.contains(line), "{text}");
    assert!(!text.contains("secret") && !text.contains("BREW"), "{text}");
    for name in ["queue_waiting", "queue_oldest_seconds", "workers", "uploads_total"] {
        assert!(text.contains(&format!("takehome_{name}")), "{name} is not in {text}");
    }
    assert!(text.ends_with("# EOF\n"));
}
