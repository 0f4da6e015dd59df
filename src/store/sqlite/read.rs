//! What is in the store.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore, StoreError, database,
    row::{count, get, parsed, parsed_option, unreadable, word},
};
use crate::{
    domain::Report,
    store::{AuditLine, Batch, BatchId, Entry, Finished, Twins},
};

const READ: &str = "read its records";

pub(super) async fn batch(store: &SqliteStore, id: BatchId) -> Result<Batch, StoreError> {
    let row = sqlx::query(
        "SELECT b.id, CASE WHEN b.uploaded THEN 'upload' ELSE b.kind END AS kind, b.challenge, b.suite_sha256, b.options, b.created_ms, \
         count(e.position) AS total, coalesce(sum(g.state <> 'done'), 0) AS open FROM batches b \
         LEFT JOIN batch_entries e ON e.batch_id = b.id LEFT JOIN gradings g ON g.id = e.grading_id \
         WHERE b.id = $1 GROUP BY b.id",
    )
    .bind(id.0)
    .fetch_optional(&store.pool)
    .await
    .map_err(database(READ))?;
    let Some(row) = row else { return Err(StoreError::NoBatch(id)) };
    Ok(Batch {
        id: BatchId(get(&row, "id")?),
        kind: word(get(&row, "kind")?, "kind")?,
        challenge: get(&row, "challenge")?,
        suite_sha256: parsed(&row, "suite_sha256")?,
        options: serde_json::from_str(&get::<String>(&row, "options")?)
            .map_err(unreadable("options"))?,
        created_ms: get(&row, "created_ms")?,
        total: count(&row, "total")?,
        open: count(&row, "open")?,
    })
}

pub(super) async fn round(store: &SqliteStore, id: BatchId) -> Result<Vec<Batch>, StoreError> {
    let rows = sqlx::query(
        "SELECT b.id FROM batches asked JOIN batches b \
         ON b.id = coalesce(asked.round_id, asked.id) \
         OR b.round_id = coalesce(asked.round_id, asked.id) WHERE asked.id = $1 ORDER BY b.id",
    )
    .bind(id.0)
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    if rows.is_empty() {
        return Err(StoreError::NoBatch(id));
    }
    let mut round = Vec::with_capacity(rows.len());
    for row in &rows {
        round.push(batch(store, BatchId(get(row, "id")?)).await?);
    }
    Ok(round)
}

pub(super) async fn newest(
    store: &SqliteStore,
    unfinished: bool,
) -> Result<Option<Batch>, StoreError> {
    // By way of the few gradings that are open, not of all the batches there ever were.
    let sql = if unfinished {
        "SELECT max(o.batch_id) AS id FROM ( \
         SELECT e.batch_id FROM gradings g JOIN batch_entries e ON e.grading_id = g.id \
         WHERE g.state = 'queued' UNION ALL \
         SELECT e.batch_id FROM gradings g JOIN batch_entries e ON e.grading_id = g.id \
         WHERE g.state = 'leased') o JOIN batches b ON b.id = o.batch_id WHERE NOT b.uploaded"
    } else {
        // What candidates upload is nobody's command.
        "SELECT id FROM batches WHERE NOT uploaded ORDER BY id DESC LIMIT 1"
    };
    let row = sqlx::query(sql).fetch_optional(&store.pool).await.map_err(database(READ))?;
    let id = match &row {
        Some(row) => get::<Option<i64>>(row, "id")?,
        None => None,
    };
    match id {
        Some(id) => Ok(Some(batch(store, BatchId(id)).await?)),
        None => Ok(None),
    }
}

/// A batch's entries, in order, with further columns of further tables.
fn of_batch(columns: &str, joins: &str) -> String {
    format!(
        "SELECT e.position, c.name, s.original_name, s.sha256, e.grading_id, e.reused, \
         e.previous_id, g.verdict, g.score {columns} FROM batch_entries e \
         JOIN gradings g ON g.id = e.grading_id JOIN submissions s ON s.id = e.submission_id \
         JOIN candidates c ON c.id = s.candidate_id {joins} \
         WHERE e.batch_id = $1 ORDER BY e.position"
    )
}

pub(super) async fn entries(store: &SqliteStore, id: BatchId) -> Result<Vec<Entry>, StoreError> {
    let sql = of_batch("", "");
    let rows = sqlx::query(&sql).bind(id.0).fetch_all(&store.pool).await.map_err(database(READ))?;
    rows.iter().map(entry).collect()
}

pub(super) async fn results(
    store: &SqliteStore,
    id: BatchId,
) -> Result<Vec<(Entry, Option<Report>)>, StoreError> {
    let sql = of_batch(", r.json", "LEFT JOIN reports r ON r.grading_id = e.grading_id");
    // One after the other: the database reads on while a report is parsed.
    let mut rows = sqlx::query(&sql).bind(id.0).fetch(&store.pool);
    let mut results = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(database(READ))? {
        let entry = entry(&row)?;
        let report = get::<Option<String>>(&row, "json")?
            .map(|json| parsed_report(&json, &entry.grading))
            .transpose()?;
        results.push((entry, report));
    }
    Ok(results)
}

