//! What statistics are made of: which of a submission's gradings counts, and what is left out.

use takehome::{
    domain::{
        Digest, GroupScore, IntegrityKind, Observation, Occurrences, Report, TestOutcome,
        TestReport, Verdict,
    },
    stats::{NoDrift, Statistics, What},
    store::{BatchId, BatchKind, GradedBy, NewBatch, Scope, Store as _},
    surveys::statistics,
};

use super::made::{Made, SUITE, batch, entry, fault, report};

const OTHER: &[u8] = b"another suite";

fn scope() -> Scope {
    let (challenge, suite_sha256) = ("tiny".to_owned(), Digest::of(SUITE));
    Scope { challenge, suite_sha256, batch: None, without: None }
}

/// A graded report of two tests: the first always passes, the second sometimes.
fn graded(grading: &str, second_passes: bool) -> Report {
    let outcome = if second_passes { TestOutcome::Passed } else { TestOutcome::Failed };
    let test = |id: &str, outcome| TestReport {
        id: id.into(),
        group: "sums".into(),
        outcome,
        duration_ms: 3,
        message: String::new(),
    };
    Report {
        tests: vec![test("a \"quoted\"\u{1f}é", TestOutcome::Passed), test("b", outcome)],
        groups: vec![GroupScore { name: "sums".into(), weight: 100, passed: 2, total: 2 }],
        ..report(grading, if second_passes { 100.0 } else { 50.0 })
    }
}

/// Queues a batch and finishes whatever is open with what `result` makes of the candidate's name and the
/// grading's id.
async fn grade(made: &Made, new: &NewBatch, result: impl Fn(&str, &str) -> Report) -> BatchId {
    let queued = made.store.enqueue(new).await.expect("queued");
    while let Some(claim) = made.claim("a").await {
        let written = result(&claim.candidate, &claim.lease.grading);
        made.store.complete(&claim.lease, &written).await.expect("written");
    }
    queued.batch
}

fn again(candidates: &[&str]) -> NewBatch {
    NewBatch { again: true, ..batch(candidates) }
}

async fn survey(made: &Made, scope: &Scope) -> (Vec<Observation>, Occurrences) {
    let mut all = Vec::new();
    let found = made.store.survey(scope, &mut |seen| all.push(seen)).await.expect("a survey");
    (all, found)
}

#[tokio::test]
async fn the_newest_result_of_each_submission_counts_with_all_its_tests() {
    let made = Made::new().await;
    grade(&made, &batch(&["alice", "bob"]), |_, id| graded(id, false)).await;
    grade(&made, &again(&["alice"]), |_, id| graded(id, true)).await;
    let (seen, found) = survey(&made, &scope()).await;
    let mut scores: Vec<f64> = seen.iter().map(|seen| seen.score).collect();
    scores.sort_by(f64::total_cmp);
    assert_eq!(scores, [50.0, 100.0]);
    let one = seen.iter().find(|seen| seen.score == 50.0).expect("bob's");
    let ids: Vec<(&str, &str)> =
        one.tests.iter().map(|test| (test.id.as_str(), test.group.as_str())).collect();
    assert_eq!(ids, [("a \"quoted\"\u{1f}é", "sums"), ("b", "sums")]);
    assert_eq!(one.outcomes, [TestOutcome::Passed, TestOutcome::Failed]);
    assert_eq!((one.durations_ms.as_slice(), one.wall_ms), ([3, 3].as_slice(), 1500));
    assert_eq!(found.verdicts, [(Verdict::Graded, 3)]);
    assert_eq!((found.submissions, found.candidate_faults), (2, 0));
    // Each of the reports has the note; the replaced grading's is not counted.
    assert_eq!(found.integrity, [(IntegrityKind::OutputCapped, 2)]);
}

#[tokio::test]
async fn a_fault_of_ours_replaces_no_result_and_one_of_the_candidates_does() {
    let made = Made::new().await;
    let candidates = ["author", "candidate", "infra"];
    grade(&made, &batch(&candidates), |_, id| graded(id, true)).await;
    grade(&made, &again(&candidates), |name, id| match name {
        "author" => fault(id, Verdict::AuthorFault),
        "candidate" => fault(id, Verdict::CandidateFault),
        _ => fault(id, Verdict::InfraFault),
    })
    .await;
    let (seen, found) = survey(&made, &scope()).await;
    assert_eq!(seen.len(), 2, "the earlier scores stand");
    assert_eq!((found.submissions, found.candidate_faults), (3, 1));
    let counts = [
        (Verdict::AuthorFault, 1),
        (Verdict::CandidateFault, 1),
        (Verdict::Graded, 3),
        (Verdict::InfraFault, 1),
    ];
    assert_eq!(found.verdicts, counts);
    let code = "code".to_owned();
    assert_eq!(
        found.faults,
        [
            (Verdict::AuthorFault, code.clone(), 1),
            (Verdict::CandidateFault, code.clone(), 1),
            (Verdict::InfraFault, code, 1)
        ]
    );
}

