//! Webhooks: written with the event, delivered once, tried again, kept out of the inside.

use std::{sync::Arc, time::Duration};

use takehome::{
    hiring::Event,
    hooks::{Courier, Guard, MOST_TRIES, SigningSecret},
    store::{Hooks as _, Invitations as _, NewEndpoint, StoreError},
};

use super::{
    invited::{change, team},
    made::{Made, report},
    receiver::Receiver,
};

impl Made {
    pub fn courier(&self, owner: &str) -> Courier {
        Courier {
            hooks: Arc::new(self.store.clone()),
            clock: Arc::new(self.clock.clone()),
            guard: Guard { allowed: "127.0.0.1".parse().expect("a network") },
            key: None,
            partner_hosts: Vec::new(),
            owner: owner.into(),
        }
    }

    pub async fn endpoint(&self, url: &str, events: &[&str]) -> (String, SigningSecret) {
        let secret = SigningSecret::new();
        let new = NewEndpoint {
            url: url.into(),
            secret: secret.reveal(),
            events: events.iter().map(ToString::to_string).collect(),
        };
        (self.store.add_endpoint(&new, &team()).await.expect("recorded").id, secret)
    }

    async fn states(&self) -> Vec<String> {
        let log = self.store.deliveries(None, None, 100).await.expect("a log");
        log.into_iter().map(|one| one.state).collect()
    }
}

/// Delivers until nothing is due; how many attempts that took.
async fn all(courier: &Courier) -> usize {
    let mut made = 0;
    while courier.deliver_one().await.expect("an attempt") {
        made += 1;
    }
    made
}

#[tokio::test]
async fn events_arrive_signed_with_what_happened_and_without_a_name() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    let (_, secret) = made.endpoint(&format!("{}/hook?a=b", receiver.url), &[]).await;
    let one = made.invited("ada").await;
    assert_eq!(all(&made.courier("one")).await, 2);
    let got = receiver.got();
    let kinds: Vec<serde_json::Value> =
        got.iter().map(|one| serde_json::from_slice(&one.body).expect("JSON")).collect();
    assert_eq!(kinds[0]["type"], "invitation.drafted");
    assert_eq!(
        kinds[1],
        serde_json::json!({
            "type": "invitation.invited",
            "timestamp": "1970-01-01T00:00:00.000Z",
            "data": {
                "invitation": one.code.as_str(),
                "challenge": "tiny",
                "state": "invited",
                "version": 2,
            },
        })
    );
    for one in &got {
        assert_eq!((one.method.as_str(), one.path.as_str()), ("POST", "/hook?a=b"));
        assert_eq!(one.header("content-type"), "application/json");
        let at: i64 = one.header("webhook-timestamp").parse().expect("seconds");
        let signature = secret.sign(one.header("webhook-id"), at, &one.body);
        assert_eq!(one.header("webhook-signature"), signature);
        assert!(!String::from_utf8_lossy(&one.body).contains("ada"));
    }
    assert_ne!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    assert_eq!(made.states().await, ["delivered", "delivered"]);
}

#[tokio::test]
async fn a_result_is_told_with_its_verdict_and_score() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    made.endpoint(&receiver.url, &["grading.finished"]).await;
    made.batch(&["alice"]).await;
    let claim = made.claim("runner").await.expect("work");
    let result = report(&claim.lease.grading, 62.5);
    takehome::store::Store::complete(&made.store, &claim.lease, &result).await.expect("written");
    assert_eq!(all(&made.courier("one")).await, 1);
    let told: serde_json::Value = serde_json::from_slice(&receiver.got()[0].body).expect("JSON");
    assert_eq!(told["data"]["verdict"], "graded");
    assert_eq!(told["data"]["score"], 62.5);
    assert_eq!(told["data"]["invitation"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_endpoint_hears_of_nothing_that_it_did_not_ask_for_or_that_was_undone() {
    let made = Made::new().await;
    made.invited("before").await;
    made.endpoint("http://127.0.0.1:9/", &["invitation.cancelled"]).await;
    let one = made.invited("ada").await;
    assert_eq!(made.states().await, [] as [&str; 0]);
    // Refused, so nothing of it is written.
    assert!(made.store.change(&change(&one, Event::Decide), &team()).await.is_err());
    assert_eq!(made.states().await, [] as [&str; 0]);
    made.store.change(&change(&one, Event::Cancel), &team()).await.expect("cancelled");
    assert_eq!(made.states().await, ["waiting"]);
}

#[tokio::test]
async fn an_accommodation_is_told_to_nobody() {
    let made = Made::new().await;
    let one = made.invited("ada").await;
    made.endpoint("http://127.0.0.1:9/", &[]).await;
    let terms =
        takehome::hiring::Terms { multiplier: "1.5".parse().expect("a multiplier"), ..one.terms };
    let mut more = change(&one, Event::Accommodate);
    more.terms = Some(terms);
    made.store.change(&more, &team()).await.expect("accommodated");
    assert_eq!(made.states().await, [] as [&str; 0]);
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_at_last_given_up() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[500; 99]).await);
    made.endpoint(&receiver.url, &["invitation.invited"]).await;
    made.invited("ada").await;
    let courier = made.courier("one");
    for tries in 1..=MOST_TRIES {
        assert_eq!(all(&courier).await, 1, "try {tries}");
        made.clock.advance(Duration::from_secs(25 * 3600));
    }
    assert_eq!(all(&courier).await, 0);
    let log = made.store.deliveries(None, None, 10).await.expect("a log");
    assert_eq!((log[0].state.as_str(), log[0].attempts), ("failed", MOST_TRIES));
    assert_eq!(log[0].status, Some(500));
    let ids: Vec<_> =
        receiver.got().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), MOST_TRIES as usize);
    assert!(ids.iter().all(|id| *id == ids[0]), "the same event has the same id");
}

