use std::collections::{BTreeMap, BTreeSet};

use super::plain::plain;
use crate::{
    challenge::{LockedGroup, LockedTest, SuiteLock},
    domain::{GroupScore, TestOutcome, TestReport},
};

/// What one test did, as the judge reported it or the host's deadline decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// How it ended.
    pub outcome: TestOutcome,
    /// Wall time with its fixtures, milliseconds.
    pub duration_ms: u64,
    /// Why it did not pass; made plain and capped by [`score`].
    pub message: String,
}

/// A score and what it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// 0 to 100, two decimals; 100 only when every sealed test passed.
    pub score: f64,
    /// One entry a sealed group, in the lock's order.
    pub groups: Vec<GroupScore>,
    /// One entry a sealed test, in the lock's order.
    pub tests: Vec<TestReport>,
    /// The critical test whose failure lowered the score.
    pub capped_by: Option<String>,
}

/// Outcomes arrived for a test that is not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the judge reported {0:?}, which is not in suite.lock; \
     run `takehome challenge verify ID --seal`"
)]
pub struct UnknownTest(pub String);

/// Scores the outcomes over the sealed tests: each group gives its weight times the share of its
/// tests that passed, and a critical test that did not pass caps the whole.
///
/// A sealed test without an outcome is [`TestOutcome::NotRun`], which is not passed: what did not
/// arrive cannot help (design.md, invariant 2).
///
/// # Errors
/// An outcome of a test that is not sealed: then the suite is not the one that was verified, and
/// no score can be trusted.
pub fn score(
    lock: &SuiteLock,
    observed: &BTreeMap<String, Observed>,
) -> Result<Scored, UnknownTest> {
    let sealed: BTreeSet<&str> = lock.tests.iter().map(|test| test.id.as_str()).collect();
    if let Some(unknown) = observed.keys().find(|id| !sealed.contains(id.as_str())) {
        return Err(UnknownTest(unknown.clone()));
    }
    let tests: Vec<TestReport> =
        lock.tests.iter().map(|test| report(test, observed.get(&test.id))).collect();
    let groups: Vec<GroupScore> =
        lock.groups.iter().map(|group| group_score(group, &tests)).collect();
    let earned = hundredths(&groups);
    let cap = lowest_cap(lock, &tests).filter(|(_, cap)| f64::from(*cap) < earned);
    Ok(Scored {
        score: cap.map_or(earned, |(_, cap)| f64::from(cap)),
        capped_by: cap.map(|(id, _)| id.to_owned()),
        groups,
        tests,
    })
}

fn report(test: &LockedTest, observed: Option<&Observed>) -> TestReport {
    let (outcome, duration_ms, message) = match observed {
        Some(seen) => (seen.outcome, seen.duration_ms, plain(&seen.message)),
        None => (TestOutcome::NotRun, 0, "the test was not run".to_owned()),
    };
    TestReport { id: test.id.clone(), group: test.group.clone(), outcome, duration_ms, message }
}

fn group_score(group: &LockedGroup, tests: &[TestReport]) -> GroupScore {
    let mut score =
        GroupScore { name: group.name.clone(), weight: group.weight, passed: 0, total: 0 };
    for test in tests.iter().filter(|test| test.group == group.name) {
        score.total += 1;
        score.passed += u32::from(test.outcome == TestOutcome::Passed);
    }
    score
}

/// The weighted sum in per cent, to two decimals. Anything short of every test is short of 100.
fn hundredths(groups: &[GroupScore]) -> f64 {
    if groups.iter().all(|group| group.passed == group.total) {
        return 100.0;
    }
    let sum: f64 = groups
        .iter()
        .filter(|group| group.total > 0)
        .map(|group| f64::from(group.weight) * f64::from(group.passed) / f64::from(group.total))
        .sum();
    ((sum * 100.0).round() / 100.0).min(99.99)
}

