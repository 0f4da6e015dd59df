use std::collections::BTreeMap;

use serde::Serialize;

use super::plan::Subject;
use crate::domain::{Report, TestOutcome, Verdict};

/// How a group fared over all repeats of one subject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Repeats in which the group lost no test.
    pub whole: u32,
    /// Repeats in which it lost at least one.
    pub lost: u32,
    /// Whether it has to lose one; absent where nobody says, as of a hostile sample.
    pub must_lose: Option<bool>,
}

/// One subject over all repeats.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The subject's name.
    pub subject: String,
    /// What it does.
    pub summary: String,
    /// Repeats that were graded.
    pub repeats: u32,
    /// Those of them in which everything was as it must be.
    pub as_expected: u32,
    /// Lowest and highest score, where there was one.
    pub scores: Option<(f64, f64)>,
    /// What came out, with how often.
    pub verdicts: BTreeMap<Verdict, u32>,
    /// By group name.
    pub groups: BTreeMap<String, Cell>,
    /// Longest wall time, milliseconds.
    pub wall_ms: u64,
    /// What was not as expected, with how often.
    pub mismatches: BTreeMap<String, u32>,
    /// Of gradings that were not as expected: each test of a group that should have been whole, with
    /// what it said when it was first lost.
    pub reasons: BTreeMap<String, String>,
    /// Tests whose outcome differed between repeats, with each outcome's count.
    pub flaky: BTreeMap<String, BTreeMap<TestOutcome, u32>>,
}

/// Everything that verification found.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    /// The challenge's id.
    pub challenge: String,
    /// The groups, in the manifest's order.
    pub groups: Vec<String>,
    /// One row a subject.
    pub rows: Vec<Row>,
    /// Repeats that were asked for and not graded because the run was stopped.
    pub missing: u32,
}

impl Matrix {
    /// Sorts reports by subject. `reports` pairs an index into `subjects` with a result.
    pub fn new(
        challenge: &str,
        groups: Vec<String>,
        subjects: &[Subject],
        reports: &[(usize, Option<Report>)],
    ) -> Self {
        let rows = subjects
            .iter()
            .enumerate()
            .map(|(index, subject)| {
                let of_it: Vec<&Report> = reports
                    .iter()
                    .filter(|(of, _)| *of == index)
                    .filter_map(|(_, report)| report.as_ref())
                    .collect();
                Row::new(subject, &groups, &of_it)
            })
            .collect();
        let missing = reports.iter().filter(|(_, report)| report.is_none()).count();
        Self {
            challenge: challenge.to_owned(),
            groups,
            rows,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
        }
    }

    /// Whether every subject gave what it must, every time.
    pub fn holds(&self) -> bool {
        self.missing == 0 && self.rows.iter().all(|row| row.mismatches.is_empty())
    }
}

impl Row {
    fn new(subject: &Subject, groups: &[String], reports: &[&Report]) -> Self {
        let mut row = Self {
            subject: subject.name.clone(),
            summary: subject.summary.clone(),
            repeats: u32::try_from(reports.len()).unwrap_or(u32::MAX),
            as_expected: 0,
            scores: None,
            verdicts: BTreeMap::new(),
            groups: groups.iter().map(|group| (group.clone(), Cell::default())).collect(),
            wall_ms: 0,
            mismatches: BTreeMap::new(),
            reasons: BTreeMap::new(),
            flaky: BTreeMap::new(),
        };
        if let Some(expected) = subject.expected.as_ref().filter(|expected| !expected.any_groups) {
            for group in &expected.fails {
                row.groups.entry(group.clone()).or_default();
            }
            for (group, cell) in &mut row.groups {
                cell.must_lose = Some(expected.fails.contains(group));
            }
        }
        let mut outcomes: BTreeMap<&str, BTreeMap<TestOutcome, u32>> = BTreeMap::new();
        for report in reports {
            *row.verdicts.entry(report.verdict).or_default() += 1;
            row.wall_ms = row.wall_ms.max(report.resources.wall_ms);
            if let Some(score) = report.score {
                let (low, high) = row.scores.unwrap_or((score, score));
                row.scores = Some((low.min(score), high.max(score)));
            }
            for group in &report.groups {
                let cell = row.groups.entry(group.name.clone()).or_default();
                *(if group.passed == group.total { &mut cell.whole } else { &mut cell.lost }) += 1;
            }
            for test in &report.tests {
                *outcomes.entry(&test.id).or_default().entry(test.outcome).or_default() += 1;
            }
            let mismatches = subject.mismatches(report);
            row.as_expected += u32::from(mismatches.is_empty());
            if !mismatches.is_empty() {
                for test in report.tests.iter().filter(|test| test.outcome != TestOutcome::Passed) {
                    if row.groups.get(&test.group).is_none_or(|cell| cell.must_lose != Some(true)) {
                        row.reasons.entry(test.id.clone()).or_insert_with(|| test.message.clone());
                    }
                }
            }
            for mismatch in mismatches {
                *row.mismatches.entry(mismatch).or_default() += 1;
            }
        }
        // What a wrong solution breaks may break in more than one way; a right one must not waver.
        if subject.kind.is_right() {
            row.flaky = outcomes
                .into_iter()
                .filter(|(_, seen)| seen.len() > 1)
                .map(|(id, seen)| (id.to_owned(), seen))
                .collect();
        }
        row
    }
}
