//! What is written for people to send, and what is refused.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::home::{ADA, BOB, Home, decoded_file};

#[test]
fn without_a_mail_server_the_package_and_a_ready_message_are_written() {
    let home = Home::new();
    let sent = home.json(&[
        "send",
        "tiny",
        "--to",
        ADA,
        "--time-zone",
        "Europe/Berlin",
        "--format",
        "json",
    ]);
    let code = sent[0]["code"].as_str().expect("a code");
    let folder = format!("tiny-ada-lovelace-{code}");
    assert_eq!(home.folders(), [folder.as_str()]);
    let inside = |name: &str| home.path(&folder).join(name);
    let text = decoded_file(&inside("message.eml"));
    for expected in [
        "From: Hiring at Example <jobs@example.org>",
        "To: Ada Lovelace <ada@example.org>",
        "X-Unsent: 1",
        "== text/plain",
        "== text/html",
        "== application/zip tiny.zip",
        "Europe/Berlin",
        "UTC)",
        &format!("Pack the folder as {code}.zip"),
        "What is graded",
        "AI assistants:",
        "They are removed after",
        "Questions, of whatever kind: Hiring at Example <jobs@example.org>",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
    assert!(!text.contains("/i/") && !inside("link.txt").exists(), "there is no portal");
    let package = fs::File::open(inside("tiny.zip")).expect("a package");
    assert!(zip::ZipArchive::new(package).expect("a zip").len() > 3);
    for path in [home.path(&folder), inside("message.eml"), inside("tiny.zip")] {
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
    assert_eq!(home.state(code), "invited");
}

#[test]
fn with_a_portal_the_link_is_in_the_message_and_nowhere_in_the_store() {
    let home = Home::new().with("TAKEHOME_URL", "https://jobs.example.org/takehome/");
    home.done(&["send", "tiny", "--to", ADA, "--out", "for-ada"]);
    let link = fs::read_to_string(home.path("for-ada/link.txt")).expect("a link");
    let token = link.trim().strip_prefix("https://jobs.example.org/takehome/i/").expect("a token");
    assert_eq!(token.len(), 22);
    let text = decoded_file(&home.path("for-ada/message.eml"));
    assert!(text.contains(link.trim()) && !text.contains("application/zip"), "{text}");
    for file in fs::read_dir(home.path("home/store")).expect("a store") {
        let path = file.expect("an entry").path();
        if path.is_file() {
            let bytes = fs::read(&path).expect("read");
            assert!(memchr::memmem::find(&bytes, token.as_bytes()).is_none(), "{}", path.display());
        }
    }
}

#[test]
fn nothing_is_written_over_and_what_could_not_be_written_can_be_sent_again() {
    let home = Home::new();
    fs::create_dir(home.path("for-ada")).expect("a folder");
    fs::write(home.path("for-ada/mine"), "mine").expect("written");
    let said = home.run(&["send", "tiny", "--to", ADA, "--out", "for-ada"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains("for-ada is there already") && said.err.contains("resend"),
        "{said:?}"
    );
    assert_eq!(home.state("ada@example.org"), "draft");
    assert_eq!(home.folders(), ["for-ada"], "nothing is left beside it");
    home.done(&["resend", "ada@example.org"]);
    home.done(&["resend", "ada@example.org"]);
    assert_eq!(home.folders().len(), 3, "{:?}", home.folders());
    assert_eq!(fs::read_to_string(home.path("for-ada/mine")).expect("mine"), "mine");
}

#[test]
fn a_list_invites_everybody_or_nobody() {
    let home = Home::new();
    let list = |rows: &str| fs::write(home.path("people.csv"), rows).expect("written");
    list("name,mail,deadline\nAda,ada@example.org,7d\n\"Bob\r\nBcc: x@y.zz\",bob@example.org,\n");
    let said = home.run(&["send", "tiny", "--csv", "people.csv", "--out", "round"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("line 3 of the list: the name has a character"), "{said:?}");
    list("name,mail,deadline\nAda,ada@example.org,7d\nBob,bob@example.org,2020-01-01\n");
    let said = home.run(&["send", "tiny", "--csv", "people.csv", "--out", "round"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("bob@example.org: the deadline has to be in the future"), "{said:?}");
    assert!(!home.path("round").exists() && home.done(&["status"]).contains("no invitations"));
    list(
        "name,mail,deadline,time_zone\nAda,ada@example.org,7d,\n=cmd|' /C calc'!A0,bob@example.org,,Asia/Tokyo\n",
    );
    home.done(&["send", "tiny", "--csv", "people.csv", "--out", "round"]);
    assert_eq!(fs::read_dir(home.path("round")).expect("a folder").count(), 2);
    let csv = home.done(&["status", "--format", "csv"]);
    assert!(csv.contains("\"'=cmd|' /C calc'!A0\""), "{csv}");
    // The same people again, and one of them is in the way of both.
    let said = home.run(&[
        "send",
        "tiny",
        "--to",
        "Cy <cy@example.org>",
        "--to",
        "Ada L <ADA@example.org>",
    ]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains("has an invitation to tiny already")
            && said.err.contains("nobody was invited")
    );
    assert_eq!(home.done(&["status", "--format", "csv"]).lines().count(), 3);
}

#[test]
fn wrong_use_exits_2_and_leaves_nothing_behind() {
    let home = Home::new();
    for (args, says) in [
        (["send", "tiny"].as_slice(), "--to"),
        (&["send", "tini", "--to", ADA], "tiny"),
        (&["send", "tiny", "--to", "ada@example.org"], "a recipient is a name and an address"),
        (&["send", "tiny", "--to", "Ada\nBcc: x <ada@example.org>"], "hidden or reorders"),
        (&["send", "tiny", "--to", "Ada\u{202e} <ada@example.org>"], "hidden or reorders"),
        (&["send", "tiny", "--to", ADA, "--deadline", "soon"], "a deadline is a period"),
        (&["send", "tiny", "--to", ADA, "--deadline", "2020-01-01"], "has to be in the future"),
        (&["send", "tiny", "--to", ADA, "--time-box", "90"], "a period is numbers"),
        (&["send", "tiny", "--to", ADA, "--time-zone", "Berlin"], "there is no time zone"),
        (
            &["send", "tiny", "--to", ADA, "--url", "http://jobs.example.org"],
            "the portal's address",
        ),
        (&["send", "tiny", "--to", ADA, "--attempts", "0"], "0 is not in 1..=100"),
        (&["send", "tiny", "--csv", "none.csv"], "could not read none.csv"),
        (&["status", "--state", "lost"], "the states are draft"),
        (&["extend", "x", "--by-time", "1d"], "neither an invitation's code"),
        (&["accommodate", "k7m2-9x4p", "--time", "1.5"], "--approved-by"),
        (&["accommodate", "k7m2-9x4p", "--time", "9", "--approved-by", "G"], "from 1 to 4"),
        (&["remind"], "--due-within"),
        (&["purge"], "--overdue"),
    ] {
        let said = home.run(args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert!(said.err.contains(says), "{args:?}: {said:?}");
        assert!(said.out.is_empty(), "{args:?}: {said:?}");
    }
    assert_eq!(home.folders(), Vec::<String>::new());
    let said = home
        .command(&["send", "tiny", "--to", BOB])
        .env_remove("TAKEHOME_MAIL_FROM")
        .output()
        .expect("takehome runs");
    let err = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(2), "{err}");
    assert!(err.contains("messages need a sender; give --from"), "{err}");
    let home = home.with("TAKEHOME_SMTP_URL", "smtps://jobs:secret@mail.example.org/path");
    let said = home.run(&["send", "tiny", "--to", BOB]);
    assert!(said.code == 2 && !said.err.contains("secret"), "{said:?}");
}

#[test]
fn the_help_of_each_has_examples() {
    let commands = [
        "send",
        "status",
        "resend",
        "remind",
        "extend",
        "accommodate",
        "cancel",
        "export-person",
        "purge",
    ];
    for command in commands {
        let home = Home::new();
        insta::assert_snapshot!(format!("help_of_{command}"), home.done(&[command, "--help"]));
    }
}
