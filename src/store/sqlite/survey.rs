//! What statistics are made of: the newest result of each submission, and how often what occurred.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use serde::de::DeserializeOwned;
use sqlx::{
    Transaction,
    sqlite::{Sqlite, SqliteRow},
};

use super::{
    SqliteStore, StoreError, database,
    row::{get, parsed, signed, unreadable, word},
};
use crate::{
    domain::{Digest, Observation, Occurrences, TestName},
    store::{BatchId, GradedBy, Scope},
};

const READ: &str = "read its gradings";

pub(super) async fn suites(store: &SqliteStore) -> Result<Vec<GradedBy>, StoreError> {
    // The ids of gradings sort by time.
    let rows = sqlx::query(
        "SELECT challenge, suite_sha256, count(*) AS gradings FROM gradings \
         WHERE verdict IS NOT NULL GROUP BY challenge, suite_sha256 ORDER BY max(id) DESC",
    )
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(GradedBy {
                challenge: get(row, "challenge")?,
                suite_sha256: parsed(row, "suite_sha256")?,
                gradings: number(row, "gradings")?,
            })
        })
        .collect()
}

pub(super) async fn newest_of(
    store: &SqliteStore,
    challenge: &str,
    suite: &Digest,
    up_to: Option<BatchId>,
    least: u64,
) -> Result<Vec<BatchId>, StoreError> {
    let rows = sqlx::query(
        "SELECT b.id FROM batches b WHERE b.challenge = $1 AND b.suite_sha256 = $2 \
         AND b.kind = 'grade' AND NOT b.uploaded AND ($3 IS NULL OR b.id <= $3) \
         AND (SELECT count(DISTINCT g.submission_id) FROM batch_entries e CROSS JOIN gradings g \
         WHERE e.batch_id = b.id AND g.id = e.grading_id AND g.verdict = 'graded') >= $4 \
         ORDER BY b.id DESC LIMIT 2",
    )
    .bind(challenge)
    .bind(suite.to_string())
    .bind(up_to.map(|batch| batch.0))
    .bind(signed(least))
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    rows.iter().map(|row| get(row, "id").map(BatchId)).collect()
}

pub(super) async fn survey(
    store: &SqliteStore,
    scope: &Scope,
    each: &mut (dyn FnMut(Observation) + Send),
) -> Result<Occurrences, StoreError> {
    // One transaction, so that all of it is of one moment.
    let mut tx = store.pool.begin().await.map_err(database(READ))?;
    let mut asked = Asked { tx: &mut tx, scope };
    let occurrences = occurrences(&mut asked).await?;
    observations(&mut asked, each).await?;
    Ok(occurrences)
}

/// Finished gradings `g` of a scope. A batch is reached by its entries, of which there are few.
fn finished(scope: &Scope) -> String {
    let from = match scope.batch {
        Some(_) => {
            "FROM batch_entries e CROSS JOIN gradings g WHERE e.batch_id = $3 \
                    AND g.id = e.grading_id AND g.challenge = $1 AND g.suite_sha256 = $2"
        }
        None => "FROM gradings g WHERE g.challenge = $1 AND g.suite_sha256 = $2",
    };
    let without = match scope.without {
        Some(_) => {
            "AND NOT EXISTS (SELECT 1 FROM submissions s \
                    JOIN submissions other ON other.candidate_id = s.candidate_id \
                    JOIN batch_entries o ON o.submission_id = other.id AND o.batch_id = $4 \
                    WHERE s.id = g.submission_id)"
        }
        None => "",
    };
    format!("{from} AND g.verdict IS NOT NULL {without}")
}

/// The newest result of each submission: a fault of the machine or the challenge is none.
fn newest(scope: &Scope) -> String {
    let finished = finished(scope);
    format!(
        "SELECT max(g.id) {finished} AND g.verdict IN ('graded', 'candidate_fault') \
         GROUP BY g.submission_id"
    )
}

/// A moment of the database, and what is asked about.
struct Asked<'a> {
    tx: &'a mut Transaction<'static, Sqlite>,
    scope: &'a Scope,
}

