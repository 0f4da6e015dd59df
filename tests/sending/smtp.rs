//! Messages by way of a real mail server.

use std::{fs, process::Stdio};

use crate::{
    home::{ADA, BOB, Home, decoded},
    server::Server,
};

const PASSWORD: &str = "correct horse/battery";

fn home(server: &Server, url: &str) -> Home {
    Home::new()
        .with("TAKEHOME_SMTP_URL", url.replace("PORT", &server.port.to_string()))
        .with("TAKEHOME_SMTP_CA", server.certificate())
}

#[test]
fn an_invitation_goes_over_tls_after_a_login_and_is_recorded_as_sent() {
    for (tls, url) in [
        ("starttls", "smtp://jobs@localhost:PORT?tls=required"),
        ("starttls", "smtp://jobs@127.0.0.1:PORT"),
        ("tls", "smtps://jobs@localhost:PORT"),
    ] {
        let login = format!("jobs:{PASSWORD}");
        let Some(server) = Server::start(&["--tls", tls, "--login", &login]) else { return };
        let home = home(&server, url);
        let file = home.path("password");
        fs::write(&file, format!("{PASSWORD}\n")).expect("written");
        let home = home.with("TAKEHOME_SMTP_PASSWORD_FILE", file.display().to_string());
        let said = home.run(&["send", "tiny", "--to", "Zoë, the 1st <zoe@example.org>"]);
        assert_eq!(said.code, 0, "{url}: {said:?}");
        assert!(said.out.contains("; sent") && !format!("{said:?}").contains("horse"), "{said:?}");
        let login = server.next();
        assert_eq!(
            (&login["login"], &login["encrypted"]),
            (&format!("jobs:{PASSWORD}").into(), &true.into())
        );
        let (told, eml) = server.message();
        assert_eq!(
            (&told["sender"], &told["encrypted"]),
            (&"jobs@example.org".into(), &true.into())
        );
        assert_eq!(told["recipients"], serde_json::json!(["zoe@example.org"]));
        let text = decoded(&eml);
        assert!(text.contains("To: \"Zoë, the 1st\" <zoe@example.org>"), "{text}");
        assert!(
            text.contains("== application/zip tiny.zip"),
            "no portal: the package is in it: {text}"
        );
        assert!(text.contains("Hello Zoë, the 1st,") && !text.contains("X-Unsent"), "{text}");
        let standing = home.standing("zoe@example.org");
        let last = &standing["last_message"];
        assert_eq!((&standing["state"], &last["delivery"]), (&"invited".into(), &"sent".into()));
        assert_eq!(
            (&last["channel"], &last["recipient"]),
            (&"smtp".into(), &"zoe@example.org".into())
        );
        assert!(text.contains(last["message_id"].as_str().expect("an id")), "{text}");
        assert!(home.folders().iter().all(|name| name == "password"), "nothing is written");
    }
}

#[test]
fn a_certificate_that_nobody_trusts_stops_the_message_and_resend_sends_it_with_a_new_link() {
    let Some(server) = Server::start(&["--tls", "starttls"]) else { return };
    let url = format!("smtp://localhost:{}", server.port);
    let home = Home::new().with("TAKEHOME_URL", "https://jobs.example.org");
    let home = home.with("TAKEHOME_SMTP_URL", url);
    let said = home.run(&["send", "tiny", "--to", ADA]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(
        said.err.contains("no secure connection") && said.err.contains("TAKEHOME_SMTP_CA"),
        "{said:?}"
    );
    let standing = home.standing("ada@example.org");
    assert_eq!(
        (&standing["state"], &standing["last_message"]["delivery"]),
        (&"draft".into(), &"failed".into())
    );
    let home = home.with("TAKEHOME_SMTP_CA", server.certificate());
    home.done(&["resend", "ada@example.org"]);
    let text = decoded(&server.message().1);
    assert!(
        text.contains("https://jobs.example.org/i/") && !text.contains("application/zip"),
        "{text}"
    );
    assert_eq!(home.state("ada@example.org"), "invited");
}

#[test]
fn without_the_encryption_that_is_required_not_even_a_password_is_sent() {
    let login = format!("jobs:{PASSWORD}");
    let Some(server) = Server::start(&["--tls", "none", "--login", &login]) else { return };
    let home = home(&server, "smtp://jobs@localhost:PORT?tls=required")
        .with("TAKEHOME_SMTP_PASSWORD", PASSWORD);
    let said = home.run(&["send", "tiny", "--to", ADA]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.contains("no secure connection"), "{said:?}");
    assert_eq!(server.rest(), Vec::<serde_json::Value>::new());
}

#[test]
fn a_refused_login_stops_the_others_and_is_asked_once() {
    let Some(server) = Server::start(&["--tls", "tls", "--login", "jobs:other"]) else { return };
    let home =
        home(&server, "smtps://jobs@localhost:PORT").with("TAKEHOME_SMTP_PASSWORD", PASSWORD);
    let said = home.run(&["send", "tiny", "--to", ADA, "--to", BOB]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.contains("refused the login") && said.err.contains("not tried"), "{said:?}");
    assert!(!said.err.contains("horse"), "{said:?}");
    assert_eq!(
        (home.state("ada@example.org"), home.state("bob@example.org")),
        ("draft".into(), "draft".into())
    );
    let logins: Vec<_> = server.rest().iter().map(|told| told["login"].clone()).collect();
    assert_eq!(logins, [serde_json::json!(format!("jobs:{PASSWORD}"))]);
}

#[test]
fn one_refused_address_stops_nobody_else_and_the_servers_words_are_shown_plain() {
    let Some(server) = Server::start(&["--refuse", "bob@example.org", "--busy", "cy@example.org"])
    else {
        return;
    };
    let home = home(&server, "smtp://127.0.0.1:PORT");
    let list = home.path("people.csv");
    fs::write(&list, "name,mail\nBob,bob@example.org\nCy,cy@example.org\nAda,ada@example.org\n")
        .expect("written");
    let said = home.run(&["send", "tiny", "--csv", "people.csv"]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(
        said.err.contains("no such mailbox") && said.err.contains("come back later"),
        "{said:?}"
    );
    assert!(!said.err.contains('\u{1b}'), "{said:?}");
    assert!(
        said.out.contains("Ada <ada@example.org>") && said.out.lines().count() == 1,
        "{said:?}"
    );
    let states = ["bob", "cy", "ada"].map(|name| home.state(&format!("{name}@example.org")));
    assert_eq!(states, ["draft", "draft", "invited"]);
    assert_eq!(server.message().0["recipients"], serde_json::json!(["ada@example.org"]));
}

#[test]
fn a_process_that_is_killed_while_it_sends_leaves_a_draft_that_may_have_left() {
    let Some(server) = Server::start(&["--hold"]) else { return };
    let home = home(&server, "smtp://127.0.0.1:PORT");
    let mut child = home
        .command(&["send", "tiny", "--to", ADA])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    assert_eq!(server.next()["held"], true);
    child.kill().expect("killed");
    child.wait().expect("ended");
    let standing = home.standing("ada@example.org");
    assert_eq!(
        (&standing["state"], &standing["last_message"]["delivery"]),
        (&"draft".into(), &"pending".into())
    );
    assert!(home.done(&["status"]).contains("perhaps sent"));
    // Somebody sends it again, by hand this time.
    home.done(&["resend", "ada@example.org", "--out", "again"]);
    assert_eq!(home.state("ada@example.org"), "invited");
}