fn entry(row: &SqliteRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        position: count(row, "position")?,
        candidate: get(row, "name")?,
        original_name: get(row, "original_name")?,
        sha256: parsed_option(row, "sha256")?,
        grading: get(row, "grading_id")?,
        reused: get(row, "reused")?,
        previous: get(row, "previous_id")?,
        verdict: get::<Option<String>>(row, "verdict")?
            .map(|text| word(text, "verdict"))
            .transpose()?,
        score: get(row, "score")?,
    })
}

pub(super) async fn report(
    store: &SqliteStore,
    grading: &str,
) -> Result<Option<Report>, StoreError> {
    let row = sqlx::query("SELECT json FROM reports WHERE grading_id = $1")
        .bind(grading)
        .fetch_optional(&store.pool)
        .await
        .map_err(database(READ))?;
    row.map(|row| parsed_report(&get::<String>(&row, "json")?, grading)).transpose()
}

fn parsed_report(json: &str, grading: &str) -> Result<Report, StoreError> {
    serde_json::from_str(json).map_err(unreadable(&format!("the report of {grading}")))
}

pub(super) async fn latest(
    store: &SqliteStore,
    challenge: &str,
    batch: Option<BatchId>,
) -> Result<Vec<Finished>, StoreError> {
    // The ids of gradings sort by time.
    let rows = sqlx::query(
        "SELECT g.id, c.name, s.original_name, s.sha256, g.seed FROM submissions s \
         JOIN candidates c ON c.id = s.candidate_id JOIN gradings g ON g.id = ( \
         SELECT max(h.id) FROM gradings h WHERE h.submission_id = s.id AND h.challenge = $1 \
         AND h.state = 'done') \
         WHERE s.sha256 IS NOT NULL AND c.erased_ms IS NULL AND ($2 IS NULL OR EXISTS (SELECT 1 FROM batch_entries e \
         WHERE e.batch_id = $2 AND e.submission_id = s.id)) ORDER BY c.name, s.id",
    )
    .bind(challenge)
    .bind(batch.map(|batch| batch.0))
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(Finished {
                grading: get(row, "id")?,
                candidate: get(row, "name")?,
                original_name: get(row, "original_name")?,
                sha256: parsed(row, "sha256")?,
                seed: parsed(row, "seed")?,
            })
        })
        .collect()
}

pub(super) async fn twins(store: &SqliteStore, batch: BatchId) -> Result<Vec<Twins>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT s.sha256, c.name FROM batches b \
         JOIN batch_entries e ON e.batch_id = b.id \
         JOIN submissions mine ON mine.id = e.submission_id \
         JOIN submissions s ON s.sha256 = mine.sha256 \
         JOIN candidates c ON c.id = s.candidate_id \
         WHERE b.id = $1 AND EXISTS (SELECT 1 FROM gradings g WHERE g.submission_id = s.id \
         AND g.challenge = b.challenge) ORDER BY s.sha256, c.name",
    )
    .bind(batch.0)
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    let mut twins: Vec<Twins> = Vec::new();
    for row in &rows {
        let (sha256, name) = (parsed(row, "sha256")?, get(row, "name")?);
        match twins.last_mut() {
            Some(last) if last.sha256 == sha256 => last.candidates.push(name),
            _ => twins.push(Twins { sha256, candidates: vec![name] }),
        }
    }
    twins.retain(|twins| twins.candidates.len() > 1);
    Ok(twins)
}

pub(super) async fn usual_ms(
    store: &SqliteStore,
    challenge: &str,
) -> Result<Option<u64>, StoreError> {
    let row = sqlx::query(
        "SELECT avg(wall_ms) AS usual FROM (SELECT wall_ms FROM gradings WHERE challenge = $1 \
         AND verdict = 'graded' ORDER BY finished_ms DESC LIMIT 100)",
    )
    .bind(challenge)
    .fetch_one(&store.pool)
    .await
    .map_err(database(READ))?;
    Ok(get::<Option<f64>>(&row, "usual")?.map(|usual| usual as u64))
}

pub(super) async fn audit(
    store: &SqliteStore,
    grading: Option<&str>,
) -> Result<Vec<AuditLine>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, at_ms, action, batch_id, grading_id, detail FROM audit \
         WHERE $1 IS NULL OR grading_id = $1 ORDER BY seq",
    )
    .bind(grading)
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(AuditLine {
                seq: get(row, "seq")?,
                at_ms: get(row, "at_ms")?,
                action: get(row, "action")?,
                batch: get(row, "batch_id")?,
                grading: get(row, "grading_id")?,
                detail: get(row, "detail")?,
            })
        })
        .collect()
}
