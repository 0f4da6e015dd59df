use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    ChallengeId, CollectedTest, LockedGroup, Manifest, Suite, SuiteLock,
    seal::{locked_groups, some},
};
use crate::domain::Digest;

/// What is there is not what was sealed: an author fault, and no score is given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "suite.lock does not fit: {}; run `takehome challenge verify {challenge} --seal`",
    .differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
)]
pub struct LockMismatch {
    /// The challenge that is to be sealed anew.
    pub challenge: ChallengeId,
    /// What differs; never empty.
    pub differences: Vec<Difference>,
}

/// One way in which a challenge is not what was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The lock is another challenge's.
    Challenge(ChallengeId),
    /// The hidden suite's bytes.
    Suite {
        /// The digest in the lock.
        sealed: Digest,
        /// The digest of the files.
        found: Digest,
    },
    /// The groups or their weights.
    Groups {
        /// Those in the lock.
        sealed: Vec<LockedGroup>,
        /// Those in the manifest.
        found: Vec<LockedGroup>,
    },
    /// Sealed tests that were not collected.
    Missing(Vec<String>),
    /// Collected tests that are not sealed.
    Extra(Vec<String>),
    /// Tests that were collected more than once.
    Duplicate(Vec<String>),
    /// Tests whose group or cap is not the sealed one.
    Changed(Vec<String>),
}

impl SuiteLock {
    /// Whether the lock belongs to this manifest and suite.
    ///
    /// # Errors
    /// The suite's bytes, the groups or their weights have changed since the sealing.
    pub fn check(&self, manifest: &Manifest, suite: &Suite) -> Result<(), LockMismatch> {
        let mut differences = Vec::new();
        if self.challenge != manifest.id {
            differences.push(Difference::Challenge(self.challenge.clone()));
        }
        if self.suite_sha256 != suite.sha256 {
            let (sealed, found) = (self.suite_sha256, suite.sha256);
            differences.push(Difference::Suite { sealed, found });
        }
        let groups = locked_groups(manifest);
        if self.groups != groups {
            let sealed = self.groups.clone();
            differences.push(Difference::Groups { sealed, found: groups });
        }
        mismatch(&manifest.id, differences)
    }

    /// Whether exactly the sealed tests were collected.
    ///
    /// # Errors
    /// Missing, extra or duplicate tests, or one with another group or cap than the sealed one.
    pub fn check_collected(&self, collected: &[CollectedTest]) -> Result<(), LockMismatch> {
        let sealed: BTreeMap<&str, _> =
            self.tests.iter().map(|test| (test.id.as_str(), test)).collect();
        let mut seen = BTreeSet::new();
        let (mut extra, mut duplicate, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for test in collected {
            if !seen.insert(test.id.as_str()) {
                duplicate.push(test.id.clone());
                continue;
            }
            match sealed.get(test.id.as_str()) {
                None => extra.push(test.id.clone()),
                Some(locked) => {
                    let same_group = test.group.as_deref() == Some(locked.group.as_str());
                    if !same_group || test.critical != locked.critical {
                        changed.push(test.id.clone());
                    }
                }
            }
        }
        let missing: Vec<String> = self
            .tests
            .iter()
            .filter(|test| !seen.contains(test.id.as_str()))
            .map(|test| test.id.clone())
            .collect();
        let differences = [
            (missing, Difference::Missing as fn(_) -> _),
            (extra, Difference::Extra),
            (duplicate, Difference::Duplicate),
            (changed, Difference::Changed),
        ];
        mismatch(
            &self.challenge,
            differences
                .into_iter()
                .filter(|(tests, _)| !tests.is_empty())
                .map(|(tests, difference)| difference(tests))
                .collect(),
        )
    }
}

fn mismatch(challenge: &ChallengeId, differences: Vec<Difference>) -> Result<(), LockMismatch> {
    if differences.is_empty() {
        return Ok(());
    }
    Err(LockMismatch { challenge: challenge.clone(), differences })
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(sealed) => write!(f, "it seals challenge {sealed}"),
            Self::Suite { sealed, found } => write!(
                f,
                "tests/hidden has changed (sealed {}, found {})",
                sealed.short(12),
                found.short(12)
            ),
            Self::Groups { sealed, found } => write!(
                f,
                "the groups have changed (sealed {}; found {})",
                weights(sealed),
                weights(found)
            ),
            Self::Missing(tests) => write!(f, "not collected: {}", some(tests)),
            Self::Extra(tests) => write!(f, "not sealed: {}", some(tests)),
            Self::Duplicate(tests) => write!(f, "collected twice: {}", some(tests)),
            Self::Changed(tests) => write!(f, "with another group or cap: {}", some(tests)),
        }
    }
}

fn weights(groups: &[LockedGroup]) -> String {
    groups
        .iter()
        .map(|group| format!("{} {}", group.name, group.weight))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use crate::challenge::{
        SuiteLock,
        testing::{canary, collected, manifest, suite},
    };

    const GROUPS: [(&str, u32); 2] = [("a", 60), ("b", 40)];

    fn lock() -> SuiteLock {
        let tests = [collected("t1", Some("a"), Some(60)), collected("t2", Some("b"), None)];
        SuiteLock::seal(&manifest(&GROUPS), &suite("x"), &tests, canary()).unwrap()
    }

    #[test]
    fn what_was_sealed_fits() {
        assert_eq!(lock().check(&manifest(&GROUPS), &suite("x")), Ok(()));
        let tests = [collected("t2", Some("b"), None), collected("t1", Some("a"), Some(60))];
        assert_eq!(lock().check_collected(&tests), Ok(()));
    }

    #[test]
    fn a_changed_suite_or_weight_does_not_fit() {
        let other_suite = lock().check(&manifest(&GROUPS), &suite("y")).unwrap_err();
        insta::assert_snapshot!(other_suite, @"suite.lock does not fit: tests/hidden has changed (sealed 2d711642b726, found a1fce4363854); run `takehome challenge verify some-challenge --seal`");
        let other_weights = lock().check(&manifest(&[("a", 50), ("b", 50)]), &suite("x"));
        insta::assert_snapshot!(other_weights.unwrap_err(), @"suite.lock does not fit: the groups have changed (sealed a 60, b 40; found a 50, b 50); run `takehome challenge verify some-challenge --seal`");
        let mut of_another = lock();
        of_another.challenge = "another".parse().unwrap();
        let of_another = of_another.check(&manifest(&GROUPS), &suite("x")).unwrap_err();
        assert!(of_another.to_string().contains("it seals challenge another"));
    }

    #[test]
    fn tests_that_come_go_or_change_do_not_fit() {
        let mismatch = |tests: &[_]| lock().check_collected(tests).unwrap_err().to_string();
        insta::assert_snapshot!(
            mismatch(&[
                collected("t1", Some("b"), Some(60)),
                collected("t3", Some("a"), None),
                collected("t3", Some("a"), None),
            ]),
            @"suite.lock does not fit: not collected: t2; not sealed: t3; collected twice: t3; with another group or cap: t1; run `takehome challenge verify some-challenge --seal`"
        );
        let without_cap = [collected("t1", Some("a"), None), collected("t2", Some("b"), None)];
        assert!(mismatch(&without_cap).contains("with another group or cap: t1"));
        let without_group = [collected("t1", None, Some(60)), collected("t2", Some("b"), None)];
        assert!(mismatch(&without_group).contains("with another group or cap: t1"));
        assert!(mismatch(&[]).contains("not collected: t1, t2"));
    }
}
