//! A portal with a team, invitations and results.

use std::sync::Arc;

use takehome::{
    domain::{
        GroupScore, Provenance, REPORT_SCHEMA, Report, Resources, TestOutcome, TestReport, Verdict,
    },
    hiring::{Actor, Attempts, Channel, Code, MessageKind, Multiplier, Terms, Token},
    portal::Office,
    reviewing::LINK_MS,
    sending::{FolderCarrier, Letterhead},
    store::{
        Ask, BatchKind, BatchOptions, Content, Invitations as _, NewBatch, NewEntry, NewInvitation,
        NewMessage, Outcome, Store as _, Team as _, Which,
    },
    submission::{IntakeLimits, Submission},
};

use crate::{
    browser::{Browser, PASSWORD, attr_of},
    common,
    place::Place,
};

pub const ADMIN: &str = "root@team.example.org";
pub const GRACE: &str = "grace@team.example.org";
pub const VERA: &str = "vera@team.example.org";
const DAY: i64 = 24 * 3_600_000;

/// A portal that writes messages to a folder.
pub async fn place() -> Place {
    Place::made(
        |_| {},
        |home| {
            let from: takehome::hiring::Mailbox =
                "Hiring <jobs@example.org>".parse().expect("a mailbox");
            Some(Office {
                carrier: Arc::new(FolderCarrier::below(home.join("outbox"))),
                head: Letterhead { contact: from.clone(), from, portal: None },
            })
        },
    )
    .await
}

/// The first account, signed in.
pub async fn admin(place: &Place) -> Browser<'_> {
    let token = Token::new();
    let offered = place
        .app
        .store
        .offer_first(token.hash(), place.app.now_ms() + LINK_MS)
        .await
        .expect("offered");
    assert!(offered);
    let mut browser = Browser::new(place);
    let path = format!("/team/set-up/{}", token.reveal());
    let said = browser.set_up(&path, &[("name", "Root"), ("mail", ADMIN)]).await;
    assert_eq!(
        (said.status, said.header("location")),
        (303, "/team?said=welcome"),
        "{}",
        said.text
    );
    browser
}

/// A colleague, signed in.
pub async fn colleague<'a>(
    place: &'a Place,
    admin: &mut Browser<'_>,
    mail: &str,
    role: &str,
) -> Browser<'a> {
    let name = mail.split('@').next().expect("a name");
    let typed = [("name", name), ("mail", mail), ("role", role)];
    let said = admin.fill("/team/accounts", "/team/accounts", &typed).await;
    let link = attr_of(&said.text, "#link", "value");
    let mut browser = Browser::new(place);
    assert_eq!(browser.set_up(&link, &[]).await.status, 303, "{}", said.text);
    assert_eq!(browser.sign_in(mail, PASSWORD).await.status, 303);
    browser
}

/// An invitation whose message has left.
pub async fn invited(place: &Place, name: &str, mail: &str) -> Code {
    let now = place.app.now_ms();
    let new = NewInvitation {
        code: Code::new(),
        mailbox: takehome::hiring::Mailbox {
            name: name.parse().expect("a name"),
            address: mail.parse().expect("an address"),
        },
        zone: None,
        challenge: "tiny".into(),
        token: Token::new().hash(),
        terms: Terms {
            from_ms: now,
            base_deadline_ms: now + 6 * DAY,
            base_time_box: "90m".parse().expect("a period"),
            multiplier: Multiplier::NONE,
            retain: "30d".parse().expect("a period"),
        },
        attempts: Attempts::default(),
        message: NewMessage {
            kind: MessageKind::Invitation,
            channel: Channel::Folder,
            message_id: format!("<{mail}>"),
        },
    };
    let store = &place.app.store;
    let made = store.invite(&[new], &Actor::Team("t".into())).await.expect("invited").remove(0);
    store.settle(made.message.expect("a message"), &Outcome::Sent(None)).await.expect("settled");
    made.invitation.code
}

/// A submission of these files came in under the code, and was graded.
pub async fn graded(place: &Place, code: &Code, files: &[(&str, &str)], score: f64) -> String {
    let folder = common::folder(files);
    let submission = Submission::open(folder.path(), &IntakeLimits::default()).expect("taken in");
    let sha256 = place.app.blobs.put(&submission.tar).expect("kept");
    let suite = place.app.library.task("tiny").await.expect("tiny").challenge.suite.sha256;
    let batch = NewBatch {
        kind: BatchKind::Grade,
        challenge: "tiny".into(),
        suite_sha256: suite,
        options: BatchOptions::default(),
        again: false,
        entries: vec![NewEntry {
            candidate: code.to_string(),
            original_name: "ada-lovelace.zip".into(),
            content: Content::Kept { sha256, seed: 1 },
            previous: None,
        }],
    };
    let store = &place.app.store;
    store.enqueue(&batch).await.expect("queued");
    let ask =
        Ask { which: Which::Any, owner: "a".into(), lease: std::time::Duration::from_secs(60) };
    let lease = store.claim(&ask).await.expect("an answer").expect("work").lease;
    let report = report(&lease.grading, score);
    store.complete(&lease, &report).await.expect("written");
    lease.grading
}

pub fn report(grading: &str, score: f64) -> Report {
    let test = |name: &str, outcome, message: &str| TestReport {
        id: format!("tests/test_tiny.py::{name}"),
        group: "total".into(),
        outcome,
        duration_ms: 3,
        message: message.into(),
    };
    Report {
        schema: REPORT_SCHEMA,
        grading_id: grading.into(),
        challenge: "tiny".into(),
        submission: "ada-lovelace.zip".into(),
        verdict: Verdict::Graded,
        score: Some(score),
        capped_by: None,
        groups: vec![
            GroupScore { name: "total".into(), weight: 60, passed: 1, total: 2 },
            GroupScore { name: "first".into(), weight: 40, passed: 2, total: 2 },
        ],
        tests: vec![
            test("test_sum", TestOutcome::Passed, ""),
            test("test_empty", TestOutcome::Failed, "Ada Lovelace <script>alert(1)</script>"),
        ],
        resources: Resources { wall_ms: 1500, cpu_ms: 200, peak_memory_bytes: 3 << 20 },
        timing: None,
        provenance: Provenance {
            submission_sha256: None,
            suite_sha256: None,
            image_digest: None,
            seed: 1,
            takehome_version: "0.0.0".into(),
            engine: None,
            limits: None,
        },
        integrity: vec![],
        fault: None,
    }
}

/// A scorecard that is handed in.
pub async fn mark(browser: &mut Browser<'_>, code: &Code, mark: &str) -> String {
    let path = format!("/team/i/{code}/scorecard");
    let typed = [
        ("mark.structure", mark),
        ("mark.tests", mark),
        ("why.tests", "thin"),
        ("recommendation", "yes"),
        ("words", "A fair solution."),
        ("do", "hand_in"),
    ];
    browser.done(&path, &path, &typed).await
}

pub const FILES: &[(&str, &str)] = &[
    (
        "tiny.py",
        "# by Ada Lovelace <ada@example.org>\ndef total(numbers):\n    return sum(numbers)\n",
    ),
    ("README.md", "Written by Ada.\n"),
];
