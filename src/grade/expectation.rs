//! Whether a sample was graded as its `expected.toml` says.

use std::fmt;

use crate::{
    challenge::Expected,
    domain::{Report, TestOutcome, Verdict},
};

/// Most tests that a message names.
const SHOWN_TESTS: usize = 5;

/// One way in which a report is not what the sample's author expected.
#[derive(Debug, Clone, PartialEq)]
pub enum Mismatch {
    /// Another verdict.
    Verdict {
        /// What should have come out.
        expected: Verdict,
        /// What came out.
        found: Verdict,
        /// The fault's message, when there is one.
        because: Option<String>,
    },
    /// A group should have lost a test and lost none.
    GroupPassed {
        /// Which group.
        group: String,
    },
    /// A group lost tests and should not have.
    GroupFailed {
        /// Which group.
        group: String,
        /// The tests that it lost.
        tests: Vec<String>,
    },
    /// The score is above the sample's limit.
    ScoreAbove {
        /// The most it may be.
        at_most: f64,
        /// What it is.
        found: f64,
    },
}

/// Every way in which `report` differs from `expected`; empty when it is as it should be.
///
/// Groups and the score are looked at only where both are of a graded submission.
pub fn compare(expected: &Expected, report: &Report) -> Vec<Mismatch> {
    if report.verdict != expected.verdict {
        return vec![Mismatch::Verdict {
            expected: expected.verdict,
            found: report.verdict,
            because: report.fault.as_ref().map(|fault| fault.message.clone()),
        }];
    }
    if expected.verdict != Verdict::Graded {
        return Vec::new();
    }
    let mut mismatches = Vec::new();
    for group in report.groups.iter().filter(|_| !expected.any_groups) {
        let lost = group.passed < group.total;
        match (expected.fails.contains(&group.name), lost) {
            (true, false) => mismatches.push(Mismatch::GroupPassed { group: group.name.clone() }),
            (false, true) => mismatches.push(Mismatch::GroupFailed {
                group: group.name.clone(),
                tests: lost_tests(report, &group.name),
            }),
            (true, true) | (false, false) => {}
        }
    }
    // A group that the report does not have cannot have lost anything.
    for name in &expected.fails {
        if !report.groups.iter().any(|group| group.name == *name) {
            mismatches.push(Mismatch::GroupPassed { group: name.clone() });
        }
    }
    if let (Some(at_most), Some(found)) = (expected.score_at_most, report.score)
        && found > at_most
    {
        mismatches.push(Mismatch::ScoreAbove { at_most, found });
    }
    mismatches
}

fn lost_tests(report: &Report, group: &str) -> Vec<String> {
    report
        .tests
        .iter()
        .filter(|test| test.group == group && test.outcome != TestOutcome::Passed)
        .map(|test| test.id.clone())
        .collect()
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verdict { expected, found, because } => {
                write!(f, "the verdict is {}, expected {}", word(*found), word(*expected))?;
                match because {
                    Some(message) => write!(f, ": {message}"),
                    None => Ok(()),
                }
            }
            Self::GroupPassed { group } => {
                write!(f, "group {group} lost no test, expected to lose at least one")
            }
            Self::GroupFailed { group, tests } => {
                let shown = tests.iter().take(SHOWN_TESTS).cloned().collect::<Vec<_>>();
                write!(f, "group {group} lost {}, expected to lose none", shown.join(", "))?;
                match tests.len().saturating_sub(SHOWN_TESTS) {
                    0 => Ok(()),
                    more => write!(f, " (and {more} more)"),
                }
            }
            Self::ScoreAbove { at_most, found } => {
                write!(f, "the score is {found}, expected at most {at_most}")
            }
        }
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Graded => "graded",
        Verdict::CandidateFault => "candidate_fault",
        Verdict::AuthorFault => "author_fault",
        Verdict::InfraFault => "infra_fault",
    }
}

#[cfg(test)]
mod tests {
    use super::{Mismatch, compare};
    use crate::{
        challenge::Expected,
        domain::{
            Fault, GroupScore, Provenance, REPORT_SCHEMA, Report, Resources, TestOutcome,
            TestReport, Verdict,
        },
    };

    fn expected(fails: &[&str], score_at_most: Option<f64>) -> Expected {
        Expected {
            summary: "a sample".to_owned(),
            verdict: Verdict::Graded,
            fails: fails.iter().map(|name| (*name).to_owned()).collect(),
            any_groups: false,
            score_at_most,
        }
    }

