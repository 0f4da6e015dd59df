//! What observations amount to, by hand-made ones: which figures are shown, from how many on, and that chance
//! is not taken for a change.

use std::sync::Arc;

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use takehome::{
    domain::{
        Digest, IntegrityKind, Observation, Occurrences, TestName,
        TestOutcome::{self, Crashed, Failed, NotRun, Passed, TimedOut},
        Verdict,
    },
    stats::{
        About, DISCRIMINATION_FROM, DRIFT_FROM, Drift, NoDrift, Remark, STATISTICS_SCHEMA,
        Statistics, Tally, What, WhyNot, drift,
    },
};

/// Tests `t0`, `t1` and so on; the first half of them is the group `first`, the rest `second`.
fn suite(tests: usize) -> Arc<[TestName]> {
    let group = |index: usize| if index < tests / 2 { "first" } else { "second" };
    (0..tests)
        .map(|index| TestName { id: format!("t{index}"), group: group(index).into() })
        .collect()
}

fn seen(tests: &Arc<[TestName]>, outcomes: &[TestOutcome]) -> Observation {
    let passed = outcomes.iter().filter(|outcome| **outcome == Passed).count();
    Observation {
        tests: tests.clone(),
        outcomes: outcomes.to_vec(),
        durations_ms: (0..outcomes.len() as u64).map(|index| 10 * index).collect(),
        score: 100.0 * passed as f64 / outcomes.len() as f64,
        wall_ms: 1000,
    }
}

fn tally(of: impl IntoIterator<Item = Observation>) -> Tally {
    let mut tally = Tally::default();
    of.into_iter().for_each(|seen| tally.add(&seen));
    tally
}

fn about() -> About {
    About {
        challenge: "tiny".into(),
        suite_sha256: Digest::of(b"suite"),
        batch: None,
        other_suites: Vec::new(),
    }
}

fn summed(occurrences: &Occurrences, tally: &Tally) -> Statistics {
    let none = Err(NoDrift::TooFewBatches { least: DRIFT_FROM });
    Statistics::new(about(), occurrences, tally, none)
}

