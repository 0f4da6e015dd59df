//! Batches come in.

use std::collections::BTreeMap;

use sqlx::{Transaction, sqlite::Sqlite};

use super::{
    SqliteStore, StoreError, checks, database, invitations, queue, result,
    row::{as_json, as_word, get},
};
use crate::store::{BatchId, BatchKind, Content, Enqueued, NewBatch, NewEntry, Queued};

const ENQUEUE: &str = "record a batch";

pub(super) async fn enqueue(store: &SqliteStore, new: &NewBatch) -> Result<Enqueued, StoreError> {
    let mut tx = store.begin(ENQUEUE).await?;
    let queued = batch(&mut tx, new, store.clock.now_ms(), None).await?;
    tx.commit().await.map_err(database(ENQUEUE))?;
    Ok(queued)
}

#[tracing::instrument(name = "queue", skip_all)]
pub(super) async fn enqueue_round(
    store: &SqliteStore,
    batches: &[NewBatch],
) -> Result<Vec<Enqueued>, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(ENQUEUE).await?;
    let mut round: Vec<Enqueued> = Vec::with_capacity(batches.len());
    for new in batches {
        let first = round.first().map(|first| first.batch);
        round.push(batch(&mut tx, new, now, first).await?);
    }
    tx.commit().await.map_err(database(ENQUEUE))?;
    Ok(round)
}

/// One batch; `first` is the first of its round, when that is another one.
pub(super) async fn batch(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewBatch,
    now: i64,
    first: Option<BatchId>,
) -> Result<Enqueued, StoreError> {
    let suite = new.suite_sha256.to_string();
    sqlx::query(
        "INSERT INTO challenges (id, suite_sha256, seen_ms) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
    )
    .bind(&new.challenge)
    .bind(&suite)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    let row = sqlx::query(
        "INSERT INTO batches (kind, challenge, suite_sha256, options, created_ms, round_id, \
         uploaded) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(as_word(&stored_kind(new.kind))?)
    .bind(&new.challenge)
    .bind(&suite)
    .bind(as_json(&new.options)?)
    .bind(now)
    .bind(first.map(|first| first.0))
    .bind(new.kind == BatchKind::Upload)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    let batch: i64 = get(&row, "id")?;
    let mut turns: BTreeMap<&str, i64> = BTreeMap::new();
    let mut gradings = Vec::with_capacity(new.entries.len());
    for (position, entry) in (0_i64..).zip(&new.entries) {
        let turn = turns.entry(&entry.candidate).or_default();
        let placed = Placed { batch, turn: *turn, now, suite: &suite };
        *turn += 1;
        let submission = submission(tx, new, entry, now).await?;
        let (grading, queued) = grading(tx, new, entry, submission, &placed).await?;
        insert_entry(tx, batch, position, submission, &grading, queued, entry).await?;
        gradings.push((grading, queued));
    }
    let detail = format!("{} submissions for {}", new.entries.len(), new.challenge);
    queue::write_audit(tx, now, "enqueued", Some(batch), None, &detail).await?;
    Ok(Enqueued { batch: BatchId(batch), gradings })
}

/// A row says of an upload's batch that it is one beside its kind.
fn stored_kind(kind: BatchKind) -> BatchKind {
    if kind == BatchKind::Upload { BatchKind::Grade } else { kind }
}

/// Where a grading stands.
struct Placed<'a> {
    batch: i64,
    turn: i64,
    now: i64,
    suite: &'a str,
}

