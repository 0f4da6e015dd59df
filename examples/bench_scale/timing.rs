//! How long the store takes to answer.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;
use takehome::{
    challenge::Challenge,
    store::{BatchId, SqliteStore, Store as _},
    surveys::statistics,
};

use crate::records::{self, Filled};

/// Statistics take seconds, so a few will do.
const MOST_STATISTICS: usize = 3;

/// Milliseconds, in few figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// The middle one.
    pub median_ms: f64,
    /// One of twenty is above it (nearest rank).
    pub p95_ms: f64,
    /// The highest.
    pub most_ms: f64,
    /// How many there were.
    pub count: usize,
}

impl Spread {
    /// `None` of nothing.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let middle = values.get(count / 2)?;
        let median_ms = match count % 2 {
            0 => f64::midpoint(values[count / 2 - 1], *middle),
            _ => *middle,
        };
        let rank = (count * 95).div_ceil(100);
        Some(Self { median_ms, p95_ms: values[rank - 1], most_ms: values[count - 1], count })
    }
}

/// One thing that was asked of the store.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timed {
    /// What.
    pub what: String,
    /// How long the answers took.
    pub spread: Spread,
    /// What each of them should stay below, where there is such a figure, milliseconds.
    pub target_ms: Option<f64>,
}

/// Asks everything `runs` times. Every answer comes from a store that was just opened, as a command's does: the
/// database's own cache is empty, the system's is not.
///
/// # Errors
/// The store's; or an answer is not about all entries of the batch.
pub async fn run(
    file: &Path,
    challenge: &Challenge,
    filled: &Filled,
    runs: usize,
) -> anyhow::Result<Vec<Timed>> {
    const TARGET_MS: f64 = 100.0;
    let mut timed = Vec::new();
    let mut opening = Vec::new();
    for (&size, batches) in &filled.batches {
        let (mut tables, mut twins) = (Vec::new(), Vec::new());
        for &batch in batches.iter().cycle().take(runs) {
            let begun = Instant::now();
            let store = records::open(file).await?;
            opening.push(ms_since(begun));
            tables.push(table(&store, batch, size).await?);
            let begun = Instant::now();
            store.twins(batch).await?;
            twins.push(ms_since(begun));
            store.close().await;
        }
        timed.push(of(format!("table of a batch of {size}"), tables, Some(TARGET_MS))?);
        timed.push(of(format!("who sent the same bytes, in a batch of {size}"), twins, None)?);
    }
    timed.push(of("opening the store".into(), opening, None)?);
    let mut all = Vec::new();
    for _ in 0..runs.min(MOST_STATISTICS) {
        let store = records::open(file).await?;
        let begun = Instant::now();
        let (id, suite) = (challenge.manifest.id.to_string(), challenge.suite.sha256);
        let found = statistics(&store, &id, suite, None).await?;
        all.push(ms_since(begun));
        if found.gradings != filled.gradings {
            bail!("statistics are of {} gradings and not of {}", found.gradings, filled.gradings);
        }
        store.close().await;
    }
    timed.push(of(format!("statistics of all {} gradings", filled.gradings), all, None)?);
    Ok(timed)
}

/// What the table that `takehome grade` ends with is made of.
async fn table(store: &SqliteStore, batch: BatchId, size: u64) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let results = store.results(batch).await?;
    let whole = store.batch(batch).await?;
    let took = ms_since(begun);
    let reports = results.iter().filter(|(_, report)| report.is_some()).count() as u64;
    if reports != size || u64::from(whole.total) != size || whole.open > 0 {
        bail!("batch {batch} has {reports} reports of {size}, and {} open", whole.open);
    }
    Ok(took)
}

fn of(what: String, values: Vec<f64>, target_ms: Option<f64>) -> anyhow::Result<Timed> {
    let spread = Spread::of(values).with_context(|| format!("{what} was not timed"))?;
    Ok(Timed { what, spread, target_ms })
}

fn ms_since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles_are_those_of_the_sorted_values() {
        let spread = Spread::of((1..=50).rev().map(f64::from).collect()).expect("figures");
        assert_eq!((spread.median_ms, spread.p95_ms, spread.most_ms), (25.5, 48.0, 50.0));
        let odd = Spread::of(vec![9.0, 1.0, 5.0]).expect("figures");
        assert_eq!((odd.median_ms, odd.p95_ms, odd.most_ms, odd.count), (5.0, 9.0, 9.0, 3));
        assert_eq!(Spread::of(vec![]), None);
    }
}
