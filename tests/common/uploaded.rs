//! Invitations and uploads of a test's own, in a home of its own.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use takehome::{
    batch::{Named, Records, receive, seed_of},
    challenge::Challenge,
    domain::{Digest, Fault, Report, Verdict},
    hiring::{
        Actor, Attempts, Channel, Code, Event, Mailbox, MessageKind, Multiplier, State, Terms, Who,
    },
    run::not_run,
    store::{
        Ask, BatchKind, BatchOptions, Change, Checking, Checks as _, Filter, NewBatch,
        NewInvitation, NewMessage, NewUpload, Outcome, Recorded, Upload, Uploads as _, Which,
    },
    submission::{IntakeLimits, Submission},
};

pub struct Place {
    dir: tempfile::TempDir,
    pub challenges: PathBuf,
    pub challenge: std::sync::Arc<Challenge>,
    pub records: Records,
    codes: Mutex<BTreeMap<String, Code>>,
}

impl Place {
    /// A home, and the tiny challenge in a folder of the test's own.
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let challenges = dir.path().join("challenges");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&root.join("tests/fixtures/challenges/tiny"), &challenges.join("tiny"));
        let challenge = Challenge::load(&challenges.join("tiny")).expect("it loads");
        let records = Records::open(&dir.path().join("home")).await.expect("it opens");
        let codes = Mutex::default();
        Self { dir, challenges, challenge: challenge.into(), records, codes }
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// An attempt of somebody who was invited, and has the package; the first one invites. `text` makes
    /// its bytes its own.
    pub async fn upload(&self, name: &str, text: &str) -> Upload {
        let folder = self.dir.path().join("in").join(name).join(text);
        fs::create_dir_all(&folder).expect("a folder");
        let right = fs::read_to_string(self.challenge.dir.join("reference/tiny.py"));
        let right = right.expect("a solution");
        fs::write(folder.join("tiny.py"), format!("{right}\n# {text}\n")).expect("a file");
        self.upload_folder(name, &self.challenge, &folder).await
    }

    /// The same of a folder, for any challenge.
    pub async fn upload_folder(&self, name: &str, challenge: &Challenge, folder: &Path) -> Upload {
        let code = match self.code(name) {
            Some(code) => code,
            None => self.invite(name, challenge).await,
        };
        let required = &challenge.manifest.interface.required;
        let limits = IntakeLimits::default().with_anchors(required);
        let submission = Submission::open(folder, &limits).expect("accepted");
        let sha256 = self.records.blobs.put(&submission.tar).expect("kept");
        let now = takehome::store::Clock::now_ms(&takehome::store::SystemClock);
        let new = NewUpload {
            id: uuid::Uuid::now_v7().to_string(),
            code,
            challenge: challenge.manifest.id.to_string(),
            suite_sha256: challenge.suite.sha256,
            seed: seed_of(&sha256, challenge),
            sha256,
            received_sha256: Digest::of(b"as it was sent"),
            size: submission.tar.len() as u64,
            original_name: format!("{name}.zip"),
            began_ms: now,
            received_ms: now,
            grace_ms: 0,
            statement: "received".into(),
        };
        match self.records.database.record(&new).await.expect("recorded") {
            Recorded::New(upload) => upload,
            Recorded::Again(_) => panic!("the same bytes twice"),
        }
    }

    fn code(&self, name: &str) -> Option<Code> {
        self.codes.lock().expect("a lock").get(name).cloned()
    }

    async fn invite(&self, name: &str, challenge: &Challenge) -> Code {
        let now = takehome::store::Clock::now_ms(&takehome::store::SystemClock);
        let mailbox: Mailbox = format!("{name} <{name}@example.org>").parse().expect("a mailbox");
        let message_id = "<1@example.org>".into();
        let (kind, channel) = (MessageKind::Invitation, Channel::Folder);
        let new = NewInvitation {
            code: Code::new(),
            mailbox,
            zone: None,
            challenge: challenge.manifest.id.to_string(),
            token: takehome::hiring::Token::new().hash(),
            terms: Terms {
                from_ms: now,
                base_deadline_ms: now + 86_400_000,
                base_time_box: "90m".parse().expect("a period"),
                multiplier: Multiplier::NONE,
                retain: "30d".parse().expect("a period"),
            },
            attempts: Attempts { most: None, ..Attempts::default() },
            message: NewMessage { kind, channel, message_id },
        };
        let team = Actor::Team("Grace".into());
        let made =
            self.records.invitations.invite(&[new], &team).await.expect("recorded").remove(0);
        let message = made.message.expect("a message");
        self.records.invitations.settle(message, &Outcome::Sent(None)).await.expect("settled");
        let code = made.invitation.code;
        for event in [Event::Open, Event::Start] {
            let version = self.standing(&code).await.invitation.version;
            let (code, terms, token, message) = (code.clone(), None, None, None);
            let change = Change { code, version, event, terms, token, message };
            self.records.invitations.change(&change, &Actor::Candidate).await.expect("changed");
        }
        self.codes.lock().expect("a lock").insert(name.to_owned(), code.clone());
        code
    }

    async fn standing(&self, code: &Code) -> takehome::store::Standing {
        let filter = Filter { who: Some(Who::Code(code.clone())), ..Filter::default() };
        self.records.invitations.invitations(&filter).await.expect("a list").remove(0)
    }

    pub async fn state(&self, name: &str) -> State {
        self.standing(&self.code(name).expect("invited")).await.state
    }

    pub async fn purge(&self, name: &str) {
        let code = self.code(name).expect("invited");
        let purged = self.records.invitations.purge(&[code], &[], &Actor::Program).await;
        assert_eq!(purged.expect("forgotten").invitations, 1);
    }

    /// What the team was sent by mail and grades itself.
    pub async fn grade_by_hand(&self, name: &str) {
        let path = self.challenge.dir.join("reference");
        let named = vec![Named { candidate: name.into(), path }];
        let entries = receive(&self.records, &self.challenge, named, None, || {}).await;
        let new = NewBatch {
            kind: BatchKind::Grade,
            challenge: "tiny".into(),
            suite_sha256: self.challenge.suite.sha256,
            options: BatchOptions::default(),
            again: false,
            entries: entries.expect("taken in"),
        };
        self.records.store.enqueue(&new).await.expect("queued");
    }

    /// Writes a result as a worker would.
    pub async fn finish(&self, grading: &str, verdict: Verdict) {
        let ask = self.ask("somebody");
        loop {
            let claim = self.records.store.claim(&ask).await.expect("read").expect("it waits");
            if claim.lease.grading != grading {
                continue;
            }
            let sha256 = Some(claim.sha256);
            let report = not_run(&self.challenge, "x", sha256, claim.seed, verdict, self.fault());
            let report = Report { grading_id: grading.to_owned(), ..report };
            self.records.store.complete(&claim.lease, &report).await.expect("written");
            return;
        }
    }

    pub fn ask(&self, owner: &str) -> Ask {
        let which = Which::Uploads(vec!["tiny".into()]);
        Ask { which, owner: owner.into(), lease: Duration::from_secs(60) }
    }

    pub fn fault(&self) -> Fault {
        Fault { code: "x".into(), message: "it was so".into(), remedy: "none".into() }
    }

    pub async fn check(&self, grading: &str) -> Option<Checking> {
        self.records.database.check_of(grading).await.expect("read")
    }

    pub async fn report(&self, grading: &str) -> Option<Report> {
        self.records.store.report(grading).await.expect("read")
    }

    /// How often it was finished, by the audit trail.
    pub async fn finishes(&self, grading: &str) -> usize {
        let trail = self.records.store.audit(Some(grading)).await.expect("a trail");
        trail.iter().filter(|line| line.action == "finished").count()
    }

    /// The author seals another suite.
    pub fn change_the_suite(&self) {
        let file = self.challenge.dir.join("tests/hidden/test_first.py");
        let text = fs::read_to_string(&file).expect("a test");
        fs::write(file, format!("{text}\n# changed\n")).expect("written");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}
