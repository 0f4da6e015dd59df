//! What happens to an invitation afterwards, as people see it.

use std::{fs, time::Duration};

use takehome::{
    batch::Records,
    domain::Digest,
    hiring::Token,
    store::{Ask, BatchKind, BatchOptions, Content, NewBatch, NewEntry, Which},
};

use crate::home::{ADA, BOB, Home, decoded_file};

fn records(home: &Home) -> (tokio::runtime::Runtime, Records) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let records = runtime.block_on(Records::open(&home.path("home"))).expect("it opens");
    (runtime, records)
}

/// Brings in the bytes as `takehome grade` would, for a challenge.
fn submit(home: &Home, candidate: &str, bytes: &[u8]) {
    let (runtime, records) = records(home);
    let sha256 = records.blobs.put(bytes).expect("kept");
    let entry = NewEntry {
        candidate: candidate.into(),
        original_name: format!("{candidate}.zip"),
        content: Content::Kept { sha256, seed: 1 },
        previous: None,
    };
    let batch = NewBatch {
        kind: BatchKind::Grade,
        challenge: "tiny".into(),
        suite_sha256: Digest::of(b"suite"),
        options: BatchOptions::default(),
        again: false,
        entries: vec![entry],
    };
    runtime.block_on(records.store.enqueue(&batch)).expect("queued");
}

/// Gives every queued grading back as the machine's fault or with a score.
fn grade(home: &Home, verdict: &str) {
    let (runtime, records) = records(home);
    let ask = Ask { which: Which::Any, owner: "test".into(), lease: Duration::from_secs(60) };
    while let Some(claim) = runtime.block_on(records.store.claim(&ask)).expect("an answer") {
        let score = (verdict == "graded").then_some(50.0);
        let fault = (verdict != "graded")
            .then(|| serde_json::json!({"code": "c", "message": "m", "remedy": "r"}));
        let report = serde_json::json!({
            "schema": 1, "grading_id": claim.lease.grading, "challenge": "tiny",
            "submission": format!("{}-file.zip", claim.candidate), "verdict": verdict, "score": score, "groups": [],
            "tests": [{"id": "t", "group": "g", "outcome": "failed", "duration_ms": 1, "message": format!("{} wrote this", claim.candidate)}],
            "resources": {"wall_ms": 1, "cpu_ms": 1, "peak_memory_bytes": 1}, "timing": null,
            "provenance": {"submission_sha256": claim.sha256, "suite_sha256": null, "image_digest": null,
                "seed": 1, "takehome_version": "0", "engine": null, "limits": null},
            "integrity": [], "fault": fault,
        });
        let report = serde_json::from_value(report).expect("a report");
        runtime.block_on(records.store.complete(&claim.lease, &report)).expect("written");
    }
}

#[test]
fn a_new_link_kills_the_old_one() {
    let home = Home::new().with("TAKEHOME_URL", "https://jobs.example.org");
    home.done(&["send", "tiny", "--to", ADA, "--out", "first"]);
    home.done(&["resend", "ada@example.org", "--out", "second"]);
    let (runtime, records) = records(&home);
    let found = ["first", "second"].map(|folder| {
        let link = fs::read_to_string(home.path(folder).join("link.txt")).expect("a link");
        let token: Token =
            link.trim().rsplit('/').next().expect("a token").parse().expect("a token");
        runtime.block_on(records.invitations.by_token(token.hash())).expect("an answer").is_some()
    });
    assert_eq!(found, [false, true]);
}

