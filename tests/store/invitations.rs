//! Invitations: what every database behind the store has to satisfy, and what SQLite refuses.

use std::{sync::Mutex, time::Duration};

use proptest::prelude::*;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use takehome::{
    domain::{Digest, Verdict},
    hiring::{Actor, Code, Delivery, Event, MessageKind, Refused, State, Terms, Token, Who},
    store::{Change, Filter, Invitations as _, Outcome, Store as _, StoreError},
};

use super::{
    invited::{DAY, change, message, new, team},
    made::{Made, batch, entry, fault, report},
};

fn days(days: u64) -> Duration {
    Duration::from_secs(days * DAY)
}

#[tokio::test]
async fn a_draft_is_invited_once_its_message_has_left_and_not_before() {
    let made = Made::new().await;
    let draft = made.draft("ada").await;
    let code = &draft.invitation.code;
    let before = made.standing(code).await;
    assert_eq!(before.state, State::Draft);
    assert_eq!(before.last_message.map(|last| last.delivery), Some(Delivery::Pending));
    let failed = Outcome::Failed("the server was away".into());
    made.store.settle(draft.message.expect("a message"), &failed).await.expect("settled");
    assert_eq!(made.standing(code).await.state, State::Draft);

    let again = Change {
        token: Some(Token::new().hash()),
        message: Some(message(MessageKind::Invitation)),
        ..change(&draft.invitation, Event::Resend)
    };
    let again = made.store.change(&again, &team()).await.expect("allowed");
    made.store
        .settle(again.message.expect("a message"), &Outcome::Sent(Some("x".into())))
        .await
        .expect("settled");
    assert_eq!(made.standing(code).await.state, State::Invited);
    let log = made.store.messages(code).await.expect("a log");
    let deliveries: Vec<_> = log.iter().map(|one| (one.delivery, one.detail.as_deref())).collect();
    assert_eq!(
        deliveries,
        [(Delivery::Failed, Some("the server was away")), (Delivery::Sent, Some("x"))]
    );
    assert!(log.iter().all(|one| one.recipient.as_deref() == Some("ada@example.org")));
}

#[tokio::test]
async fn a_link_is_found_by_its_hash_until_another_takes_its_place() {
    let made = Made::new().await;
    let (first, second) = (Token::new(), Token::new());
    let draft =
        made.store.invite(&[new("ada", &first)], &team()).await.expect("recorded").remove(0);
    let found = async |token: &Token| {
        let standing = made.store.by_token(token.hash()).await.expect("an answer");
        standing.map(|standing| standing.invitation.code)
    };
    assert_eq!(found(&first).await.as_ref(), Some(&draft.invitation.code));
    assert_eq!(found(&second).await, None);
    let again = Change { token: Some(second.hash()), ..change(&draft.invitation, Event::Resend) };
    made.store.change(&again, &team()).await.expect("allowed");
    assert_eq!(
        (found(&first).await, found(&second).await),
        (None, Some(draft.invitation.code.clone()))
    );
    made.store.purge(&[draft.invitation.code], &[], &team()).await.expect("purged");
    assert_eq!(found(&second).await, None);
}

#[tokio::test]
async fn all_of_a_list_are_recorded_or_none() {
    let made = Made::new().await;
    made.invited("bob").await;
    let list = [new("ada", &Token::new()), new("Bob", &Token::new())];
    let refused = made.store.invite(&list, &team()).await;
    assert!(
        matches!(&refused, Err(StoreError::AlreadyInvited { state: State::Invited, .. })),
        "{refused:?}"
    );
    assert_eq!(made.store.invitations(&Filter::default()).await.expect("a list").len(), 1);
    // Once the first has expired, it is in nobody's way.
    made.clock.advance(days(7));
    let late = made.store.invite(&[new("bob", &Token::new())], &team()).await;
    late.expect("recorded");
}

