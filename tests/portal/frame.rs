//! What every answer has, whatever was asked.

use axum::{body::Body, http::Request};
use scraper::{Html, Selector};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::place::Place;

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_document_for_programs() {
    let place = Place::new().await;
    let page = place.get("/nothing/here").await;
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>There is nothing here</h1>"), "{}", page.text);
    let document = place.get("/v1/nothing").await;
    assert_eq!(document.status, 404);
    assert_eq!(document.header("content-type"), "application/problem+json");
    let json: serde_json::Value = serde_json::from_str(&document.text).expect("JSON");
    assert_eq!(json["status"], 404);
    assert_eq!(json["code"], "not_found");
    let id = document.header("x-request-id");
    assert_eq!(json["instance"], format!("urn:request:{id}"));
}

#[tokio::test]
async fn every_answer_tells_browsers_to_load_nothing_from_elsewhere_and_keep_nothing() {
    let place = Place::new().await;
    for path in ["/nothing", "/v1/nothing", "/assets/none.css"] {
        let said = place.get(path).await;
        let policy = said.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(said.header("x-content-type-options"), "nosniff");
        assert_eq!(said.header("referrer-policy"), "no-referrer");
        assert_eq!(said.header("cache-control"), "no-store");
        assert_eq!(said.header("strict-transport-security"), "", "over HTTP it means nothing");
    }
    let https = Place::with(|settings| {
        settings.url = Some("https://jobs.example.org".parse().expect("an address"));
    });
    assert!(!https.await.get("/nothing").await.header("strict-transport-security").is_empty());
}

#[tokio::test]
async fn what_a_page_loads_is_there_and_may_be_kept_for_ever() {
    let place = Place::new().await;
    let page = Html::parse_document(&place.get("/nothing").await.text);
    let links = Selector::parse("link[href], script[src]").expect("a selector");
    let mut seen = 0;
    for link in page.select(&links) {
        let path = link.attr("href").or(link.attr("src")).expect("a path");
        let said = place.get(path).await;
        assert_eq!(said.status, 200, "{path}");
        assert!(said.header("cache-control").contains("immutable"));
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[tokio::test]
async fn a_form_that_another_site_sends_is_refused_before_anything_looks_at_it() {
    let place = Place::new().await;
    let post = |name: &str, value: &str| {
        Request::post("/nothing").header("host", "localhost").header(name, value)
    };
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let said = place.ask(post(name, value).body(Body::empty()).expect("a request")).await;
        assert_eq!(said.status, 403, "{name}");
        assert!(said.text.contains("This form is no longer valid"));
    }
    let own = post("sec-fetch-site", "same-origin").body(Body::empty()).expect("a request");
    assert_eq!(place.ask(own).await.status, 404);
}

#[tokio::test]
async fn the_portal_stops_when_told_and_answers_what_it_has_begun() {
    let place = Place::new().await;
    let (address, shutdown, task) = place.listen().await;
    let mut client = TcpStream::connect(address).await.expect("a connection");
    client.write_all(b"GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    let mut head = [0; 12];
    client.read_exact(&mut head).await.expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 404");
    shutdown.cancel();
    task.await.expect("it ends, although a connection was open");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