/// The critical test with the lowest cap among those that did not pass; the first of several.
fn lowest_cap<'a>(lock: &'a SuiteLock, tests: &[TestReport]) -> Option<(&'a str, u8)> {
    lock.tests
        .iter()
        .zip(tests)
        .filter(|(_, test)| test.outcome != TestOutcome::Passed)
        .filter_map(|(locked, _)| Some((locked.id.as_str(), locked.critical?)))
        .min_by_key(|(_, cap)| *cap)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Observed, UnknownTest, score};
    use crate::{
        challenge::{Canary, LOCK_SCHEMA, LockedGroup, LockedTest, SuiteLock},
        domain::{Digest, TestOutcome},
    };

    /// A lock with groups `g0`, `g1`… of these weights and tests `t0`, `t1`… of (group, cap).
    fn lock(weights: &[u32], tests: &[(usize, Option<u8>)]) -> SuiteLock {
        SuiteLock {
            schema: LOCK_SCHEMA,
            challenge: "some-challenge".parse().unwrap(),
            suite_sha256: Digest::of(b"suite"),
            canary: Canary::random(),
            groups: weights
                .iter()
                .enumerate()
                .map(|(index, weight)| LockedGroup { name: format!("g{index}"), weight: *weight })
                .collect(),
            tests: tests
                .iter()
                .enumerate()
                .map(|(index, (group, critical))| LockedTest {
                    id: format!("t{index}"),
                    group: format!("g{group}"),
                    critical: *critical,
                })
                .collect(),
        }
    }

    fn observed(outcomes: &[TestOutcome]) -> BTreeMap<String, Observed> {
        outcomes
            .iter()
            .enumerate()
            .map(|(index, outcome)| {
                let seen = Observed { outcome: *outcome, duration_ms: 1, message: String::new() };
                (format!("t{index}"), seen)
            })
            .collect()
    }

    use TestOutcome::{Crashed, Failed, NotRun, OutOfMemory, Passed, TimedOut};

    #[test]
    fn each_group_gives_its_weight_times_the_share_that_passed() {
        let lock = lock(&[60, 40], &[(0, None), (0, None), (0, None), (1, None)]);
        let scored = score(&lock, &observed(&[Passed, Failed, Passed, Passed])).unwrap();
        assert_eq!(scored.score, 80.0);
        assert_eq!((scored.groups[0].passed, scored.groups[0].total), (2, 3));
        assert_eq!(scored.capped_by, None);

        let scored = score(&lock, &observed(&[Passed, Failed, Failed, Failed])).unwrap();
        assert_eq!(scored.score, 20.0);
    }

    #[test]
    fn only_passed_earns_points() {
        let lock = lock(&[100], &[(0, None)]);
        for outcome in [Failed, Crashed, TimedOut, OutOfMemory, NotRun] {
            assert_eq!(score(&lock, &observed(&[outcome])).unwrap().score, 0.0, "{outcome:?}");
        }
        assert_eq!(score(&lock, &observed(&[Passed])).unwrap().score, 100.0);
    }

    #[test]
    fn a_sealed_test_without_an_outcome_counts_and_says_so() {
        let lock = lock(&[100], &[(0, None), (0, None)]);
        let scored = score(&lock, &observed(&[Passed])).unwrap();
        assert_eq!(scored.score, 50.0);
        assert_eq!(scored.tests[1].outcome, NotRun);
        assert_eq!(scored.tests[1].message, "the test was not run");
        assert_eq!(score(&lock, &BTreeMap::new()).unwrap().score, 0.0);
    }

    #[test]
    fn an_outcome_that_is_not_sealed_gives_no_score() {
        let lock = lock(&[100], &[(0, None)]);
        let extra = observed(&[Passed, Passed]);
        assert_eq!(score(&lock, &extra), Err(UnknownTest("t1".to_owned())));
    }

    #[test]
    fn nearly_everything_is_not_everything() {
        let tests = vec![(0, None); 30_000];
        let lock = lock(&[100], &tests);
        let mut outcomes = vec![Passed; 30_000];
        outcomes[7] = Failed;
        assert_eq!(score(&lock, &observed(&outcomes)).unwrap().score, 99.99);
    }

    #[test]
    fn the_lowest_cap_of_a_failed_critical_test_holds() {
        let lock = lock(&[50, 50], &[(0, None), (0, Some(60)), (1, Some(30)), (1, None)]);
        let by = |outcomes: &[TestOutcome]| {
            let scored = score(&lock, &observed(outcomes)).unwrap();
            (scored.score, scored.capped_by)
        };
        assert_eq!(by(&[Passed, Failed, Passed, Passed]), (60.0, Some("t1".to_owned())));
        assert_eq!(by(&[Passed, Failed, TimedOut, Passed]), (30.0, Some("t2".to_owned())));
        // A cap above what was earned lowers nothing and is not named.
        assert_eq!(by(&[Failed, Failed, Passed, Passed]), (50.0, None));
        assert_eq!(by(&[Passed, Passed, Passed, Failed]), (75.0, None));
        assert_eq!(by(&[Passed, NotRun, Passed, Passed]), (60.0, Some("t1".to_owned())));
    }

    /// Weights that sum to 100 and tests of which each group has one.
    fn any_lock() -> impl Strategy<Value = SuiteLock> {
        prop::collection::vec(1..30u32, 1..5)
            .prop_flat_map(|shares| {
                let groups = shares.len();
                let more = prop::collection::vec((0..groups, prop::option::of(0..100u8)), 0..20);
                (Just(shares), more)
            })
            .prop_map(|(mut weights, more)| {
                let rest: u32 = weights[1..].iter().sum();
                weights[0] = 100 - rest.min(99);
                if rest > 99 {
                    weights = vec![100];
                }
                let groups = weights.len();
                let one_each = (0..groups).map(|group| (group, None));
                let more = more.into_iter().map(|(group, cap)| (group % groups, cap));
                lock(&weights, &one_each.chain(more).collect::<Vec<_>>())
            })
    }

    fn any_outcome() -> impl Strategy<Value = TestOutcome> {
        prop::sample::select(vec![Passed, Passed, Failed, Crashed, TimedOut, OutOfMemory, NotRun])
    }

    fn any_case() -> impl Strategy<Value = (SuiteLock, Vec<TestOutcome>)> {
        any_lock().prop_flat_map(|lock| {
            let count = lock.tests.len();
            (Just(lock), prop::collection::vec(any_outcome(), count))
        })
    }

    proptest! {
        #[test]
        fn a_score_is_within_bounds_and_100_exactly_when_all_passed((lock, outcomes) in any_case()) {
            let scored = score(&lock, &observed(&outcomes)).unwrap();
            prop_assert!((0.0..=100.0).contains(&scored.score));
            prop_assert_eq!(scored.score == 100.0, outcomes.iter().all(|outcome| *outcome == Passed));
            prop_assert_eq!((scored.score * 100.0).round() / 100.0, scored.score);
            prop_assert_eq!(scored.tests.len(), lock.tests.len());
        }

        #[test]
        fn one_more_pass_never_lowers_a_score((lock, outcomes) in any_case(), at in any::<prop::sample::Index>()) {
            let before = score(&lock, &observed(&outcomes)).unwrap().score;
            let mut better = outcomes.clone();
            better[at.index(outcomes.len())] = Passed;
            prop_assert!(score(&lock, &observed(&better)).unwrap().score >= before);
        }

        #[test]
        fn a_failed_critical_test_caps_whatever_else_passed((lock, outcomes) in any_case()) {
            let scored = score(&lock, &observed(&outcomes)).unwrap();
            for (test, outcome) in lock.tests.iter().zip(&outcomes) {
                if let (Some(cap), true) = (test.critical, *outcome != Passed) {
                    prop_assert!(scored.score <= f64::from(cap));
                }
            }
        }

        #[test]
        fn the_order_of_the_sealed_tests_changes_no_score(
            (lock, outcomes) in any_case(),
            keys in prop::collection::vec(any::<u32>(), 25),
        ) {
            let observed = observed(&outcomes);
            let mut shuffled = lock.clone();
            let mut order: Vec<usize> = (0..lock.tests.len()).collect();
            order.sort_by_key(|index| keys[*index % keys.len()]);
            shuffled.tests = order.iter().map(|index| lock.tests[*index].clone()).collect();
            let one = score(&lock, &observed).unwrap();
            let other = score(&shuffled, &observed).unwrap();
            prop_assert_eq!(one.score, other.score);
            prop_assert_eq!(one.groups, other.groups);
        }
    }
}