#[test]
fn more_time_moves_the_deadline_is_told_and_never_goes_back() {
    let home = Home::new();
    let code = home.invite_ada();
    let before = home.standing(&code)["deadline"].clone();
    home.done(&["extend", &code, "--by-time", "3d", "--out", "told"]);
    let after = home.standing(&code)["deadline"].clone();
    assert!(after.as_str() > before.as_str(), "{before} {after}");
    let text = decoded_file(&home.path("told/message.eml"));
    assert!(text.contains("you have more time") && text.contains("In-Reply-To: <"), "{text}");
    let said = home.run(&["extend", &code, "--until", "1d"]);
    assert_eq!(said.code, 0, "a period is counted from the deadline: {said:?}");
    let past = home.run(&["extend", &code, "--until", "2020-01-01"]);
    assert!(past.code == 2 && past.err.contains("has to be in the future"), "{past:?}");
    let deadline = home.standing(&code)["deadline"].as_str().expect("a time")[..10].to_owned();
    let sooner = home.run(&["extend", &code, "--until", &format!("{deadline}T00:00")]);
    assert!(
        sooner.code == 2 && sooner.err.contains("already; a deadline that was promised"),
        "{sooner:?}"
    );
    home.done(&["extend", "ada@example.org", "--by-time", "1h", "--silent"]);
    assert_eq!(home.standing(&code)["last_message"]["kind"], "new_time");
}

#[test]
fn an_accommodation_shows_in_times_only() {
    let home = Home::new();
    let code = home.invite_ada();
    let before = home.standing(&code);
    home.done(&[
        "accommodate",
        &code,
        "--time",
        "1.37",
        "--approved-by",
        "Head of People",
        "--out",
        "told",
    ]);
    let after = home.standing(&code);
    assert_eq!(
        after["time_box_minutes"].as_i64(),
        before["time_box_minutes"].as_i64().map(|m| (137 * m + 99) / 100)
    );
    let told = decoded_file(&home.path("told/message.eml"));
    let (json, csv) = (after.to_string(), home.done(&["status", "--format", "csv"]));
    for shown in [&json, &csv, &home.done(&["status"]), &told] {
        for word in ["ccommodat", "multipl", "percent", "Head of People"] {
            assert!(!shown.contains(word), "{word} in {shown}");
        }
    }
    assert!(!told.contains("1.37"), "{told}");
    let export = home.done(&["export-person", &code]);
    assert!(
        export.contains("\"time_percent\": 137") && export.contains("Head of People"),
        "{export}"
    );
}

#[test]
fn reminders_go_to_those_whose_deadline_is_near_and_once() {
    let home = Home::new();
    home.done(&["send", "tiny", "--to", ADA, "--deadline", "1d"]);
    home.done(&["send", "tiny", "--to", BOB, "--deadline", "10d"]);
    let reminded = home.json(&["remind", "--due-within", "2d", "--format", "json"]);
    assert_eq!(reminded.as_array().map(Vec::len), Some(1), "{reminded}");
    assert_eq!(reminded[0]["mail"], "ada@example.org");
    assert_eq!(
        home.json(&["remind", "--due-within", "2d", "--format", "json"]),
        serde_json::json!([])
    );
    home.done(&["remind", "bob@example.org"]);
    assert_eq!(home.standing("bob@example.org")["last_message"]["kind"], "reminder");
}

