use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Canary, LOCK_SCHEMA, LockedGroup, LockedTest, Manifest, Suite, SuiteLock};

/// A test as the judge's pytest collected it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectedTest {
    /// The node id that pytest gives it.
    pub id: String,
    /// The group of its marker.
    pub group: Option<String>,
    /// The set of tests that run in one go.
    pub unit: String,
    /// The cap that its failure puts on the whole score, per cent.
    pub critical: Option<u8>,
}

/// The tests cannot be sealed: the author has to repair the suite or the manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There is nothing to seal.
    #[error("no test was collected; put pytest files into tests/hidden")]
    NoTests,
    /// Tests without a group marker.
    #[error("tests without a group: {}; mark them with pytest.mark.group(NAME)", some(.0))]
    WithoutGroup(Vec<String>),
    /// A test's group is not in the manifest.
    #[error("test {test} is in group {group:?}, but the groups are {}", .known.join(", "))]
    UnknownGroup {
        /// Which test.
        test: String,
        /// What its marker says.
        group: String,
        /// The manifest's groups.
        known: Vec<String>,
    },
    /// Groups that no test can earn.
    #[error("groups without a test: {}", .0.join(", "))]
    EmptyGroups(Vec<String>),
    /// Two tests of one id: one of them would hide the other.
    #[error("test {0} is there twice")]
    DuplicateTest(String),
    /// Two groups of one name.
    #[error("group {0} is there twice")]
    DuplicateGroup(String),
    /// A group's share is not a share of 100.
    #[error("the weights sum to {0}; they must sum to 100")]
    Weights(u64),
    /// A cap that caps nothing.
    #[error("test {test} has a cap of {cap}; write one from 0 to 99")]
    Cap {
        /// Which test.
        test: String,
        /// What its marker says.
        cap: u8,
    },
}

impl SuiteLock {
    /// Seals the collected tests of a suite, marked with `canary`.
    ///
    /// # Errors
    /// No test at all, a test without exactly one group of the manifest, a group without a test,
    /// an id that is there twice, a cap that caps nothing.
    pub fn seal(
        manifest: &Manifest,
        suite: &Suite,
        collected: &[CollectedTest],
        canary: Canary,
    ) -> Result<Self, SealError> {
        let without_group: Vec<String> = collected
            .iter()
            .filter(|test| test.group.is_none())
            .map(|test| test.id.clone())
            .collect();
        if !without_group.is_empty() {
            return Err(SealError::WithoutGroup(without_group));
        }
        let mut lock = Self {
            schema: LOCK_SCHEMA,
            challenge: manifest.id.clone(),
            suite_sha256: suite.sha256,
            canary,
            groups: locked_groups(manifest),
            tests: collected
                .iter()
                .map(|test| LockedTest {
                    id: test.id.clone(),
                    group: test.group.clone().unwrap_or_default(),
                    critical: test.critical,
                })
                .collect(),
        };
        lock.consistent()?;
        let place =
            |test: &LockedTest| lock.groups.iter().position(|group| group.name == test.group);
        lock.tests.sort_by_cached_key(|test| (place(test), test.id.clone()));
        Ok(lock)
    }

    /// What every lock keeps, sealed a moment ago or read from a file.
    pub(super) fn consistent(&self) -> Result<(), SealError> {
        if self.tests.is_empty() {
            return Err(SealError::NoTests);
        }
        let mut groups = BTreeSet::new();
        for group in &self.groups {
            if !groups.insert(group.name.as_str()) {
                return Err(SealError::DuplicateGroup(group.name.clone()));
            }
        }
        let weights = self.groups.iter().map(|group| u64::from(group.weight)).sum();
        if weights != 100 {
            return Err(SealError::Weights(weights));
        }
        let mut ids = BTreeSet::new();
        for test in &self.tests {
            if !groups.contains(test.group.as_str()) {
                return Err(SealError::UnknownGroup {
                    test: test.id.clone(),
                    group: test.group.clone(),
                    known: self.groups.iter().map(|group| group.name.clone()).collect(),
                });
            }
            if !ids.insert(test.id.as_str()) {
                return Err(SealError::DuplicateTest(test.id.clone()));
            }
            if let Some(cap) = test.critical.filter(|cap| *cap >= 100) {
                return Err(SealError::Cap { test: test.id.clone(), cap });
            }
        }
        let empty: Vec<String> = self
            .groups
            .iter()
            .filter(|group| !self.tests.iter().any(|test| test.group == group.name))
            .map(|group| group.name.clone())
            .collect();
        if !empty.is_empty() {
            return Err(SealError::EmptyGroups(empty));
        }
        Ok(())
    }
}

/// The manifest's groups as a lock has them.
pub(super) fn locked_groups(manifest: &Manifest) -> Vec<LockedGroup> {
    manifest
        .groups
        .iter()
        .map(|group| LockedGroup { name: group.name.clone(), weight: group.weight })
        .collect()
}

/// At most five of them, and how many more there are.
pub(super) fn some(items: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} (and {more} more)"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CollectedTest, SealError, SuiteLock};
    use crate::challenge::testing::{canary, collected, manifest, suite};

    fn seal(tests: &[CollectedTest]) -> Result<SuiteLock, SealError> {
        SuiteLock::seal(&manifest(&[("a", 60), ("b", 40)]), &suite("x"), tests, canary())
    }

    #[test]
    fn a_lock_lists_every_test_by_group_and_id_whatever_order_they_came_in() {
        let tests = [
            collected("t2", Some("b"), None),
            collected("t3", Some("a"), Some(60)),
            collected("t1", Some("a"), None),
        ];
        let lock = seal(&tests).unwrap();
        let ids: Vec<&str> = lock.tests.iter().map(|test| test.id.as_str()).collect();
        assert_eq!(ids, ["t1", "t3", "t2"]);
        assert_eq!(lock.tests[1].critical, Some(60));
        assert_eq!(lock.suite_sha256, suite("x").sha256);
        let mut reversed = tests;
        reversed.reverse();
        assert_eq!(seal(&reversed).unwrap(), lock);
    }

    #[test]
    fn what_could_not_be_scored_is_not_sealed() {
        let a = collected("t1", Some("a"), None);
        let b = collected("t2", Some("b"), None);
        assert_eq!(seal(&[]), Err(SealError::NoTests));
        assert_eq!(
            seal(&[a.clone(), b.clone(), collected("t3", None, None)]),
            Err(SealError::WithoutGroup(vec!["t3".to_owned()]))
        );
        assert!(matches!(
            seal(&[a.clone(), b.clone(), collected("t3", Some("c"), None)]),
            Err(SealError::UnknownGroup { test, .. }) if test == "t3"
        ));
        assert_eq!(
            seal(std::slice::from_ref(&a)),
            Err(SealError::EmptyGroups(vec!["b".to_owned()]))
        );
        assert_eq!(
            seal(&[a.clone(), b.clone(), collected("t1", Some("b"), None)]),
            Err(SealError::DuplicateTest("t1".to_owned()))
        );
        assert_eq!(
            seal(&[a, b, collected("t3", Some("a"), Some(100))]),
            Err(SealError::Cap { test: "t3".to_owned(), cap: 100 })
        );
    }

    #[test]
    fn a_long_list_of_tests_is_cut() {
        let tests: Vec<_> =
            (0..7).map(|index| collected(&format!("t{index}"), None, None)).collect();
        assert_eq!(
            seal(&tests).unwrap_err().to_string(),
            "tests without a group: t0, t1, t2, t3, t4 (and 2 more); \
             mark them with pytest.mark.group(NAME)"
        );
    }
}