    /// A graded report of groups `a` and `b`, two tests each, with these passes.
    fn report(passes: [u32; 2], score: f64) -> Report {
        let names = ["a", "b"];
        Report {
            schema: REPORT_SCHEMA,
            grading_id: "g".to_owned(),
            challenge: "c1".to_owned(),
            submission: "s".to_owned(),
            verdict: Verdict::Graded,
            score: Some(score),
            capped_by: None,
            groups: names
                .iter()
                .zip(passes)
                .map(|(name, passed)| GroupScore {
                    name: (*name).to_owned(),
                    weight: 50,
                    passed,
                    total: 2,
                })
                .collect(),
            tests: names
                .iter()
                .zip(passes)
                .flat_map(|(name, passed)| {
                    (0..2).map(move |index| TestReport {
                        id: format!("{name}{index}"),
                        group: (*name).to_owned(),
                        outcome: if index < passed {
                            TestOutcome::Passed
                        } else {
                            TestOutcome::Failed
                        },
                        duration_ms: 1,
                        message: String::new(),
                    })
                })
                .collect(),
            resources: Resources::default(),
            timing: None,
            provenance: Provenance {
                submission_sha256: None,
                suite_sha256: None,
                image_digest: None,
                seed: 1,
                takehome_version: "0".to_owned(),
                engine: None,
                limits: None,
            },
            integrity: Vec::new(),
            fault: None,
        }
    }

    #[test]
    fn exactly_the_named_groups_lose_tests() {
        assert_eq!(compare(&expected(&[], None), &report([2, 2], 100.0)), []);
        assert_eq!(compare(&expected(&["a"], None), &report([1, 2], 75.0)), []);
        assert_eq!(
            compare(&expected(&["a"], None), &report([2, 0], 50.0)),
            [
                Mismatch::GroupPassed { group: "a".to_owned() },
                Mismatch::GroupFailed {
                    group: "b".to_owned(),
                    tests: vec!["b0".to_owned(), "b1".to_owned()]
                },
            ]
        );
    }

    #[test]
    fn a_hostile_sample_stays_below_its_limit() {
        let limited = expected(&["a"], Some(40.0));
        assert_eq!(compare(&limited, &report([0, 2], 40.0)), []);
        assert_eq!(
            compare(&limited, &report([0, 2], 40.01)),
            [Mismatch::ScoreAbove { at_most: 40.0, found: 40.01 }]
        );
    }

    #[test]
    fn another_verdict_is_the_only_mismatch_and_says_why() {
        let mut report = report([0, 0], 0.0);
        report.verdict = Verdict::CandidateFault;
        report.fault = Some(Fault {
            code: "does_not_import".to_owned(),
            message: "module courier does not import".to_owned(),
            remedy: "run the visible tests".to_owned(),
        });
        let mismatches = compare(&expected(&["a"], None), &report);
        assert_eq!(
            mismatches.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["the verdict is candidate_fault, expected graded: module courier does not import"]
        );
        let mut fault_expected = expected(&[], None);
        fault_expected.verdict = Verdict::CandidateFault;
        assert_eq!(compare(&fault_expected, &report), []);
    }

    #[test]
    fn a_group_that_is_not_in_the_report_lost_nothing() {
        assert_eq!(
            compare(&expected(&["gone"], None), &report([2, 2], 100.0)),
            [Mismatch::GroupPassed { group: "gone".to_owned() }]
        );
    }

    #[test]
    fn a_long_list_of_tests_is_cut() {
        let tests = (0..7).map(|index| format!("t{index}")).collect();
        let mismatch = Mismatch::GroupFailed { group: "a".to_owned(), tests };
        assert_eq!(
            mismatch.to_string(),
            "group a lost t0, t1, t2, t3, t4, expected to lose none (and 2 more)"
        );
    }

    #[test]
    fn a_sample_that_leaves_its_groups_open_is_bound_by_its_score_alone() {
        let open = Expected { any_groups: true, ..expected(&[], Some(40.0)) };
        assert_eq!(compare(&open, &report([0, 1], 25.0)), []);
        assert!(matches!(
            compare(&open, &report([2, 0], 50.0)).as_slice(),
            [Mismatch::ScoreAbove { .. }]
        ));
    }
}
