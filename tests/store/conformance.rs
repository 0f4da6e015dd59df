//! What every database behind the store has to satisfy.

use std::time::Duration;

use takehome::{
    domain::Verdict,
    store::{BatchId, Content, MOST_LOST, NewBatch, Queued, Store as _, StoreError},
};

use super::made::{LEASE, Made, ask, batch, entry, fault, lease, lease_ms, report};

#[tokio::test]
async fn what_is_claimed_and_finished_is_read_back_as_it_was() {
    let made = Made::new().await;
    let id = made.batch(&["alice", "bob"]).await;
    let first = made.claim("a").await.expect("work");
    assert_eq!((first.candidate.as_str(), first.lease.attempt), ("alice", 1));
    assert_eq!((first.seed, first.exhausted), (u64::MAX, false), "a seed keeps all its bits");
    let written = report(&first.lease.grading, 62.5);
    made.store.complete(&first.lease, &written).await.expect("written");
    let read = made.store.report(&first.lease.grading).await.expect("read");
    assert_eq!(read, Some(written));
    let entries = made.store.entries(id).await.expect("entries");
    let scores: Vec<_> = entries.iter().map(|entry| (entry.verdict, entry.score)).collect();
    assert_eq!(scores, [(Some(Verdict::Graded), Some(62.5)), (None, None)]);
    let whole = made.store.batch(id).await.expect("a batch");
    assert_eq!((whole.total, whole.open), (2, 1));
    assert_eq!(made.store.usual_ms("tiny").await.expect("a figure"), Some(1500));
    assert_eq!(made.told(&first.lease.grading).await, ["queued", "leased", "finished"]);
}

#[tokio::test]
async fn the_results_of_a_batch_are_its_entries_each_with_its_own_report() {
    let made = Made::new().await;
    let other = made.batch(&["alice", "zoe"]).await;
    while let Some(claim) = made.claim("a").await {
        let written = report(&claim.lease.grading, 1.0);
        made.store.complete(&claim.lease, &written).await.expect("written");
    }
    let id = made.batch(&["carol", "bob", "alice", "dave"]).await;
    for score in [30.0, 20.0] {
        let lease = made.claim("a").await.expect("work").lease;
        made.store.complete(&lease, &report(&lease.grading, score)).await.expect("written");
    }
    let results = made.store.results(id).await.expect("results");
    let entries: Vec<_> = results.iter().map(|(entry, _)| entry.clone()).collect();
    assert_eq!(entries, made.store.entries(id).await.expect("entries"));
    let seen: Vec<_> = results
        .iter()
        .map(|(entry, report)| (entry.candidate.as_str(), report.as_ref().and_then(|r| r.score)))
        .collect();
    assert_eq!(
        seen,
        [("carol", Some(30.0)), ("bob", Some(20.0)), ("alice", Some(1.0)), ("dave", None)]
    );
    for (entry, report) in results {
        assert_eq!(report, made.store.report(&entry.grading).await.expect("read"));
    }
    let first = made.store.results(other).await.expect("results");
    assert_eq!(first.len(), 2, "nothing of another batch");
    assert_eq!(made.store.results(BatchId(99)).await.expect("none"), []);
}

#[tokio::test]
async fn a_lease_is_given_once_until_it_expires_and_a_heartbeat_keeps_it() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    let first = made.claim("a").await.expect("work");
    assert!(made.claim("b").await.is_none());
    made.clock.advance(LEASE - Duration::from_millis(1));
    made.store.heartbeat(&first.lease, lease_ms()).await.expect("renewed");
    made.clock.advance(LEASE - Duration::from_millis(1));
    assert!(made.claim("b").await.is_none(), "it was renewed");
    made.clock.advance(Duration::from_millis(1));
    let second = made.claim("b").await.expect("it has expired");
    assert_eq!((second.lease.attempt, second.lost), (2, 1));
    let late = made.store.heartbeat(&first.lease, lease_ms()).await;
    assert!(matches!(late, Err(StoreError::Stale { attempt: 1, current: 2, .. })), "{late:?}");
}

#[tokio::test]
async fn a_late_result_is_refused_and_the_trail_says_so() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    let first = made.claim("a").await.expect("work").lease;
    made.clock.advance(LEASE);
    let second = made.claim("b").await.expect("work").lease;
    let id = first.grading.clone();
    let late = made.store.complete(&first, &report(&id, 1.0)).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    made.store.complete(&second, &report(&id, 2.0)).await.expect("the current attempt counts");
    for attempt in [first, second] {
        let late = made.store.complete(&attempt, &report(&id, 3.0)).await;
        assert!(matches!(late, Err(StoreError::Finished { .. })), "{late:?}");
    }
    let kept = made.store.report(&id).await.expect("read").expect("a report");
    assert_eq!(kept.score, Some(2.0));
    assert_eq!(
        made.told(&id).await,
        ["queued", "leased", "leased", "refused", "finished", "refused", "refused"]
    );
}