#[tokio::test]
async fn suites_are_never_mixed_and_all_are_listed_newest_first() {
    let made = Made::new().await;
    assert_eq!(made.store.suites().await.expect("a list"), []);
    grade(&made, &batch(&["alice", "bob"]), |_, id| graded(id, true)).await;
    let other = NewBatch { suite_sha256: Digest::of(OTHER), ..batch(&["alice"]) };
    grade(&made, &other, |_, id| graded(id, false)).await;
    let by = |suite: &[u8], gradings| GradedBy {
        challenge: "tiny".into(),
        suite_sha256: Digest::of(suite),
        gradings,
    };
    assert_eq!(made.store.suites().await.expect("a list"), [by(OTHER, 1), by(SUITE, 2)]);
    let (seen, found) = survey(&made, &scope()).await;
    assert_eq!((seen.len(), found.submissions), (2, 2));
    assert!(seen.iter().all(|seen| seen.score == 100.0));
    let found = statistics(&made.store, "tiny", Digest::of(SUITE), None).await.expect("figures");
    let others: Vec<u64> = found.about.other_suites.iter().map(|other| other.gradings).collect();
    assert_eq!((found.gradings, others), (2, vec![1]));
}

#[tokio::test]
async fn a_batch_is_its_entries_once_each_and_can_be_without_those_of_another() {
    let made = Made::new().await;
    let first = grade(&made, &batch(&["alice", "bob"]), |_, id| graded(id, true)).await;
    // The second has alice's same bytes, other bytes of bob, carol, and carol's same bytes again.
    let mut new = batch(&["alice"]);
    new.entries.extend([entry("bob", "more"), entry("carol", "c"), entry("carol", "c")]);
    let second = grade(&made, &new, |_, id| graded(id, false)).await;
    let of = |batch, without| Scope { batch: Some(batch), without, ..scope() };
    let (seen, found) = survey(&made, &of(second, None)).await;
    assert_eq!((seen.len(), found.submissions), (3, 3));
    assert_eq!(found.verdicts, [(Verdict::Graded, 3)], "a grading of two entries is one");
    let (seen, found) = survey(&made, &of(second, Some(first))).await;
    assert_eq!((seen.len(), found.submissions), (1, 1), "only carol is new");
    let (seen, _) = survey(&made, &of(first, None)).await;
    assert_eq!(seen.iter().map(|seen| seen.score).collect::<Vec<_>>(), [100.0, 100.0]);
}

async fn figures(made: &Made, batch: Option<BatchId>) -> Statistics {
    statistics(&made.store, "tiny", Digest::of(SUITE), batch).await.expect("figures")
}

fn named(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}-{number}")).collect()
}

fn of<'a>(names: impl IntoIterator<Item = &'a String>) -> NewBatch {
    batch(&names.into_iter().map(String::as_str).collect::<Vec<_>>())
}

#[tokio::test]
async fn the_two_newest_batches_that_are_large_enough_are_compared() {
    let made = Made::new().await;
    let (before, after) = (named("before", 12), named("after", 12));
    let few = NoDrift::TooFewBatches { least: 8 };
    let first = grade(&made, &of(&before), |_, id| graded(id, true)).await;
    assert_eq!(figures(&made, None).await.no_drift, Some(few));
    grade(&made, &batch(&["alone"]), |_, id| graded(id, false)).await;
    assert_eq!(figures(&made, None).await.no_drift, Some(few), "one of them is too small");
    // Those of before are in it again, and count for the earlier batch.
    let second = of(before.iter().chain(&after));
    let second = grade(&made, &second, |_, id| graded(id, false)).await;
    let regrade = NewBatch { kind: BatchKind::Regrade, ..again(&["before-0"]) };
    let regrade = NewBatch { entries: of(&before).entries, ..regrade };
    let regrade = grade(&made, &regrade, |_, id| graded(id, true)).await;
    let found = figures(&made, None).await.drift.expect("compared");
    assert_eq!((found.earlier, found.later), (first.0, second.0));
    assert_eq!((found.earlier_n, found.later_n, found.compared), (12, 12, 3));
    let different: Vec<(What, &str)> = found
        .changes
        .iter()
        .filter(|change| change.differs)
        .map(|change| (change.what, change.name.as_str()))
        .collect();
    assert_eq!(different, [(What::Group, "sums"), (What::Test, "b")]);
    let same = figures(&made, Some(second)).await.drift.map(|drift| (drift.earlier, drift.later));
    assert_eq!(same, Some((first.0, second.0)));
    let unfit = NoDrift::Unfit { batch: regrade.0, least: 8 };
    assert_eq!(figures(&made, Some(regrade)).await.no_drift, Some(unfit));
    assert_eq!(figures(&made, Some(first)).await.no_drift, Some(few));
}
