//! What nobody may do who may not.

use axum::{body::Body, http::Request};
use takehome::store::Reviews as _;

use crate::{
    browser::Browser,
    round::{FILES, GRACE, VERA, admin, colleague, graded, invited, mark, place},
};

#[tokio::test]
async fn pages_of_admins_are_for_admins_and_cards_for_reviewers() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let mut vera = colleague(&place, &mut root, VERA, "viewer").await;
    let code = invited(&place, "Ada", "ada@example.org").await;
    graded(&place, &code, FILES, 70.0).await;
    for path in ["/team/accounts", "/team/audit", "/team/invite", "/team/retention"]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("/team/i/{code}/manage"), format!("/team/i/{code}/person.json")])
    {
        assert_eq!(grace.get(&path).await.status, 403, "{path}");
        assert_eq!(vera.get(&path).await.status, 403, "{path}");
        assert_eq!(root.get(&path).await.status, 200, "{path}");
        assert_eq!(Browser::new(&place).get(&path).await.status, 303, "{path}");
    }
    let card = format!("/team/i/{code}/scorecard");
    assert_eq!((vera.get(&card).await.status, grace.get(&card).await.status), (403, 200));
    for what in ["remind", "resend", "extend", "accommodate", "cancel", "archive", "erase"] {
        let path = format!("/team/i/{code}/{what}");
        for browser in [&mut grace, &mut vera] {
            assert_eq!(browser.fill("/team", &path, &[]).await.status, 403, "{path}");
        }
    }
    for path in ["/team/accounts", "/team/accounts/1", "/team/accounts/1/link", "/team/retention"] {
        assert_eq!(grace.fill("/team", path, &[]).await.status, 403, "{path}");
    }
    let decision = format!("/team/i/{code}/decision");
    let typed = [("outcome", "advance"), ("reason", "x"), ("version", "9")];
    assert_eq!(vera.fill("/team", &decision, &typed).await.status, 403);
    assert_eq!(grace.fill("/team", &decision, &typed).await.status, 403, "no card of her own");
}

#[tokio::test]
async fn a_form_that_no_page_of_ones_own_made_changes_nothing() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let code = invited(&place, "Ada", "ada@example.org").await;
    graded(&place, &code, FILES, 70.0).await;
    let card = format!("/team/i/{code}/scorecard");
    let paths = [
        card.as_str(),
        "/team/sign-out",
        "/team/password",
        "/team/accounts",
        "/team/accounts/2",
        "/team/retention",
    ];
    for path in paths {
        for csrf in ["", "nonsense"] {
            let fields = [("csrf".to_owned(), csrf.to_owned()), ("do".into(), "keep".into())];
            assert_eq!(root.send(path, &fields).await.status, 403, "{path}");
        }
    }
    // A colleague's form is no form of one's own.
    let theirs = grace.page("/team").await;
    let theirs = crate::browser::attr_of(&theirs, "input[name=csrf]", "value");
    assert_eq!(root.send("/team/sign-out", &[("csrf".into(), theirs)]).await.status, 403);
    root.page("/team").await;
    assert!(place.app.store.scorecards(&code).await.expect("cards").is_empty());
    let foreign = Request::post("/team/sign-in")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("mail=a&password=b"))
        .expect("a request");
    assert_eq!(place.ask(foreign).await.status, 403);
    let bare = [("mail".to_owned(), "a".to_owned()), ("password".into(), "b".into())];
    assert_eq!(Browser::new(&place).send("/team/sign-in", &bare).await.status, 403);
}

#[tokio::test]
async fn what_belongs_to_another_invitation_is_not_there() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let ada = invited(&place, "Ada", "ada@example.org").await;
    let bob = invited(&place, "Bob", "bob@example.org").await;
    graded(&place, &ada, FILES, 70.0).await;
    let other = graded(&place, &bob, &[("tiny.py", "total = sum\n")], 20.0).await;
    assert_eq!(grace.get(&format!("/team/i/{ada}?grading={other}")).await.status, 404);
    for wrong in ["0000-0000", "zzzz", "..%2f", "%00", "%ff", &"a".repeat(5_000)] {
        for page in ["", "/code", "/scorecard", "/decision"] {
            let said = grace.get(&format!("/team/i/{wrong}{page}")).await;
            assert!(matches!(said.status, 400 | 404), "{wrong}{page}: {}", said.status);
        }
    }
    let comments = format!("/team/i/{ada}/comments");
    let from = format!("/team/i/{ada}/code?at=1.1");
    grace.done(&from, &comments, &[("words", "mine")]).await;
    let remove = |code: &takehome::hiring::Code| format!("/team/i/{code}/comments/1/remove");
    assert_eq!(root.fill("/team", &remove(&ada), &[]).await.status, 404, "not hers");
    assert_eq!(grace.fill("/team", &remove(&bob), &[]).await.status, 404, "not there");
    let page = format!("/team/i/{bob}/code?at=1.1");
    let html = grace.page(&page).await;
    let sha = crate::browser::attr_of(&html, "input[name=sha256]", "value");
    let typed = [("sha256", sha.as_str()), ("file", "1"), ("line", "1"), ("words", "x")];
    assert_eq!(grace.fill("/team", &comments, &typed).await.status, 400, "another's bytes");
    for (file, line) in [("9", "1"), ("1", "999"), ("1", "0"), ("x", "1")] {
        let html = grace.page(&from).await;
        let sha = crate::browser::attr_of(&html, "input[name=sha256]", "value");
        let typed = [("sha256", sha.as_str()), ("file", file), ("line", line), ("words", "x")];
        assert_eq!(grace.fill("/team", &comments, &typed).await.status, 400, "{file} {line}");
    }
    grace.done(&format!("/team/i/{ada}/code"), &remove(&ada), &[]).await;
}

#[tokio::test]
async fn a_card_is_kept_as_it_was_read_and_by_the_rubric_it_was_read_with() {
    let place = place().await;
    let mut root = admin(&place).await;
    let code = invited(&place, "Ada", "ada@example.org").await;
    let card = format!("/team/i/{code}/scorecard");
    assert!(root.page(&card).await.contains("There is nothing to mark"));
    graded(&place, &code, FILES, 70.0).await;
    root.done(&card, &card, &[("mark.tests", "2"), ("do", "keep")]).await;
    let html = root.page(&card).await;
    let field = |name: &str| {
        crate::browser::attr_of(&html, &format!("form:not(.who) input[name={name}]"), "value")
    };
    let sent = |name: &str, value: &str| -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = ["csrf", "version", "rubric"]
            .map(|key| (key.to_owned(), if key == name { value.to_owned() } else { field(key) }))
            .into();
        fields.push(("do".into(), "keep".into()));
        fields
    };
    assert_eq!(root.send(&card, &sent("version", "7")).await.status, 409);
    assert_eq!(root.send(&card, &sent("rubric", "0")).await.status, 422);
    mark(&mut root, &code, "3").await;
    let late = root.send(&card, &sent("version", "3")).await;
    assert_eq!(late.status, 409, "{}", late.text);
}