#[tokio::test]
async fn somebody_can_have_it_delivered_again() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[410]).await);
    let (endpoint, _) = made.endpoint(&receiver.url, &["invitation.invited"]).await;
    made.invited("ada").await;
    let courier = made.courier("one");
    all(&courier).await;
    // Gone is gone: no second try by itself.
    made.clock.advance(Duration::from_secs(99 * 3600));
    assert_eq!((all(&courier).await, made.states().await), (0, vec!["failed".to_owned()]));
    let number = made.store.deliveries(Some(&endpoint), None, 1).await.expect("a log")[0].id;
    made.store.redeliver(number, &team()).await.expect("queued");
    assert_eq!((all(&courier).await, made.states().await), (1, vec!["delivered".to_owned()]));
    made.store.remove_endpoint(&endpoint, &team()).await.expect("removed");
    let again = made.store.redeliver(number, &team()).await;
    assert!(matches!(again, Err(StoreError::NoDelivery(_))), "{again:?}");
}

#[tokio::test]
async fn several_processes_deliver_each_event_once() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    made.endpoint(&receiver.url, &["invitation.invited"]).await;
    for number in 0..12 {
        made.invited(&format!("n{number}")).await;
    }
    let other = made.another().await;
    let (one, two) = (made.courier("one"), other.courier("two"));
    let (first, second) = tokio::join!(all(&one), all(&two));
    assert_eq!(first + second, 12);
    let mut ids: Vec<_> =
        receiver.got().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), receiver.got().len()), (12, 12));
}

#[tokio::test]
async fn what_a_process_left_behind_is_taken_over_and_its_late_word_ignored() {
    let made = Made::new().await;
    let receiver = Receiver::new(&[]).await;
    made.endpoint(&receiver.url, &["invitation.invited"]).await;
    made.invited("ada").await;
    let lease = Duration::from_secs(60);
    let lost = made.store.claim_delivery("dead", lease).await.expect("a claim").expect("due");
    assert_eq!(all(&made.courier("one")).await, 0, "it is another's");
    made.dies("dead");
    assert_eq!(all(&made.courier("one")).await, 1);
    let late = takehome::store::Attempted { took_ms: 1, status: None, error: Some("x".into()) };
    made.store.settle_delivery(&lost, &late, None).await.expect("ignored");
    assert_eq!(made.states().await, ["delivered"]);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[302]).await);
    made.endpoint(&receiver.url, &["invitation.invited"]).await;
    made.invited("ada").await;
    all(&made.courier("one")).await;
    assert_eq!(receiver.got().len(), 1);
    let log = made.store.deliveries(None, None, 1).await.expect("a log");
    assert_eq!(log[0].state, "waiting");
    assert!(log[0].error.as_deref().is_some_and(|why| why.contains("redirects")), "{log:?}");
}

#[tokio::test]
async fn nothing_leaves_for_the_inside() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    made.endpoint(&receiver.url, &["invitation.invited"]).await;
    made.endpoint(&receiver.url.replace("127.0.0.1", "localhost"), &["invitation.invited"]).await;
    made.invited("ada").await;
    let courier = Courier { guard: Guard::default(), ..made.courier("one") };
    assert_eq!(all(&courier).await, 2);
    assert!(receiver.got().is_empty());
    let log = made.store.deliveries(None, None, 2).await.expect("a log");
    assert!(log.iter().all(|one| one.status.is_none() && one.error.is_some()), "{log:?}");
}
