//! A portal in this process, asked as programs ask it.

use std::{path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::Value;
use takehome::{
    access::ApiSecret,
    hiring::{Actor, Mailbox},
    portal::Office,
    sending::{FolderCarrier, Letterhead},
    store::{Access as _, NewApiToken, Store},
};

use super::place::{DAY_MS, Place, Said};

/// A portal that writes messages to folders.
pub struct House {
    pub place: Place,
}

/// A request that is being put together.
pub struct Asking<'a> {
    place: &'a Place,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
}

impl House {
    pub async fn new() -> Self {
        let set = |settings: &mut takehome::portal::Settings| {
            settings.url = Some("https://jobs.example.org".parse().expect("an address"));
            settings.hooks.allowed = "127.0.0.1".parse().expect("a network");
            settings.partner_hosts = vec!["127.0.0.1".into()];
        };
        Self { place: Place::made(set, |home| Some(office(home))).await }
    }

    /// A new token's secret.
    pub async fn token(&self, scopes: &str) -> String {
        let secret = ApiSecret::new();
        let new = NewApiToken {
            name: scopes.into(),
            hash: secret.hash(),
            scopes: scopes.parse().expect("scopes"),
            expires_ms: self.place.clock_ms() + 90 * DAY_MS,
        };
        let made = self.place.app.store.create_token(&new, &Actor::Team("Grace".into())).await;
        made.expect("recorded");
        secret.reveal()
    }

    pub fn ask(&self, method: &str, path: &str) -> Asking<'_> {
        Asking {
            place: &self.place,
            method: method.parse().expect("a method"),
            path: path.into(),
            headers: Vec::new(),
            body: Body::empty(),
        }
    }

    pub fn get(&self, path: &str) -> Asking<'_> {
        self.ask("GET", path)
    }

    pub fn post(&self, path: &str, body: Value) -> Asking<'_> {
        self.ask("POST", path).json(body)
    }

    /// Somebody is invited; their invitation's code.
    pub async fn invited(&self, name: &str) -> String {
        let token = self.token("invite").await;
        let said = self.post("/v1/invitations", invite(name)).by(&token).said().await;
        assert_eq!(said.status, 201, "{}", said.text);
        let code = said.json()["items"][0]["invitation"]["code"].clone();
        code.as_str().expect("a code").to_owned()
    }
}

/// Messages go to folders in `outbox`.
fn office(home: &Path) -> Office {
    let from: Mailbox = "Hiring <jobs@example.org>".parse().expect("a mailbox");
    Office {
        carrier: Arc::new(FolderCarrier::below(home.join("outbox"))),
        head: Letterhead {
            contact: from.clone(),
            from,
            portal: Some("https://jobs.example.org".parse().expect("an address")),
        },
    }
}

/// A request that invites somebody.
pub fn invite(name: &str) -> Value {
    serde_json::json!({
        "challenge": "tiny",
        "people": [{"name": name, "mail": format!("{}@example.org", name.to_lowercase())}],
    })
}

impl Asking<'_> {
    pub fn by(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub async fn said(self) -> Said {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        self.place.ask(request.body(self.body).expect("a request")).await
    }
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The stable word of a problem, which has to be one.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["status"], self.status);
        document["code"].as_str().expect("a code").to_owned()
    }
}

impl Place {
    pub fn clock_ms(&self) -> i64 {
        self.app.now_ms()
    }

    /// Somebody of the team brings in what came back by mail.
    pub async fn comes_back_by_mail(&self, code: &str) {
        let batch = super::made::batch(&[code]);
        Store::enqueue(&*self.app.store, &batch).await.expect("queued");
    }
}