/// The submission's row: the same bytes of the same candidate are one submission.
async fn submission(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewBatch,
    entry: &NewEntry,
    now: i64,
) -> Result<i64, StoreError> {
    sqlx::query("INSERT INTO candidates (name, created_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(&entry.candidate)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map_err(database(ENQUEUE))?;
    let sha256 = match &entry.content {
        Content::Kept { sha256, .. } => Some(sha256.to_string()),
        Content::Refused(_) => None,
    };
    let inserted = sqlx::query(
        "INSERT INTO submissions (candidate_id, sha256, original_name, received_ms) \
         SELECT id, $2, $3, $4 FROM candidates WHERE name = $1 ON CONFLICT DO NOTHING",
    )
    .bind(&entry.candidate)
    .bind(&sha256)
    .bind(&entry.original_name)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    if new.kind == BatchKind::Grade && inserted.rows_affected() > 0 {
        invitations::received(tx, &entry.candidate, &new.challenge, now).await?;
    }
    // Of those without a digest, the newest is the one that was just written.
    let row = sqlx::query(
        "SELECT max(s.id) AS id FROM submissions s JOIN candidates c ON c.id = s.candidate_id \
         WHERE c.name = $1 AND s.sha256 IS $2",
    )
    .bind(&entry.candidate)
    .bind(&sha256)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    get(&row, "id")
}

/// The grading that counts for an entry: an earlier one, or a new one.
async fn grading(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewBatch,
    entry: &NewEntry,
    submission: i64,
    placed: &Placed<'_>,
) -> Result<(String, Queued), StoreError> {
    match &entry.content {
        Content::Refused(report) => {
            insert_grading(tx, &report.grading_id, new, submission, report.provenance.seed, placed)
                .await?;
            result::finish(tx, placed.now, report).await?;
            let detail = "refused at intake";
            let (batch, id) = (Some(placed.batch), &report.grading_id);
            queue::write_audit(tx, placed.now, "finished", batch, Some(id), detail).await?;
            Ok((report.grading_id.clone(), Queued::Decided))
        }
        Content::Kept { seed, .. } => {
            if !new.again
                && let Some(known) = known(tx, new, submission, *seed, placed).await?
            {
                return Ok(known);
            }
            let id = uuid::Uuid::now_v7().simple().to_string();
            insert_grading(tx, &id, new, submission, *seed, placed).await?;
            queue::write_audit(tx, placed.now, "queued", Some(placed.batch), Some(&id), "").await?;
            if new.kind == BatchKind::Upload {
                checks::ask(tx, &id, placed.now).await?;
            }
            Ok((id, Queued::New))
        }
    }
}

/// The newest grading of these bytes by this suite that has a result, or will have one.
async fn known(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewBatch,
    submission: i64,
    seed: u64,
    placed: &Placed<'_>,
) -> Result<Option<(String, Queued)>, StoreError> {
    let row = sqlx::query(
        "SELECT id, state FROM gradings WHERE submission_id = $1 AND challenge = $2 \
         AND suite_sha256 = $3 AND seed = $4 \
         AND (verdict IS NULL OR verdict IN ('graded', 'candidate_fault')) \
         ORDER BY (state = 'done') DESC, id DESC LIMIT 1",
    )
    .bind(submission)
    .bind(&new.challenge)
    .bind(placed.suite)
    .bind(seed.to_string())
    .fetch_optional(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    let Some(row) = row else { return Ok(None) };
    let (id, state): (String, String) = (get(&row, "id")?, get(&row, "state")?);
    let (queued, action) = match state.as_str() {
        "done" => (Queued::Reused, "reused"),
        _ => (Queued::Shared, "shared"),
    };
    let detail = format!("the same bytes came in again with batch {}", placed.batch);
    queue::write_audit(tx, placed.now, action, Some(placed.batch), Some(&id), &detail).await?;
    Ok(Some((id, queued)))
}

async fn insert_grading(
    tx: &mut Transaction<'static, Sqlite>,
    id: &str,
    new: &NewBatch,
    submission: i64,
    seed: u64,
    placed: &Placed<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO gradings (id, submission_id, challenge, suite_sha256, seed, state, turn, \
         attempt, lost, queued_ms) VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, 0, $7)",
    )
    .bind(id)
    .bind(submission)
    .bind(&new.challenge)
    .bind(placed.suite)
    .bind(seed.to_string())
    .bind(placed.turn)
    .bind(placed.now)
    .execute(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    Ok(())
}

async fn insert_entry(
    tx: &mut Transaction<'static, Sqlite>,
    batch: i64,
    position: i64,
    submission: i64,
    grading: &str,
    queued: Queued,
    entry: &NewEntry,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO batch_entries (batch_id, position, submission_id, grading_id, reused, \
         previous_id) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(batch)
    .bind(position)
    .bind(submission)
    .bind(grading)
    .bind(queued == Queued::Reused)
    .bind(&entry.previous)
    .execute(&mut **tx)
    .await
    .map_err(database(ENQUEUE))?;
    Ok(())
}
