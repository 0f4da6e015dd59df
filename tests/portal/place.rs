//! A portal of one test's own, asked in this process or over a socket.
#![allow(dead_code, reason = "each group of tests uses a part of it")]

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::Request, response::Response};
use http_body_util::BodyExt as _;
use takehome::{
    hiring::{
        Actor, Attempts, Channel, Code, Event, MessageKind, Multiplier, State, Terms, Token, Who,
    },
    portal::{Csrf, Library, Live, Meters, Office, Portal, Settings, Throttle, router, serve},
    receiving::{ReceiptKey, Reception, Spool},
    store::{
        Ask, Blobs, Change, Clock, Filter, Invitations as _, ManualClock, NewInvitation,
        NewMessage, Outcome, SqliteStore, Standing, Store as _, Upload, Uploads as _, Which,
    },
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::common;

pub const DAY_MS: i64 = 24 * 3_600_000;
pub const DAY: Duration = Duration::from_secs(24 * 3600);

pub struct Place {
    pub home: TempDir,
    pub app: Arc<Portal>,
    pub clock: ManualClock,
    router: Router,
}

/// A personal link.
pub struct Invited {
    pub path: String,
    pub code: Code,
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
        Self::made(change, |_| None).await
    }

    /// With other settings, and somebody who writes messages.
    pub async fn made(
        change: impl FnOnce(&mut Settings),
        office: impl FnOnce(&Path) -> Option<Office>,
    ) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::default();
        // Monday 30 November 2026, 18:00 UTC.
        clock.advance(Duration::from_secs(1_796_061_600));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let file = home.path().join("store/takehome.db");
        let store = SqliteStore::open(&file, shared.clone(), Arc::new(|_: &str| false));
        let mut settings = Settings::new(home.path().to_owned());
        change(&mut settings);
        let store = Arc::new(store.await.expect("a store"));
        let blobs = Blobs::open(&home.path().join("store/submissions")).expect("a folder");
        let reception = Reception::new(
            store.clone(),
            blobs.clone(),
            Spool::open(&home.path().join("spool")).expect("a folder"),
            ReceiptKey::open(&home.path().join("keys/receipt.pem")).expect("a key"),
            shared.clone(),
            i64::try_from(settings.grace.as_millis()).expect("a grace"),
        );
        let app = Arc::new(Portal {
            store,
            blobs,
            library: Library::new(vec![common::root().join(common::TINY)]),
            clock: shared,
            settings,
            office: office(home.path()),
            reception,
            live: Live::new(),
            throttle: Throttle::new(),
            csrf: Csrf::ephemeral(),
            meters: Meters::new(0),
            stopping: CancellationToken::new(),
        });
        Self { home, router: router(app.clone()), app, clock }
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// An invitation whose message has left, to the tiny challenge: six days from now.
    pub async fn invite(&self, name: &str) -> Invited {
        self.invite_with(name, |_| {}).await
    }

    /// The same with other terms.
    pub async fn invite_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut NewInvitation),
    ) -> Invited {
        let (token, now) = (Token::new(), self.clock.now_ms());
        let mut new = NewInvitation {
            code: Code::new(),
            mailbox: format!("{name} <{}@example.org>", Code::new()).parse().expect("a mailbox"),
            zone: None,
            challenge: "tiny".into(),
            token: token.hash(),
            terms: Terms {
                from_ms: now,
                base_deadline_ms: now + 6 * DAY_MS,
                base_time_box: "90m".parse().expect("a period"),
                multiplier: Multiplier::NONE,
                retain: "30d".parse().expect("a period"),
            },
            attempts: Attempts::default(),
            message: NewMessage {
                kind: MessageKind::Invitation,
                channel: Channel::Folder,
                message_id: "<1@example.org>".into(),
            },
        };
        change(&mut new);
        let code = new.code.clone();
        let team = Actor::Team("Grace".into());
        let made = self.app.store.invite(&[new], &team).await.expect("invited");
        let message = made[0].message.expect("a message");
        self.app.store.settle(message, &Outcome::Sent(None)).await.expect("settled");
        Invited { path: format!("/i/{}", token.reveal()), code }
    }

    /// An invitation that was started.
    pub async fn started(&self, name: &str) -> Invited {
        let invited = self.invite(name).await;
        assert_eq!(self.start(&invited).await.status, 303);
        invited
    }

    pub async fn start(&self, invited: &Invited) -> Said {
        let form = self.form(&invited.path).await;
        self.post(&format!("{}/start", invited.path), &format!("form={form}")).await
    }

    /// What the forms of a page carry.
    pub async fn form(&self, path: &str) -> String {
        let page = self.get(path).await.text;
        let (_, rest) = page.split_once("name=\"form\" value=\"").expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }

    pub async fn post(&self, path: &str, body: &str) -> Said {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.ask(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub async fn put(&self, path: &str, bytes: impl Into<Body>) -> Said {
        self.ask(Request::put(path).body(bytes.into()).expect("a request")).await
    }

    /// As a browser's form sends it.
    pub async fn upload(&self, invited: &Invited, name: &str, bytes: &[u8]) -> Said {
        let form = self.form(&invited.path).await;
        let (kind, body) = multipart(&form, name, bytes);
        let path = format!("{}/upload", invited.path);
        let request = Request::post(path).header("content-type", kind);
        self.ask(request.body(Body::from(body)).expect("a request")).await
    }

    pub async fn uploads(&self, invited: &Invited) -> Vec<Upload> {
        self.app.store.uploads(&invited.code).await.expect("read")
    }

    /// The body alone, as it came.
    pub async fn bytes(&self, request: Request<Body>) -> Vec<u8> {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        response.into_body().collect().await.expect("a body").to_bytes().to_vec()
    }

    pub async fn standing(&self, invited: &Invited) -> Standing {
        let filter = Filter { who: Some(Who::Code(invited.code.clone())), ..Filter::default() };
        self.app.store.invitations(&filter).await.expect("read").remove(0)
    }

    /// The team gives that many days from now.
    pub async fn extend(&self, invited: &Invited, days: i64) {
        let invitation = self.standing(invited).await.invitation;
        let change = Change {
            code: invited.code.clone(),
            version: invitation.version,
            event: Event::Extend,
            terms: Some(invitation.terms.due_at(self.clock.now_ms() + days * DAY_MS)),
            token: None,
            message: None,
        };
        let team = Actor::Team("Grace".into());
        self.app.store.change(&change, &team).await.expect("extended");
    }

    /// The team lets that happen.
    pub async fn by_team(&self, invited: &Invited, event: Event) {
        let change = Change {
            code: invited.code.clone(),
            version: self.standing(invited).await.invitation.version,
            event,
            terms: None,
            token: None,
            message: None,
        };
        let team = Actor::Team("Grace".into());
        self.app.store.change(&change, &team).await.expect("changed");
    }

    /// Gives everything that is queued that score.
    pub async fn grade(&self, score: f64) {
        let ask = Ask { which: Which::Any, owner: "test".into(), lease: Duration::from_secs(60) };
        while let Some(claim) = self.app.store.claim(&ask).await.expect("an answer") {
            let report = serde_json::json!({
                "schema": 1, "grading_id": claim.lease.grading, "challenge": "tiny",
                "submission": "x", "verdict": "graded", "score": score, "groups": [], "tests": [],
                "resources": {"wall_ms": 1, "cpu_ms": 1, "peak_memory_bytes": 1}, "timing": null,
                "provenance": {"submission_sha256": claim.sha256, "suite_sha256": null,
                    "image_digest": null, "seed": 1, "takehome_version": "0", "engine": null,
                    "limits": null},
                "integrity": [], "fault": null,
            });
            let report = serde_json::from_value(report).expect("a report");
            self.app.store.complete(&claim.lease, &report).await.expect("written");
        }
    }

    pub async fn state(&self, invited: &Invited) -> State {
        self.standing(invited).await.state
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

/// A form with an archive: its media type and its body.
pub fn multipart(form: &str, name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut body = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"form\"\r\n\r\n{form}\r\n--edge\r\n\
         content-disposition: form-data; name=\"archive\"; filename=\"{name}\"\r\n\
         content-type: application/zip\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    ("multipart/form-data; boundary=edge".into(), body)
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