#[tokio::test]
async fn a_lease_that_expired_but_was_not_taken_still_counts() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    let lease = made.claim("a").await.expect("work").lease;
    made.clock.advance(LEASE * 3);
    assert!(made.claim("a").await.is_none(), "one's own work is known to go on");
    made.store.complete(&lease, &report(&lease.grading, 5.0)).await.expect("nobody else has it");
}

#[tokio::test]
async fn what_a_dead_process_held_is_free_at_once() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    made.claim("a").await.expect("work");
    made.dies("a");
    let second = made.claim("b").await.expect("not waited for");
    assert_eq!((second.lease.attempt, second.lost), (2, 1));
    assert_eq!(made.told(&second.lease.grading).await, ["queued", "leased", "leased"]);
}

#[tokio::test]
async fn what_is_given_back_is_free_at_once_and_not_counted_as_lost() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    let first = made.claim("a").await.expect("work").lease;
    made.store.release(&first).await.expect("given back");
    let late = made.store.complete(&first, &report(&first.grading, 1.0)).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    let second = made.claim("a").await.expect("free");
    assert_eq!((second.lease.attempt, second.lost), (2, 0));
}

#[tokio::test]
async fn a_grading_that_is_lost_too_often_is_said_to_be_exhausted_and_comes_last() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    made.claim("o0").await.expect("work");
    for lost in 1..=MOST_LOST {
        made.dies(&format!("o{}", lost - 1));
        let poison = made.claim(&format!("o{lost}")).await.expect("work");
        assert_eq!((poison.lost, poison.exhausted), (lost, lost == MOST_LOST));
    }
    made.dies(&format!("o{MOST_LOST}"));
    made.batch(&["bob"]).await;
    assert_eq!(made.claim("x").await.expect("work").candidate, "bob");
    assert_eq!(made.claim("x").await.expect("work").candidate, "alice");
}

#[tokio::test]
async fn candidates_take_turns_and_a_batch_can_be_asked_for() {
    let made = Made::new().await;
    let mut first = batch(&[]);
    first.entries = vec![entry("alice", "1"), entry("alice", "2"), entry("bob", "3")];
    made.store.enqueue(&first).await.expect("queued");
    let other = made.batch(&["carol"]).await;
    let only = takehome::store::Ask { which: takehome::store::Which::Batch(other), ..ask("a") };
    assert_eq!(made.store.claim(&only).await.expect("ok").expect("work").candidate, "carol");
    assert!(made.store.claim(&only).await.expect("ok").is_none());
    let mut order = Vec::new();
    while let Some(claim) = made.claim("a").await {
        order.push(claim.candidate);
    }
    assert_eq!(order, ["alice", "bob", "alice"]);
}

#[tokio::test]
async fn the_same_bytes_are_graded_once_unless_asked_again() {
    let made = Made::new().await;
    let first = made.store.enqueue(&batch(&["alice"])).await.expect("queued");
    let second = made.store.enqueue(&batch(&["alice"])).await.expect("queued");
    assert_eq!(second.gradings, [(first.gradings[0].0.clone(), Queued::Shared)]);
    let lease = made.claim("a").await.expect("work").lease;
    made.store.complete(&lease, &report(&lease.grading, 9.0)).await.expect("written");
    let third = made.store.enqueue(&batch(&["alice"])).await.expect("queued");
    assert_eq!(third.gradings, [(first.gradings[0].0.clone(), Queued::Reused)]);
    assert_eq!(made.store.batch(third.batch).await.expect("a batch").open, 0);
    let again = takehome::store::NewBatch { again: true, ..batch(&["alice"]) };
    let again = made.store.enqueue(&again).await.expect("queued");
    assert_eq!(again.gradings[0].1, Queued::New);
    let mut other_seed = batch(&["alice"]);
    if let Content::Kept { seed, .. } = &mut other_seed.entries[0].content {
        *seed = 7;
    }
    assert_eq!(made.store.enqueue(&other_seed).await.expect("queued").gradings[0].1, Queued::New);
    let latest = made.store.latest("tiny", None).await.expect("a list");
    assert_eq!(latest.len(), 1, "one submission");
}

#[tokio::test]
async fn a_fault_of_ours_is_no_result_to_reuse_and_one_of_the_candidates_is() {
    let made = Made::new().await;
    for (verdict, queued) in [
        (Verdict::InfraFault, Queued::New),
        (Verdict::AuthorFault, Queued::New),
        (Verdict::CandidateFault, Queued::Reused),
    ] {
        made.batch(&["alice"]).await;
        let lease = made.claim("a").await.expect("work").lease;
        let result = fault(&lease.grading, verdict);
        made.store.complete(&lease, &result).await.expect("written");
        let next = made.store.enqueue(&batch(&["alice"])).await.expect("queued");
        assert_eq!(next.gradings[0].1, queued, "{verdict:?}");
        if let Some(claim) = made.claim("a").await {
            made.store.release(&claim.lease).await.expect("given back");
        }
    }
}

