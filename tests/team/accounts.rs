//! Signing in, and what keeps others out.

use std::time::Duration;

use crate::{
    browser::{Browser, PASSWORD, attr_of, text_of},
    round::{ADMIN, GRACE, admin, colleague, place},
};

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_look_the_same() {
    let place = place().await;
    admin(&place).await;
    let mut browser = Browser::new(&place);
    let wrong = browser.sign_in(ADMIN, "not the password").await;
    let unknown = browser.sign_in("nobody@team.example.org", "not the password").await;
    let nonsense = browser.sign_in("nonsense", "x").await;
    assert_eq!((wrong.status, unknown.status, nonsense.status), (403, 403, 403));
    let said = |text: &str| text_of(text, "#wrong");
    assert!(said(&wrong.text).contains("do not fit"));
    assert_eq!(said(&wrong.text), said(&unknown.text));
    assert_eq!(said(&wrong.text), said(&nonsense.text));
}

#[tokio::test]
async fn five_failures_lock_an_address_for_a_while_whatever_is_typed_then() {
    let place = place().await;
    admin(&place).await;
    let mut browser = Browser::new(&place);
    for _ in 0..5 {
        assert_eq!(browser.sign_in(ADMIN, "not the password").await.status, 403);
    }
    let locked = browser.sign_in("ROOT@team.example.org", PASSWORD).await;
    assert_eq!(locked.status, 403);
    assert!(text_of(&locked.text, "#wrong").contains("too many attempts"));
    place.clock.advance(Duration::from_secs(15 * 60));
    let later = browser.sign_in(ADMIN, PASSWORD).await;
    assert_eq!((later.status, later.header("location")), (303, "/team"));
}

#[tokio::test]
async fn signing_in_leads_back_to_the_page_and_to_no_other_host() {
    let place = place().await;
    admin(&place).await;
    let mut browser = Browser::new(&place);
    let first = browser.get("/team/agreement?challenge=tiny").await;
    assert_eq!(first.status, 303);
    let form = browser.page(first.header("location")).await;
    assert_eq!(attr_of(&form, "input[name=next]", "value"), "/team/agreement?challenge=tiny");
    let away = browser.page("/team/sign-in?next=https%3A%2F%2Fevil.example").await;
    assert_eq!(attr_of(&away, "input[name=next]", "value"), "/team");
    let typed = [("mail", ADMIN), ("password", PASSWORD), ("next", "//evil.example")];
    let html = browser.page("/team/sign-in").await;
    let csrf = attr_of(&html, "input[name=csrf]", "value");
    let mut fields = vec![("csrf".to_owned(), csrf)];
    fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let said = browser.send("/team/sign-in", &fields).await;
    assert_eq!((said.status, said.header("location")), (303, "/team"));
}

#[tokio::test]
async fn a_session_ends_by_signing_out_and_when_it_is_not_used() {
    let place = place().await;
    let mut root = admin(&place).await;
    let out = root.done("/team", "/team/sign-out", &[]).await;
    assert_eq!(out, "/team/sign-in?out=1");
    assert_eq!(root.get("/team").await.status, 303);
    root.sign_in(ADMIN, PASSWORD).await;
    root.page("/team").await;
    place.clock.advance(Duration::from_secs(4 * 3600));
    assert_eq!(root.get("/team").await.status, 303);
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_only_a_good_one() {
    let place = place().await;
    let mut root = admin(&place).await;
    let typed = [("name", "Grace"), ("mail", GRACE), ("role", "reviewer")];
    let said = root.fill("/team/accounts", "/team/accounts", &typed).await;
    let link = attr_of(&said.text, "#link", "value");
    assert!(!root.page("/team/accounts").await.contains(&link), "it is shown once");
    let mut grace = Browser::new(&place);
    for bad in [
        [("password", "short"), ("again", "short")],
        [("password", "long enough to do"), ("again", "another one, though")],
        [("password", "aaaaaaaaaaaaaaaa"), ("again", "aaaaaaaaaaaaaaaa")],
    ] {
        assert_eq!(grace.fill(&link, &link, &bad).await.status, 422, "{bad:?}");
    }
    assert_eq!(grace.set_up(&link, &[]).await.status, 303);
    assert_eq!(grace.get(&link).await.status, 404);
    assert_eq!(grace.get("/team/set-up/AAAAAAAAAAAAAAAAAAAAAA").await.status, 404);
    grace.page("/team").await;
    let again = root.fill("/team/accounts", "/team/accounts", &typed).await;
    assert!(again.status == 422 && again.text.contains("there is an account"), "{}", again.text);
}

#[tokio::test]
async fn an_admin_changes_roles_and_shuts_accounts_and_the_last_one_stays() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let page = root.page("/team/accounts").await;
    assert!(page.contains("active"));
    let typed = [("role", "viewer"), ("disabled", "yes")];
    let last = root.fill("/team/accounts", "/team/accounts/1", &typed).await;
    assert!(last.status == 422 && last.text.contains("the only admin"), "{}", last.text);
    root.done("/team/accounts", "/team/accounts/2", &typed).await;
    assert_eq!(grace.get("/team").await.status, 303);
    assert_eq!(grace.sign_in(GRACE, PASSWORD).await.status, 403);
    let stale = [("role", "admin"), ("version", "1")];
    let fields = root.fill("/team/password", "/team/accounts/2", &stale).await;
    assert_eq!(fields.status, 422, "{}", fields.text);
}

#[tokio::test]
async fn ones_own_password_changes_with_the_old_one_and_other_sessions_end() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut elsewhere = Browser::new(&place);
    elsewhere.sign_in(ADMIN, PASSWORD).await;
    let new = "entirely different words";
    let typed = |old| [("old", old), ("password", new), ("again", new)];
    let wrong = root.fill("/team/password", "/team/password", &typed("no")).await;
    assert_eq!(wrong.status, 422);
    root.done("/team/password", "/team/password", &typed(PASSWORD)).await;
    root.page("/team").await;
    assert_eq!(elsewhere.get("/team").await.status, 303);
    assert_eq!(elsewhere.sign_in(ADMIN, new).await.status, 303);
}
