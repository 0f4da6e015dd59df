//! Tests by candidates: one row a test, one column a candidate, in blocks that fit on paper.

use std::collections::{HashMap, HashSet};

use super::view::TestId;
use crate::{
    domain::TestOutcome,
    render::{entry::Ranked, text, words},
};

/// Most candidates of one table.
const COLUMNS: usize = 40;

/// One table of at most [`COLUMNS`] candidates.
pub(super) struct Block {
    pub(super) first: usize,
    pub(super) last: usize,
    /// The candidates' numbers on the page and names.
    pub(super) columns: Vec<(usize, String)>,
    pub(super) rows: Vec<Row>,
}

/// One test.
pub(super) struct Row {
    pub(super) id: TestId,
    /// The group, where the row is its first.
    pub(super) group: Option<String>,
    /// Class and sign.
    pub(super) cells: Vec<(&'static str, &'static str)>,
    pub(super) passed: usize,
    pub(super) of: usize,
}

/// The tables; candidates without a result for any test are left out.
pub(super) fn blocks(ranking: &[Ranked<'_>]) -> Vec<Block> {
    let tests = tests(ranking);
    let graded: Vec<(usize, &Ranked<'_>)> =
        (1..).zip(ranking).filter(|(_, ranked)| !ranked.entry.report.tests.is_empty()).collect();
    graded.chunks(COLUMNS).map(|chunk| block(chunk, &tests)).collect()
}

/// Ids and groups of all tests, in the order in which they are met, groups together.
fn tests<'a>(ranking: &[Ranked<'a>]) -> Vec<(&'a str, &'a str)> {
    let mut seen = HashSet::new();
    let mut groups: Vec<&str> = Vec::new();
    let mut tests = Vec::new();
    for test in ranking.iter().flat_map(|ranked| &ranked.entry.report.tests) {
        if seen.insert(test.id.as_str()) {
            tests.push((test.group.as_str(), test.id.as_str()));
            if !groups.contains(&test.group.as_str()) {
                groups.push(&test.group);
            }
        }
    }
    tests.sort_by_key(|(group, _)| groups.iter().position(|known| known == group));
    tests
}

fn block(chunk: &[(usize, &Ranked<'_>)], tests: &[(&str, &str)]) -> Block {
    let outcomes: Vec<HashMap<&str, TestOutcome>> = chunk
        .iter()
        .map(|(_, ranked)| {
            let tests = &ranked.entry.report.tests;
            tests.iter().map(|test| (test.id.as_str(), test.outcome)).collect()
        })
        .collect();
    let mut above = None;
    let rows = tests.iter().map(|(group, id)| {
        let results: Vec<Option<TestOutcome>> =
            outcomes.iter().map(|of| of.get(id).copied()).collect();
        let cell = |result: &Option<TestOutcome>| match result {
            Some(outcome) => (outcome.key(), words::sign(*outcome)),
            None => ("none", ""),
        };
        let first = above.replace(*group) != Some(*group);
        Row {
            id: TestId::new(id),
            group: first.then(|| text::line(group)),
            cells: results.iter().map(cell).collect(),
            passed: results.iter().filter(|one| **one == Some(TestOutcome::Passed)).count(),
            of: results.iter().flatten().count(),
        }
    });
    Block {
        first: chunk.first().map_or(0, |(number, _)| *number),
        last: chunk.last().map_or(0, |(number, _)| *number),
        rows: rows.collect(),
        columns: chunk.iter().map(|(number, ranked)| (*number, ranked.entry.name())).collect(),
    }
}