#[tokio::test]
async fn an_invitation_expires_by_the_clock_alone_and_more_time_undoes_it() {
    let made = Made::new().await;
    let code = made.invited("ada").await.code;
    let listed = async |state| {
        let filter = Filter { states: vec![state], ..Filter::default() };
        made.store.invitations(&filter).await.expect("a list").len()
    };
    made.clock.advance(days(6) - Duration::from_millis(1));
    assert_eq!((listed(State::Invited).await, listed(State::Expired).await), (1, 0));
    made.clock.advance(Duration::from_millis(1));
    assert_eq!((listed(State::Invited).await, listed(State::Expired).await), (0, 1));
    let late = made.happens(&code, Event::Open, &Actor::Candidate).await;
    assert!(
        matches!(&late, Err(StoreError::Refused(Refused::State { state: State::Expired, .. }))),
        "{late:?}"
    );
    let now = made.standing(&code).await.invitation;
    let by = "2d".parse().expect("a period");
    let terms: Terms = now.terms.extended(by, 6 * DAY as i64 * 1000);
    let extend = Change { terms: Some(terms), ..change(&now, Event::Extend) };
    made.store.change(&extend, &team()).await.expect("allowed");
    made.happens(&code, Event::Open, &Actor::Candidate).await.expect("in time again");
}

#[tokio::test]
async fn of_two_who_change_the_same_version_the_first_wins() {
    let made = Made::new().await;
    let seen = made.invited("ada").await;
    made.store.change(&change(&seen, Event::Remind), &team()).await.expect("the first");
    let second = made.store.change(&change(&seen, Event::Cancel), &team()).await;
    assert!(
        matches!(&second, Err(StoreError::Outdated(code)) if *code == seen.code.to_string()),
        "{second:?}"
    );
    assert_eq!(made.standing(&seen.code).await.state, State::Invited);
}

#[tokio::test]
async fn results_move_an_invitation_and_faults_that_are_not_the_candidates_do_not() {
    let made = Made::new().await;
    let code = made.invited("ada").await.code;
    for (bytes, verdict, state) in [
        ("one", Some(Verdict::InfraFault), State::Submitted),
        ("two", Some(Verdict::AuthorFault), State::Submitted),
        ("three", None, State::Graded),
        ("four", Some(Verdict::CandidateFault), State::Graded),
    ] {
        let mut batch = batch(&[]);
        batch.entries = vec![entry(code.as_str(), bytes)];
        made.store.enqueue(&batch).await.expect("queued");
        assert_eq!(made.standing(&code).await.state, State::Submitted, "{bytes}");
        let lease = made.claim("a").await.expect("work").lease;
        let result = match verdict {
            Some(verdict) => fault(&lease.grading, verdict),
            None => report(&lease.grading, 50.0),
        };
        made.store.complete(&lease, &result).await.expect("written");
        assert_eq!(made.standing(&code).await.state, state, "{bytes}");
        // The same bytes once more are no other attempt.
        made.store.enqueue(&batch).await.expect("queued");
        while let Some(claim) = made.claim("a").await {
            made.store
                .complete(&claim.lease, &fault(&claim.lease.grading, Verdict::InfraFault))
                .await
                .expect("written");
        }
        assert_eq!(made.standing(&code).await.state, state, "{bytes} again");
    }
    let standing = made.standing(&code).await;
    assert_eq!((standing.received, standing.result), (4, Some((Verdict::CandidateFault, None))));
}

#[tokio::test]
async fn a_submission_for_another_challenge_is_not_the_invitations() {
    let made = Made::new().await;
    let code = made.invited("ada").await.code;
    let mut other = batch(&[]);
    other.challenge = "another".into();
    other.entries = vec![entry(code.as_str(), "bytes")];
    made.store.enqueue(&other).await.expect("queued");
    assert_eq!(made.standing(&code).await.state, State::Invited);
}

/// Submits and grades bytes of a candidate.
async fn graded(made: &Made, candidate: &str, bytes: &str) -> String {
    let mut batch = batch(&[]);
    batch.entries = vec![entry(candidate, bytes)];
    made.store.enqueue(&batch).await.expect("queued");
    let lease = made.claim("a").await.expect("work").lease;
    made.store.complete(&lease, &report(&lease.grading, 62.5)).await.expect("written");
    lease.grading
}