#[test]
fn each_figure_is_what_the_outcomes_say_with_its_number_of_observations() {
    let tests = suite(4);
    let rows = [
        [Passed, Passed, Passed, Failed],
        [Passed, Failed, Crashed, Failed],
        [Passed, Passed, TimedOut, NotRun],
        [Passed, Passed, Passed, Passed],
    ];
    let tally = tally(rows.iter().map(|row| seen(&tests, row)));
    let occurrences = Occurrences {
        submissions: 7,
        candidate_faults: 1,
        verdicts: vec![
            (Verdict::Graded, 5),
            (Verdict::CandidateFault, 2),
            (Verdict::InfraFault, 3),
        ],
        faults: vec![(Verdict::InfraFault, "disk_full".into(), 3)],
        integrity: vec![(IntegrityKind::OutputCapped, 2)],
    };
    let found = summed(&occurrences, &tally);
    assert_eq!(found.schema, STATISTICS_SCHEMA);
    assert_eq!((found.gradings, found.submissions), (10, 7));
    assert_eq!((found.graded, found.candidate_faults, found.without_result), (4, 1, 2));
    // Faults are no observations: every test was seen four times.
    let passed: Vec<(u64, u64)> =
        found.tests.iter().map(|test| (test.difficulty.count, test.difficulty.n)).collect();
    assert_eq!(passed, [(4, 4), (3, 4), (2, 4), (1, 4)]);
    assert_eq!(found.tests[1].difficulty.share, Some(0.75));
    // What a crash or a deadline cut short, or what never ran, has no time.
    let timed: Vec<u64> = found.tests.iter().map(|test| test.duration_ms.n).collect();
    assert_eq!(timed, [4, 4, 2, 3]);
    let groups: Vec<_> = found
        .groups
        .iter()
        .map(|group| {
            (group.name.as_str(), group.tests, group.mean_share.value, group.passed_whole.count)
        })
        .collect();
    assert_eq!(groups, [("first", 2, Some(0.875), 3), ("second", 2, Some(0.375), 1)]);
    let outcomes: Vec<_> =
        found.outcomes.iter().map(|one| (one.kind, one.rate.count, one.rate.n)).collect();
    assert_eq!(
        outcomes,
        [(Passed, 10, 16), (Failed, 3, 16), (Crashed, 1, 16), (TimedOut, 1, 16), (NotRun, 1, 16)]
    );
    let together = [found.outcomes[0].rate, found.verdicts[0].rate, found.faults[0].rate];
    assert!(together.iter().all(|rate| rate.share.is_some() && rate.interval.is_none()));
    assert!(found.integrity[0].rate.interval.is_some());
    assert_eq!((found.verdicts[2].rate.count, found.verdicts[2].rate.n), (3, 10));
    assert_eq!((found.faults[0].rate.count, found.faults[0].rate.n), (3, 10));
    assert_eq!((found.integrity[0].rate.count, found.integrity[0].rate.n), (2, 5));
    assert_eq!((found.score.mean.value, found.score.mean.n), (Some(62.5), 4));
    assert_eq!(found.score.bins, [0, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
    assert_eq!(found.wall_ms.why_not, Some(WhyNot::TooFew { least: 8 }));
}

#[test]
fn nothing_is_nothing_and_not_a_division_by_it() {
    let found = summed(&Occurrences::default(), &Tally::default());
    assert_eq!((found.gradings, found.graded, found.tests.len()), (0, 0, 0));
    assert_eq!(found.score.mean.why_not, Some(WhyNot::TooFew { least: 1 }));
    let json = serde_json::to_string(&found).expect("JSON");
    assert!(!json.contains("NaN") && !json.contains("Infinity"), "{json}");
}

#[test]
fn what_everybody_passes_or_nobody_does_is_remarked_from_eight_on() {
    let tests = suite(2);
    let of = |n: usize| {
        let tally = tally((0..n).map(|_| seen(&tests, &[Passed, TimedOut])));
        let found = summed(&Occurrences::default(), &tally);
        [found.tests[0].remark, found.tests[1].remark]
    };
    assert_eq!(of(7), [None, None]);
    assert_eq!(of(8), [Some(Remark::EverybodyPasses), Some(Remark::NobodyPasses)]);
}

/// A submission that passes each test with a chance that its skill, 0 to 1, and the test decide.
fn drawn(
    rng: &mut StdRng,
    tests: &Arc<[TestName]>,
    chance: impl Fn(usize, f64) -> f64,
) -> Observation {
    let skill = rng.random::<f64>();
    let outcome = |test| if rng.random_bool(chance(test, skill)) { Passed } else { Failed };
    let outcomes: Vec<TestOutcome> = (0..tests.len()).map(outcome).collect();
    seen(tests, &outcomes)
}

#[test]
fn a_test_that_the_able_pass_discriminates_and_one_that_they_fail_is_below_nought() {
    let (tests, mut rng) = (suite(10), StdRng::seed_from_u64(5));
    let chance = |test: usize, skill: f64| match test {
        0 => 1.0 - skill,
        1 => 0.5,
        _ => skill,
    };
    let tally = tally((0..200).map(|_| drawn(&mut rng, &tests, chance)));
    let found = summed(&Occurrences::default(), &tally);
    let values: Vec<f64> =
        found.tests.iter().map(|test| test.discrimination.value.expect("a figure")).collect();
    assert!(values[0] < -0.3, "{values:?}");
    assert!(values[1].abs() < 0.2, "{values:?}");
    assert!(values[2..].iter().all(|value| *value > 0.3), "{values:?}");
}

#[test]
fn discrimination_is_shown_from_thirty_on() {
    let tests = suite(6);
    let of = |n: u64| {
        let mut rng = StdRng::seed_from_u64(2);
        let tally = tally((0..n).map(|_| drawn(&mut rng, &tests, |_, skill| 0.2 + 0.6 * skill)));
        summed(&Occurrences::default(), &tally).tests[2].discrimination
    };
    let few = of(DISCRIMINATION_FROM - 1);
    assert_eq!((few.n, few.value), (29, None));
    assert_eq!(few.why_not, Some(WhyNot::TooFew { least: 30 }));
    assert!(of(DISCRIMINATION_FROM).value.is_some());
}

/// Two batches of this many, in the later of which the test at 0 has another chance.
fn batches(rng: &mut StdRng, n: usize, tests: usize, later: f64) -> Result<Drift, NoDrift> {
    let tests = suite(tests);
    let chance = |test: usize, skill: f64| 0.9 - 0.6 * (test % 5) as f64 / 5.0 * (1.0 - skill);
    let before = tally((0..n).map(|_| drawn(rng, &tests, chance)));
    let changed = |test: usize, skill: f64| if test == 0 { later } else { chance(test, skill) };
    let after = tally((0..n).map(|_| drawn(rng, &tests, changed)));
    drift((3, &before), (7, &after))
}

#[test]
fn a_change_is_found_and_named() {
    let found = batches(&mut StdRng::seed_from_u64(1), 40, 30, 0.2).expect("compared");
    assert_eq!((found.earlier, found.later, found.compared), (3, 7, 32));
    let different: Vec<(What, &str)> = found
        .changes
        .iter()
        .filter(|change| change.differs)
        .map(|change| (change.what, change.name.as_str()))
        .collect();
    assert_eq!(different, [(What::Test, "t0")]);
    let change = found.changes.iter().find(|change| change.name == "t0").expect("it is there");
    let [low, high] = change.difference.interval;
    assert!(high < 0.0 && low < change.difference.value, "{change:?}");
    assert!(change.p < change.p_holm && change.p_holm <= found.level, "{change:?}");
}

#[test]
fn chance_is_rarely_taken_for_a_change_however_much_is_compared() {
    let mut rng = StdRng::seed_from_u64(11);
    let (mut alarms, mut uncorrected) = (0, 0);
    for _ in 0..300 {
        let found = batches(&mut rng, 20, 40, 0.9).expect("compared");
        alarms += usize::from(found.changes.iter().any(|change| change.differs));
        uncorrected += usize::from(found.changes.iter().any(|change| change.p <= found.level));
    }
    // The level is 5 %: 15 of 300.
    assert!(alarms <= 15, "{alarms} of 300 pairs of equal batches");
    assert!(uncorrected > 60, "without Holm it would have been {uncorrected}");
}

#[test]
fn batches_are_compared_from_eight_on() {
    let mut rng = StdRng::seed_from_u64(3);
    let few = batches(&mut rng, DRIFT_FROM as usize - 1, 4, 0.5);
    assert_eq!(few, Err(NoDrift::TooFewBatches { least: 8 }));
    assert!(batches(&mut rng, DRIFT_FROM as usize, 4, 0.5).is_ok());
    let tests = suite(4);
    let before = tally((0..8).map(|_| seen(&tests, &[Passed; 4])));
    let after = tally((0..3).map(|_| seen(&tests, &[Passed; 4])));
    let few = drift((3, &before), (7, &after)).expect_err("too few are new");
    assert_eq!(few, NoDrift::TooFewNew { earlier: 3, later: 7, n: 3, least: 8 });
    assert!(few.to_string().contains("batch 7 has 3 graded candidates who were not in batch 3"));
}

#[test]
fn a_test_that_only_some_have_is_counted_for_those() {
    let (both, one) = (suite(2), suite(2).iter().take(1).cloned().collect::<Arc<[TestName]>>());
    let tally = tally([
        seen(&both, &[Passed, Failed]),
        seen(&one, &[Passed]),
        seen(&both, &[Failed, Passed]),
    ]);
    let found = summed(&Occurrences::default(), &tally);
    let passed: Vec<(u64, u64)> =
        found.tests.iter().map(|test| (test.difficulty.count, test.difficulty.n)).collect();
    assert_eq!(passed, [(2, 3), (1, 2)]);
}