#[tokio::test]
async fn a_refused_archive_is_final_at_once() {
    let made = Made::new().await;
    let refused = fault("018f0000000000000000000000000001", Verdict::CandidateFault);
    let mut new = batch(&["alice"]);
    new.entries[0].content = Content::Refused(Box::new(refused.clone()));
    let queued = made.store.enqueue(&new).await.expect("queued");
    assert_eq!(queued.gradings, [(refused.grading_id.clone(), Queued::Decided)]);
    assert!(made.claim("a").await.is_none());
    let read = made.store.report(&refused.grading_id).await.expect("read");
    assert_eq!(read, Some(refused));
    assert_eq!(made.store.entries(queued.batch).await.expect("entries")[0].sha256, None);
}

#[tokio::test]
async fn the_same_bytes_of_two_candidates_are_two_gradings_and_are_named() {
    let made = Made::new().await;
    let mut new = batch(&[]);
    new.entries = vec![entry("alice", "same"), entry("bob", "same"), entry("carol", "other")];
    let queued = made.store.enqueue(&new).await.expect("queued");
    assert_ne!(queued.gradings[0].0, queued.gradings[1].0);
    let mut later = batch(&[]);
    later.entries = vec![entry("dave", "same")];
    let later = made.store.enqueue(&later).await.expect("queued").batch;
    let twins = made.store.twins(later).await.expect("twins");
    assert_eq!(twins.len(), 1);
    assert_eq!(twins[0].candidates, ["alice", "bob", "dave"]);
}

#[tokio::test]
async fn the_newest_batch_that_is_not_finished_is_found() {
    let made = Made::new().await;
    assert!(made.store.newest(true).await.expect("ok").is_none());
    let first = made.batch(&["alice"]).await;
    let second = made.batch(&["bob"]).await;
    assert_eq!(made.store.newest(true).await.expect("ok").map(|batch| batch.id), Some(second));
    made.claim("a").await.expect("alice's");
    let lease = made.claim("a").await.expect("bob's").lease;
    made.store.complete(&lease, &report(&lease.grading, 1.0)).await.expect("written");
    assert_eq!(made.store.newest(true).await.expect("ok").map(|batch| batch.id), Some(first));
    assert_eq!(made.store.newest(false).await.expect("ok").map(|batch| batch.id), Some(second));
    let none = made.store.batch(BatchId(99)).await;
    assert!(matches!(none, Err(StoreError::NoBatch(BatchId(99)))), "{none:?}");
}

#[tokio::test]
async fn the_batches_of_a_round_are_queued_together_and_found_by_each_of_them() {
    let made = Made::new().await;
    let alone = made.batch(&["alice"]).await;
    let other = NewBatch { challenge: "other".into(), ..batch(&["alice", "bob"]) };
    let queued = made.store.enqueue_round(&[batch(&["carol"]), other]).await.expect("queued");
    let ids: Vec<BatchId> = queued.iter().map(|queued| queued.batch).collect();
    assert_eq!(queued[1].gradings.len(), 2);
    for id in &ids {
        let round = made.store.round(*id).await.expect("a round");
        assert_eq!(round.iter().map(|batch| batch.id).collect::<Vec<_>>(), ids);
        assert_eq!(round[1].challenge, "other");
    }
    let round = made.store.round(alone).await.expect("a round of one");
    assert_eq!(round.iter().map(|batch| batch.id).collect::<Vec<_>>(), [alone]);
    let none = made.store.round(BatchId(99)).await;
    assert!(matches!(none, Err(StoreError::NoBatch(BatchId(99)))), "{none:?}");
    assert!(made.store.enqueue_round(&[]).await.expect("nothing").is_empty());
}

#[tokio::test]
async fn a_round_is_queued_whole_or_not_at_all() {
    let made = Made::new().await;
    let mut broken = batch(&["alice", "bob"]);
    // The same grading cannot be decided twice.
    let refused = fault("018f0000000000000000000000000001", Verdict::CandidateFault);
    for entry in &mut broken.entries {
        entry.content = Content::Refused(Box::new(refused.clone()));
    }
    let queued = made.store.enqueue_round(&[batch(&["carol"]), broken]).await;
    assert!(queued.is_err());
    assert!(made.store.newest(false).await.expect("an answer").is_none());
    assert!(made.claim("a").await.is_none());
}

#[tokio::test]
async fn a_report_of_another_grading_and_a_grading_that_is_not_there_are_refused() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    let held = made.claim("a").await.expect("work").lease;
    let wrong = made.store.complete(&held, &report("other", 1.0)).await;
    assert!(matches!(wrong, Err(StoreError::Mismatch { .. })), "{wrong:?}");
    let none = made.store.complete(&lease("other", 1), &report("other", 1.0)).await;
    assert!(matches!(none, Err(StoreError::NoGrading(_))), "{none:?}");
}