impl Asked<'_> {
    async fn rows(&mut self, sql: &str) -> Result<Vec<SqliteRow>, StoreError> {
        bound(sql, self.scope).fetch_all(&mut **self.tx).await.map_err(database(READ))
    }

    async fn count(&mut self, sql: &str) -> Result<u64, StoreError> {
        let row = bound(sql, self.scope).fetch_one(&mut **self.tx).await;
        number(&row.map_err(database(READ))?, "n")
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments<'q>>;

fn bound<'q>(sql: &'q str, scope: &'q Scope) -> Query<'q> {
    sqlx::query(sql)
        .bind(&scope.challenge)
        .bind(scope.suite_sha256.to_string())
        .bind(scope.batch.map(|batch| batch.0))
        .bind(scope.without.map(|batch| batch.0))
}

async fn occurrences(asked: &mut Asked<'_>) -> Result<Occurrences, StoreError> {
    let (finished, newest) = (finished(asked.scope), newest(asked.scope));
    let submissions =
        asked.count(&format!("SELECT count(DISTINCT g.submission_id) AS n {finished}")).await?;
    let candidate_faults = format!(
        "SELECT count(*) AS n FROM gradings g WHERE g.verdict = 'candidate_fault' \
         AND g.id IN ({newest})"
    );
    let candidate_faults = asked.count(&candidate_faults).await?;
    // Two entries of a batch may name the same grading.
    let verdicts =
        format!("SELECT g.verdict, count(DISTINCT g.id) AS n {finished} GROUP BY g.verdict");
    let verdicts = asked.rows(&verdicts).await?;
    let faults = format!(
        "SELECT g.verdict, json_extract(r.json, '$.fault.code') AS code, count(*) AS n \
         FROM gradings g JOIN reports r ON r.grading_id = g.id WHERE g.verdict <> 'graded' \
         AND g.id IN (SELECT g.id {finished} AND g.verdict <> 'graded') \
         GROUP BY g.verdict, code ORDER BY n DESC, g.verdict, code"
    );
    let faults = asked.rows(&faults).await?;
    let integrity = format!(
        "SELECT i.kind, count(DISTINCT i.grading_id) AS n FROM integrity_notes i \
         WHERE i.grading_id IN ({newest}) GROUP BY i.kind ORDER BY n DESC, i.kind"
    );
    let integrity = asked.rows(&integrity).await?;
    Ok(Occurrences {
        submissions,
        candidate_faults,
        verdicts: verdicts
            .iter()
            .map(|row| Ok((word(get(row, "verdict")?, "verdict")?, number(row, "n")?)))
            .collect::<Result<_, StoreError>>()?,
        faults: faults
            .iter()
            .map(|row| {
                let code = get::<Option<String>>(row, "code")?.unwrap_or_default();
                Ok((word(get(row, "verdict")?, "verdict")?, code, number(row, "n")?))
            })
            .collect::<Result<_, StoreError>>()?,
        integrity: integrity
            .iter()
            .map(|row| Ok((word(get(row, "kind")?, "kind")?, number(row, "n")?)))
            .collect::<Result<_, StoreError>>()?,
    })
}

/// One row a grading: a row a test would cost its time in crossing over.
async fn observations(
    asked: &mut Asked<'_>,
    each: &mut (dyn FnMut(Observation) + Send),
) -> Result<(), StoreError> {
    let sql = observed(asked.scope);
    let mut rows = bound(&sql, asked.scope).fetch(&mut **asked.tx);
    let mut known = Known::default();
    while let Some(row) = rows.try_next().await.map_err(database(READ))? {
        let tests = known.tests(get(&row, "tests")?, get(&row, "groups")?)?;
        each(Observation {
            tests,
            outcomes: list(&row, "outcomes")?,
            durations_ms: list(&row, "durations")?,
            score: get(&row, "score")?,
            wall_ms: number(&row, "wall_ms")?,
        });
    }
    Ok(())
}

/// The newest results that are a score, each with all its tests. Read in the order of their ids, which is
/// that of the tests' table, so that nothing has to be sorted.
fn observed(scope: &Scope) -> String {
    format!(
        "SELECT g.score, g.wall_ms, json_group_array(t.test) AS tests, \
         json_group_array(t.group_name) AS groups, json_group_array(t.outcome) AS outcomes, \
         json_group_array(t.duration_ms) AS durations \
         FROM gradings g CROSS JOIN test_results t ON t.grading_id = g.id \
         WHERE g.verdict = 'graded' AND g.id IN ({}) GROUP BY g.id",
        newest(scope)
    )
}

/// The tests of the grading before: as a rule those of the next one, too.
#[derive(Default)]
struct Known {
    ids: String,
    groups: String,
    tests: Arc<[TestName]>,
}

impl Known {
    fn tests(&mut self, ids: String, groups: String) -> Result<Arc<[TestName]>, StoreError> {
        if self.tests.is_empty() || self.ids != ids || self.groups != groups {
            let names: Vec<String> = parsed_list(&ids, "tests")?;
            let of: Vec<String> = parsed_list(&groups, "groups")?;
            let both = names.into_iter().zip(of);
            self.tests = both.map(|(id, group)| TestName { id, group }).collect();
            (self.ids, self.groups) = (ids, groups);
        }
        Ok(self.tests.clone())
    }
}

fn list<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<Vec<T>, StoreError> {
    parsed_list(&get::<String>(row, column)?, column)
}

fn parsed_list<T: DeserializeOwned>(json: &str, what: &str) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(json).map_err(unreadable(what))
}

/// A number that is never negative.
fn number(row: &SqliteRow, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(get::<i64>(row, column)?).map_err(unreadable(column))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sqlx::Row as _;

    use super::{bound, newest, observed};
    use crate::{
        domain::Digest,
        store::{BatchId, Scope, SqliteStore, SystemClock},
    };

    /// How SQLite goes about it, a line a step.
    async fn plan(store: &SqliteStore, sql: &str, scope: &Scope) -> Vec<String> {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let steps = bound(&sql, scope).fetch_all(&store.pool).await.expect("a plan");
        steps.iter().map(|step| step.get::<String, _>("detail")).collect()
    }

    #[tokio::test]
    async fn an_index_answers_which_results_are_the_newest_and_no_result_is_sorted() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("takehome.db");
        let store = SqliteStore::open(&file, Arc::new(SystemClock), Arc::new(|_: &str| false));
        let store = store.await.expect("a store");
        let (challenge, suite_sha256) = ("tiny".to_owned(), Digest::of(b"suite"));
        let whole = Scope { challenge, suite_sha256, batch: None, without: None };
        let steps = plan(&store, &newest(&whole), &whole).await;
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].contains("COVERING INDEX gradings_by_suite"), "{steps:?}");
        let batch = Scope { batch: Some(BatchId(1)), without: Some(BatchId(2)), ..whole.clone() };
        for scope in [&whole, &batch] {
            let steps = plan(&store, &observed(scope), scope).await;
            // The batch's entries, and not every grading there ever was, are looked up and grouped.
            let sorts = steps.iter().filter(|step| step.contains("TEMP B-TREE")).count();
            assert_eq!(sorts, usize::from(scope.batch.is_some()), "{steps:?}");
            assert!(steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:?}");
        }
    }
}