#[test]
fn what_is_cancelled_is_told_and_closed_and_can_be_sent_anew() {
    let home = Home::new();
    let code = home.invite_ada();
    home.done(&["cancel", &code, "--note", "The position\nhas been filled.", "--out", "told"]);
    let text = decoded_file(&home.path("told/message.eml"));
    assert!(text.contains("withdraw") && text.contains("The position has been filled."), "{text}");
    assert_eq!(home.state(&code), "cancelled");
    for args in
        [["remind", &code].as_slice(), &["resend", &code], &["extend", &code, "--by-time", "1d"]]
    {
        let said = home.run(args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert!(said.err.contains("an invitation that is cancelled cannot be"), "{said:?}");
    }
    home.invite_ada();
}

#[test]
fn what_comes_back_under_the_code_moves_the_invitation_and_faults_of_ours_do_not() {
    let home = Home::new();
    let code = home.invite_ada();
    submit(&home, &code, b"one");
    assert_eq!(home.state(&code), "submitted");
    grade(&home, "infra_fault");
    assert_eq!(home.state(&code), "submitted", "nobody sees a fault of ours");
    submit(&home, &code, b"two");
    grade(&home, "graded");
    let standing = home.standing(&code);
    assert_eq!((&standing["state"], &standing["score"]), (&"graded".into(), &50.0.into()));
    assert_eq!(standing["submissions"], 2);
}

#[test]
fn a_purge_forgets_the_person_keeps_the_score_and_takes_no_bytes_from_others() {
    let home = Home::new();
    let (ada, bob) =
        (home.invite_ada(), home.json(&["send", "tiny", "--to", BOB, "--format", "json"]));
    let bob = bob[0]["code"].as_str().expect("a code").to_owned();
    submit(&home, &ada, b"the same of both");
    submit(&home, &bob, b"the same of both");
    submit(&home, "ada-final", b"only hers");
    let queued = home.run(&["purge", "ada@example.org", "--yes"]);
    assert_eq!(queued.code, 2, "{queued:?}");
    assert!(queued.err.contains("queued or being graded"), "{queued:?}");
    grade(&home, "graded");

    let asked = home.run(&["purge", "ada@example.org"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(asked.err.contains("Ada Lovelace") && asked.err.contains("--yes"), "{asked:?}");
    let export = home.done(&["export-person", "ada@example.org", "--submissions", "hers"]);
    assert!(export.contains("Ada Lovelace") && !export.contains("wrote this"), "{export}");
    assert_eq!(fs::read_dir(home.path("hers")).expect("a folder").count(), 1);

    let wrong = home.run(&["purge", "ada@example.org", "--also-graded-as", "nobody", "--yes"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    let said = home.done(&["purge", "ada@example.org", "--also-graded-as", "ada-final", "--yes"]);
    assert!(
        said.contains("1 invitation and 1 person forgotten; the bytes of 1 submission removed"),
        "{said}"
    );

    let (runtime, records) = records(&home);
    assert!(records.blobs.get(&Digest::of(b"the same of both")).is_ok(), "they are Bob's, too");
    assert!(records.blobs.get(&Digest::of(b"only hers")).is_err());
    assert_eq!(runtime.block_on(records.invitations.doomed()).expect("a list"), []);
    drop((runtime, records));
    let wrote = format!("{ada} wrote this");
    let file = format!("{ada}-file");
    for word in ["Ada Lovelace", "ada@example.org", "ada-lovelace", "ada-final", &wrote, &file] {
        for file in fs::read_dir(home.path("home/store")).expect("a store") {
            let path = file.expect("an entry").path();
            if path.is_file() {
                let bytes = fs::read(&path).expect("read");
                let found = memchr::memmem::find(&bytes, word.as_bytes());
                assert!(found.is_none(), "{word} in {}", path.display());
            }
        }
    }
    let left = home.standing(&ada);
    assert_eq!(
        (&left["state"], &left["score"], &left["name"]),
        (&"purged".into(), &50.0.into(), &().into())
    );
    assert!(!home.done(&["status"]).contains(&ada));
    assert_eq!(home.run(&["db", "check"]).code, 0, "{:?}", home.run(&["db", "check"]));
    let again = home.run(&["purge", &ada, "--yes"]);
    assert_eq!(again.code, 2, "{again:?}");
    // Of the same address nothing is known: it is another person now.
    home.invite_ada();
}

#[test]
fn while_submissions_come_in_a_purge_leaves_their_bytes_for_the_next_one() {
    let home = Home::new();
    let code = home.invite_ada();
    submit(&home, &code, b"hers");
    grade(&home, "graded");
    let (_runtime, records) = records(&home);
    let hold = records.blobs.hold().expect("held");
    let said = home.done(&["purge", &code, "--yes"]);
    assert!(said.contains("their bytes go with the next purge"), "{said}");
    assert!(records.blobs.get(&Digest::of(b"hers")).is_ok());
    drop(hold);
    let said = home.run(&["purge", "--overdue"]);
    assert!(
        said.code == 0 && said.err.contains("1 submission of an earlier purge removed"),
        "{said:?}"
    );
    assert!(records.blobs.get(&Digest::of(b"hers")).is_err());
    assert!(!home.run(&["purge", "--overdue"]).err.contains("earlier purge"));
}

#[test]
fn nothing_that_is_kept_as_was_said_is_overdue() {
    let home = Home::new();
    home.invite_ada();
    assert!(home.done(&["purge", "--overdue"]).contains("nothing is kept for longer"));
}