#[tokio::test]
async fn a_purge_dooms_only_what_nobody_else_sent_and_keeps_what_was_decided() {
    let made = Made::new().await;
    let (ada, bob) = (made.invited("ada").await.code, made.invited("bob").await.code);
    let grading = graded(&made, ada.as_str(), "hers").await;
    graded(&made, ada.as_str(), "of both").await;
    graded(&made, bob.as_str(), "of both").await;
    let purged = made.store.purge(std::slice::from_ref(&ada), &[], &team()).await.expect("purged");
    assert_eq!((purged.invitations, purged.people, purged.submissions), (1, 1, 2));
    let (hers, both) = (Digest::of(b"hers"), Digest::of(b"of both"));
    assert_eq!(made.store.doomed().await.expect("a list"), [hers]);
    assert_eq!(made.store.contents().await.expect("a list"), [both], "hers is looked for no more");
    let left = made.store.report(&grading).await.expect("read").expect("a report");
    assert_eq!((left.score, left.submission.as_str()), (Some(62.5), ada.as_str()));
    assert!(left.tests.iter().all(|test| test.message.is_empty()));
    assert!(left.integrity.iter().all(|note| note.detail.is_empty()));
    let standing = made.standing(&ada).await;
    assert_eq!((standing.state, standing.received), (State::Purged, 2));
    let person = &standing.invitation.person;
    assert_eq!((&person.name, &person.mail), (&None, &None));
    assert!(
        standing.last_message.is_some_and(|last| last.recipient.is_none() && last.detail.is_none())
    );
    assert_eq!(
        made.store.latest("tiny", None).await.expect("a list").len(),
        1,
        "no regrade of hers"
    );
    // Nothing more comes in under that code.
    let mut late = batch(&[]);
    late.entries = vec![entry(ada.as_str(), "later")];
    let late = made.store.enqueue(&late).await;
    assert!(matches!(late, Err(StoreError::Refused(_))), "{late:?}");
    let twice = made.store.purge(&[ada], &[], &team()).await;
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

#[tokio::test]
async fn bytes_that_somebody_sends_while_they_are_doomed_stay() {
    let made = Made::new().await;
    let ada = made.invited("ada").await.code;
    graded(&made, ada.as_str(), "bytes").await;
    made.store.purge(&[ada], &[], &team()).await.expect("purged");
    let digest = made.store.doomed().await.expect("a list")[0];
    graded(&made, "bob", "bytes").await;
    let removed = Mutex::new(0);
    let remove = |_: &Digest| {
        *removed.lock().expect("a lock") += 1;
        Ok(())
    };
    assert!(!made.store.remove_bytes(&digest, &remove).await.expect("looked at"));
    assert_eq!(made.store.doomed().await.expect("a list"), []);
    assert_eq!(*removed.lock().expect("a lock"), 0);
}

#[tokio::test]
async fn what_cannot_be_removed_stays_doomed() {
    let made = Made::new().await;
    let ada = made.invited("ada").await.code;
    graded(&made, ada.as_str(), "bytes").await;
    made.store.purge(&[ada], &[], &team()).await.expect("purged");
    let digest = made.store.doomed().await.expect("a list")[0];
    let fails = |_: &Digest| Err(StoreError::NoGrading("the disk is away".into()));
    assert!(made.store.remove_bytes(&digest, &fails).await.is_err());
    assert_eq!(made.store.doomed().await.expect("a list"), [digest]);
    assert!(made.store.remove_bytes(&digest, &|_: &Digest| Ok(())).await.expect("removed"));
    assert_eq!(made.store.doomed().await.expect("a list"), []);
}

#[tokio::test]
async fn a_person_is_forgotten_with_the_last_invitation() {
    let made = Made::new().await;
    let first = made.invited("ada").await.code;
    let mut other = new("ada", &Token::new());
    other.challenge = "another".into();
    made.store.invite(&[other], &team()).await.expect("recorded");
    let purged =
        made.store.purge(std::slice::from_ref(&first), &[], &team()).await.expect("purged");
    assert_eq!((purged.invitations, purged.people), (1, 0));
    let who = Who::Mail("ADA@example.org".parse().expect("an address"));
    let all = Filter { who: Some(who.clone()), ..Filter::default() };
    let all = made.store.invitations(&all).await.expect("a list");
    let codes: Vec<Code> = all.iter().map(|one| one.invitation.code.clone()).collect();
    let purged = made.store.purge(&codes[1..], &[], &Actor::Program).await.expect("purged");
    assert_eq!((codes.len(), purged.people), (2, 1));
    let dossier = made.store.dossier(&who).await;
    assert!(matches!(dossier, Err(StoreError::NoInvitation(_))));
    let left = made.store.dossier(&Who::Code(first)).await.expect("what is left").json;
    assert_eq!(left["person"]["name"], serde_json::Value::Null);
    assert_eq!(left["invitations"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_is_kept_for_as_long_as_was_said_is_overdue() {
    let made = Made::new().await;
    made.invited("ada").await;
    let overdue = Filter { overdue: true, ..Filter::default() };
    made.clock.advance(days(36) - Duration::from_millis(1));
    assert!(made.store.invitations(&overdue).await.expect("a list").is_empty());
    made.clock.advance(Duration::from_millis(1));
    assert_eq!(made.store.invitations(&overdue).await.expect("a list").len(), 1);
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_is_final() {
    let made = Made::new().await;
    let (ada, bob) = (made.invited("ada").await, made.invited("bob").await);
    graded(&made, ada.code.as_str(), "hers").await;
    let more = Terms { multiplier: "1.5".parse().expect("one"), ..bob.terms };
    let more = Change { terms: Some(more), ..change(&bob, Event::Accommodate) };
    made.store.change(&more, &team()).await.expect("allowed");
    made.store.purge(&[ada.code], &[], &team()).await.expect("purged");
    let options = SqliteConnectOptions::new().filename(made.file());
    let mut raw = SqliteConnection::connect_with(&options).await.expect("a connection");
    for statement in [
        "UPDATE invitations SET state = 'invited', version = version + 1 WHERE state = 'purged'",
        "UPDATE invitations SET version = version - 1",
        "UPDATE invitations SET state = 'decided'",
        "DELETE FROM invitations",
        "UPDATE people SET name = 'Ada' WHERE purged_ms IS NOT NULL",
        "DELETE FROM people",
        "UPDATE accommodations SET approver = 'x'",
        "DELETE FROM accommodations",
        "UPDATE messages SET delivery = 'failed'",
        "UPDATE messages SET recipient = 'x@example.org'",
        "DELETE FROM messages",
        "UPDATE candidates SET name = 'Ada' WHERE erased_ms IS NOT NULL",
        "UPDATE reports SET json = json_set(json, '$.score', 100)",
        "UPDATE reports SET json = json_set(json, '$.provenance.seed', 1)",
        "UPDATE audit SET actor = 'x'",
    ] {
        let error = sqlx::query(statement).execute(&mut raw).await.expect_err(statement);
        let said = error.to_string();
        assert!(said.contains("never") || said.contains("append-only"), "{statement}: {said}");
    }
}

#[tokio::test]
async fn the_audit_trail_names_no_candidate() {
    let made = Made::new().await;
    let ada = made.invited("ada").await;
    let more = Terms { multiplier: "1.5".parse().expect("one"), ..ada.terms };
    let more = Change { terms: Some(more), ..change(&ada, Event::Accommodate) };
    made.store.change(&more, &team()).await.expect("allowed");
    let trail = made.store.audit(None).await.expect("a trail");
    let actions: Vec<&str> = trail.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["drafted", "message_sent", "invited", "accommodated"]);
    assert!(trail.iter().all(|line| !line.detail.contains("ada") && !line.detail.contains("150")));
}

fn any_event() -> impl Strategy<Value = (Event, Actor)> {
    let actors = prop_oneof![Just(team()), Just(Actor::Candidate), Just(Actor::Program)];
    let events = Event::ALL.into_iter().filter(|event| *event != Event::Purge).collect::<Vec<_>>();
    (prop::sample::select(events), actors)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_lets_happen_what_the_states_let_happen(
        steps in prop::collection::vec((any_event(), 0_u64..3), 0..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let made = Made::new().await;
            let code = made.draft("ada").await.invitation.code;
            let mut now = 0;
            for ((event, actor), passes) in steps {
                made.clock.advance(days(passes));
                now += i64::try_from(passes * DAY * 1000).expect("a time");
                let before = made.standing(&code).await.invitation;
                let expected = before.after(event, &actor, now);
                match (made.happens(&code, event, &actor).await, expected) {
                    (Ok(changed), Ok(next)) => {
                        assert_eq!(changed.invitation.stored, next);
                        assert!(changed.invitation.version > before.version);
                    }
                    (Err(StoreError::Refused(found)), Err(expected)) => {
                        assert_eq!(found, expected);
                        assert_eq!(made.standing(&code).await.invitation, before);
                    }
                    (found, expected) => panic!("{event:?} by {actor:?}: {found:?}, not {expected:?}"),
                }
            }
            assert_eq!(made.store.problems().await.expect("checked"), Vec::<String>::new());
        });
    }
}
