//! `takehome token` and `takehome hook`, as somebody types them.

use assert_cmd::Command;
use serde_json::Value;

/// The program with a home of this test's own.
fn takehome(home: &tempfile::TempDir, args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("takehome")
        .expect("the program")
        .args(args)
        .args(["--home", home.path().to_str().expect("UTF-8")])
        .env_remove("TAKEHOME_HOOK_NETWORKS")
        .env("TAKEHOME_ACTOR", "Grace")
        .output()
        .expect("takehome runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_token_is_made_shown_once_listed_and_revoked() {
    let home = tempfile::tempdir().expect("a folder");
    let (code, out, err) = takehome(&home, &["token", "create", "a board", "--scope", "read"]);
    assert_eq!((code, out.starts_with("takehome_")), (0, true), "{err}");
    let (_, listed, _) = takehome(&home, &["token", "list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(listed[0]["name"], "a board");
    assert_eq!(listed[0]["scopes"], serde_json::json!(["read"]));
    assert_eq!(listed[0]["created_by"], "Grace");
    assert!(!listed.to_string().contains(out.trim()));
    let id = listed[0]["id"].as_str().expect("an id");
    assert_eq!(takehome(&home, &["token", "revoke", id]).0, 0);
    let (code, _, err) = takehome(&home, &["token", "revoke", id]);
    assert_eq!((code, err.contains("there is no token")), (2, true), "{err}");
    let (_, shown, _) = takehome(&home, &["token", "list"]);
    assert!(shown.contains("revoked"), "{shown}");
}

#[test]
fn wrong_scopes_and_names_are_refused_with_what_there_is() {
    let home = tempfile::tempdir().expect("a folder");
    let (code, _, err) = takehome(&home, &["token", "create", "x", "--scope", "write"]);
    assert_eq!((code, err.contains("read, invite, review, partner and admin")), (2, true), "{err}");
    let (code, _, _) = takehome(&home, &["token", "create", "a\nb", "--scope", "read"]);
    assert_eq!(code, 2);
}

#[test]
fn a_webhook_is_added_listed_and_removed_and_none_goes_inside() {
    let home = tempfile::tempdir().expect("a folder");
    let url = "https://hooks.example.org/takehome";
    let (code, secret, err) =
        takehome(&home, &["hook", "add", url, "--event", "invitation.graded"]);
    assert_eq!((code, secret.starts_with("whsec_")), (0, true), "{err}");
    let (_, listed, _) = takehome(&home, &["hook", "list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!((listed[0]["url"].as_str(), listed.as_array().map(Vec::len)), (Some(url), Some(1)));
    assert!(!listed.to_string().contains("whsec_"));
    for inside in ["https://127.0.0.1/", "http://hooks.example.org/", "https://[::1]/", "nothing"] {
        let (code, _, err) = takehome(&home, &["hook", "add", inside]);
        assert_eq!((code, err.contains("TAKEHOME_HOOK_NETWORKS")), (2, true), "{inside}: {err}");
    }
    let id = listed[0]["id"].as_str().expect("an id");
    assert_eq!(takehome(&home, &["hook", "remove", id]).0, 0);
    assert_eq!(takehome(&home, &["hook", "log"]).1, "no deliveries\n");
    assert_eq!(takehome(&home, &["hook", "redeliver", "1"]).0, 2);
}
