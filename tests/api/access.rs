//! Tokens and answers in the store.

use std::time::Duration;

use takehome::{
    access::ApiSecret,
    domain::Digest,
    store::{Access as _, Answer, ApiToken, NewApiToken, Once, StoreError, Turn},
};

use super::{invited::team, made::Made};

const HOUR_MS: i64 = 3_600_000;

impl Made {
    pub async fn token(&self, scopes: &str) -> (ApiSecret, ApiToken) {
        let secret = ApiSecret::new();
        let new = NewApiToken {
            name: "a program".into(),
            hash: secret.hash(),
            scopes: scopes.parse().expect("scopes"),
            expires_ms: HOUR_MS,
        };
        let made = self.store.create_token(&new, &team()).await.expect("recorded");
        (secret, made)
    }
}

#[tokio::test]
async fn a_token_counts_until_it_expires_or_is_revoked() {
    let made = Made::new().await;
    let (secret, token) = made.token("read,invite").await;
    let (other, _) = made.token("admin").await;
    let found = made.store.token_by_hash(&secret.hash()).await.expect("an answer");
    assert_eq!(found.as_ref().map(|token| &token.id), Some(&token.id));
    assert_eq!(made.store.token_by_hash(&ApiSecret::new().hash()).await.expect("an answer"), None);
    made.store.revoke_token(&token.id, &team()).await.expect("revoked");
    assert_eq!(made.store.token_by_hash(&secret.hash()).await.expect("an answer"), None);
    let again = made.store.revoke_token(&token.id, &team()).await;
    assert!(matches!(again, Err(StoreError::NoToken(_))), "{again:?}");
    made.clock.advance(Duration::from_secs(3600));
    assert_eq!(made.store.token_by_hash(&other.hash()).await.expect("an answer"), None);
    let all = made.store.tokens().await.expect("a list");
    assert_eq!(all.len(), 2);
    let actions: Vec<String> = made
        .store
        .trail(None, None, 10)
        .await
        .expect("a trail")
        .into_iter()
        .map(|line| format!("{} by {}", line.action, line.actor.unwrap_or_default()))
        .collect();
    assert_eq!(
        actions,
        ["token_revoked by Grace", "token_created by Grace", "token_created by Grace"]
    );
}

#[tokio::test]
async fn no_secret_is_in_the_store() {
    let made = Made::new().await;
    let (secret, _) = made.token("admin").await;
    made.store.close().await;
    let bytes = std::fs::read(made.file()).expect("the database");
    let text = secret.reveal();
    let found = bytes.windows(20).any(|window| window == &text.as_bytes()[10..30]);
    assert!(!found);
}

fn once(token: &ApiToken, key: &str, request: &str) -> Once {
    Once {
        token: token.id.clone(),
        key: Digest::of(key.as_bytes()),
        request: Digest::of(request.as_bytes()),
    }
}

fn answer(body: &str) -> Answer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Answer { status: 201, headers, body: body.into() }
}

#[tokio::test]
async fn a_request_is_done_once_and_its_answer_given_again() {
    let made = Made::new().await;
    let (_, token) = made.token("invite").await;
    let (_, other) = made.token("invite").await;
    let first = once(&token, "k", "a");
    assert_eq!(made.store.once(&first).await.expect("a turn"), Turn::Do);
    assert_eq!(made.store.once(&first).await.expect("a turn"), Turn::AtWork);
    assert_eq!(made.store.once(&once(&token, "k", "b")).await.expect("a turn"), Turn::Other);
    // Another token's keys are its own.
    assert_eq!(made.store.once(&once(&other, "k", "b")).await.expect("a turn"), Turn::Do);
    made.store.answer(&first, &answer("{}")).await.expect("kept");
    made.store.answer(&first, &answer("{\"late\":1}")).await.expect("ignored");
    assert_eq!(made.store.once(&first).await.expect("a turn"), Turn::Given(answer("{}")));
    made.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(made.store.once(&first).await.expect("a turn"), Turn::Do);
}

#[tokio::test]
async fn what_came_to_nothing_may_be_tried_again() {
    let made = Made::new().await;
    let (_, token) = made.token("invite").await;
    let asked = once(&token, "k", "a");
    assert_eq!(made.store.once(&asked).await.expect("a turn"), Turn::Do);
    made.store.unanswered(&asked).await.expect("forgotten");
    assert_eq!(made.store.once(&asked).await.expect("a turn"), Turn::Do);
    // The process ended before it answered.
    made.clock.advance(Duration::from_secs(5 * 60));
    assert_eq!(made.store.once(&asked).await.expect("a turn"), Turn::Do);
}

#[tokio::test]
async fn an_answer_about_somebody_goes_with_them() {
    let made = Made::new().await;
    let (_, token) = made.token("invite").await;
    let invitation = made.invited("ada").await;
    let (about, other) = (once(&token, "k", "a"), once(&token, "l", "a"));
    for asked in [&about, &other] {
        assert_eq!(made.store.once(asked).await.expect("a turn"), Turn::Do);
    }
    let body = format!("{{\"code\":\"{}\",\"name\":\"ada\"}}", invitation.code);
    made.store.answer(&about, &answer(&body)).await.expect("kept");
    made.store.answer(&other, &answer("{}")).await.expect("kept");
    use takehome::store::Invitations as _;
    let codes = [invitation.code.clone()];
    made.store.purge(&codes, &[], &team()).await.expect("purged");
    assert_eq!(made.store.once(&about).await.expect("a turn"), Turn::Erased);
    assert_eq!(made.store.once(&other).await.expect("a turn"), Turn::Given(answer("{}")));
}
