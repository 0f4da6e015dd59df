use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Rate, Sample, discrimination::Sums};
use crate::domain::{Observation, TestName, TestOutcome};

/// Observations of one suite, counted.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    n: u64,
    pub(super) scores: Sample,
    pub(super) wall_ms: Sample,
    pub(super) outcomes: BTreeMap<TestOutcome, u64>,
    /// In the order in which they were met, which is the suite's.
    pub(super) tests: Vec<TestTally>,
    pub(super) groups: Vec<GroupTally>,
    places: HashMap<TestName, usize>,
    known: Option<Known>,
}

/// One test.
#[derive(Debug, Clone)]
pub(super) struct TestTally {
    pub(super) name: TestName,
    pub(super) sums: Sums,
    /// Of those that ended by themselves: what a deadline or a crash cut short says when that was.
    pub(super) durations_ms: Sample,
    /// Its group's place.
    group: usize,
}

/// One group.
#[derive(Debug, Clone)]
pub(super) struct GroupTally {
    pub(super) name: String,
    /// Tests in it.
    pub(super) tests: u64,
    /// The share of its tests that each submission passed.
    pub(super) shares: Sample,
    /// Submissions that passed all of them.
    pub(super) whole: u64,
}

/// Where the tests of an observation are counted.
#[derive(Debug, Clone)]
struct Known {
    tests: Arc<[TestName]>,
    places: Arc<[usize]>,
}

impl Tally {
    /// Another submission.
    pub fn add(&mut self, seen: &Observation) {
        let places = self.places(&seen.tests);
        let has_passed = |outcome: &TestOutcome| *outcome == TestOutcome::Passed;
        let total = seen.outcomes.iter().filter(|outcome| has_passed(outcome)).count() as u64;
        let mut groups = vec![(0_u64, 0_u64); self.groups.len()];
        let results = seen.outcomes.iter().zip(&seen.durations_ms);
        for (place, (outcome, duration_ms)) in places.iter().zip(results) {
            let test = &mut self.tests[*place];
            let passed = has_passed(outcome);
            test.sums.add(passed, total - u64::from(passed));
            if matches!(outcome, TestOutcome::Passed | TestOutcome::Failed) {
                test.durations_ms.add(*duration_ms as f64);
            }
            *self.outcomes.entry(*outcome).or_default() += 1;
            let group = &mut groups[test.group];
            *group = (group.0 + u64::from(passed), group.1 + 1);
        }
        for (group, (passed, of)) in self.groups.iter_mut().zip(groups) {
            if of > 0 {
                group.tests = group.tests.max(of);
                group.shares.add(passed as f64 / of as f64);
                group.whole += u64::from(passed == of);
            }
        }
        self.scores.add(seen.score);
        self.wall_ms.add(seen.wall_ms as f64);
        self.n += 1;
    }

    /// Submissions that were counted.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Where these tests are counted; those of the observation before are known.
    fn places(&mut self, tests: &Arc<[TestName]>) -> Arc<[usize]> {
        let same = |known: &&Known| Arc::ptr_eq(&known.tests, tests) || known.tests == *tests;
        if let Some(known) = self.known.as_ref().filter(same) {
            return known.places.clone();
        }
        let places: Arc<[usize]> = tests.iter().map(|name| self.place(name)).collect();
        self.known = Some(Known { tests: tests.clone(), places: places.clone() });
        places
    }

    fn place(&mut self, name: &TestName) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let group = self.groups.iter().position(|group| group.name == name.group);
        let group = group.unwrap_or_else(|| {
            let (name, shares) = (name.group.clone(), Sample::default());
            self.groups.push(GroupTally { name, tests: 0, shares, whole: 0 });
            self.groups.len() - 1
        });
        let place = self.tests.len();
        let (sums, durations_ms) = (Sums::default(), Sample::default());
        self.tests.push(TestTally { name: name.clone(), sums, durations_ms, group });
        self.places.insert(name.clone(), place);
        place
    }
}

impl TestTally {
    pub(super) fn passed(&self) -> Rate {
        Rate::of(self.sums.passed, self.sums.n)
    }
}

impl GroupTally {
    pub(super) fn passed_whole(&self) -> Rate {
        Rate::of(self.whole, self.shares.n())
    }
}
