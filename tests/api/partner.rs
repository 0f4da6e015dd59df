//! A partner who ordered an assessment is told of its result.

use takehome::{
    hiring::{Event, State},
    hooks::{Assessment, Courier, Progress},
    store::{Hooks as _, Invitations as _, NewOrder, Partner},
};

use super::{
    invited::{change, team},
    made::{Made, batch, report},
    receiver::Receiver,
};

fn order(of: &takehome::hiring::Invitation, callback: &str) -> NewOrder {
    NewOrder {
        partner: Partner::Greenhouse,
        invitation: of.code.clone(),
        callback_url: Some(callback.into()),
        profile_url: Some("https://app.greenhouse.io/people/17681532".into()),
    }
}

impl Made {
    /// A submission of that candidate gets a result.
    pub async fn graded(&self, name: &str, score: f64) {
        takehome::store::Store::enqueue(&self.store, &batch(&[name])).await.expect("queued");
        let claim = self.claim("runner").await.expect("work");
        let result = report(&claim.lease.grading, score);
        takehome::store::Store::complete(&self.store, &claim.lease, &result).await.expect("kept");
    }
}

#[tokio::test]
async fn a_result_is_announced_with_the_partners_key_to_the_partner_alone() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    let courier = Courier {
        key: Some("takehome_key".parse().expect("a key")),
        partner_hosts: vec!["127.0.0.1".into()],
        ..made.courier("one")
    };
    let one = made.invited("ada").await;
    let id = made.store.order(&order(&one, &format!("{}/tests/1", receiver.url))).await;
    let id = id.expect("recorded");
    let again = made.store.order(&order(&one, &format!("{}/tests/2", receiver.url))).await;
    assert_eq!(again.expect("recorded"), id);
    let found = made.store.ordered(Partner::Greenhouse, &id).await.expect("an answer");
    assert_eq!(found.as_ref(), Some(&one.code));
    made.graded(one.code.as_str(), 81.0).await;
    while courier.deliver_one().await.expect("an attempt") {}
    let got = receiver.got();
    assert_eq!(got.len(), 1, "only the result is announced: {got:?}");
    assert_eq!((got[0].method.as_str(), got[0].path.as_str()), ("PATCH", "/tests/2"));
    // The key is the user, and there is no password.
    assert_eq!(got[0].header("authorization"), "Basic dGFrZWhvbWVfa2V5Og==");
    assert!(got[0].body.is_empty());
}

#[tokio::test]
async fn the_key_goes_to_no_other_host() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    let courier = Courier {
        key: Some("takehome_key".parse().expect("a key")),
        partner_hosts: vec!["greenhouse.io".into()],
        ..made.courier("one")
    };
    let one = made.invited("ada").await;
    made.store.order(&order(&one, &receiver.url)).await.expect("recorded");
    made.graded(one.code.as_str(), 81.0).await;
    while courier.deliver_one().await.expect("an attempt") {}
    assert!(receiver.got().is_empty());
    let log = made.store.deliveries(None, None, 9).await.expect("a log");
    assert_eq!(log[0].state, "failed");
}

#[tokio::test]
async fn whoever_is_forgotten_is_announced_to_nobody() {
    let (made, receiver) = (Made::new().await, Receiver::new(&[]).await);
    let one = made.invited("ada").await;
    made.store.order(&order(&one, &receiver.url)).await.expect("recorded");
    made.graded(one.code.as_str(), 81.0).await;
    made.store.purge(std::slice::from_ref(&one.code), &[], &team()).await.expect("purged");
    let courier = made.courier("one");
    while courier.deliver_one().await.expect("an attempt") {}
    assert!(receiver.got().is_empty());
    made.store.close().await;
    let bytes = std::fs::read(made.file()).expect("the database");
    assert!(!bytes.windows(13).any(|window| window == b"greenhouse.io"));
}

#[tokio::test]
async fn a_result_is_what_every_system_can_say() {
    let made = Made::new().await;
    let one = made.invited("ada").await;
    let sent = Assessment::of(&made.standing(&one.code).await);
    assert_eq!((sent.progress, sent.score, sent.state), (Progress::Sent, None, State::Invited));
    made.graded(one.code.as_str(), 81.0).await;
    let done = Assessment::of(&made.standing(&one.code).await);
    assert_eq!((done.progress, done.score, done.submissions), (Progress::Complete, Some(81.0), 1));
    let other = made.invited("bob").await;
    made.store.change(&change(&other, Event::Cancel), &team()).await.expect("cancelled");
    let closed = Assessment::of(&made.standing(&other.code).await);
    assert_eq!((closed.progress, closed.score), (Progress::Closed, None));
}
