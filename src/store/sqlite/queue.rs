//! Leases: given, renewed, given back.

use sqlx::{
    Row as _, Transaction,
    sqlite::{Sqlite, SqliteRow},
};

use super::{
    SqliteStore, StoreError, database,
    row::{as_json, count, get, parsed, signed},
};
use crate::store::{Ask, Claim, Lease, MOST_LOST, Which};

const CLAIM: &str = "claim a grading";
const ANY: &str = "$1 IS NULL";
const OF_BATCH: &str = "EXISTS (SELECT 1 FROM batch_entries e \
                        WHERE e.grading_id = gradings.id AND e.batch_id = CAST($1 AS INTEGER))";
const OF_UPLOADS: &str = "challenge IN (SELECT value FROM json_each($1)) \
                          AND EXISTS (SELECT 1 FROM batch_entries e JOIN batches b ON b.id = e.batch_id \
                          WHERE e.grading_id = gradings.id AND b.uploaded = 1)";

/// A grading that could be leased. The order is that in which they are: least lost, then by turn.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    lost: u32,
    turn: i64,
    id: String,
    attempt: u32,
    /// Whose lease is taken over.
    from: Option<String>,
}

#[tracing::instrument(name = "claim", skip_all)]
pub(super) async fn claim(store: &SqliteStore, ask: &Ask) -> Result<Option<Claim>, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(CLAIM).await?;
    let Some(next) = next(store, &mut tx, ask, now).await? else { return Ok(None) };
    let lease = Lease { grading: next.id, attempt: next.attempt + 1 };
    let expires = now.saturating_add(signed(ask.lease.as_millis() as u64));
    sqlx::query(
        "UPDATE gradings SET state = 'leased', attempt = $2, lost = $3, lease_owner = $4, \
         lease_expires_ms = $5, leased_ms = $6 WHERE id = $1",
    )
    .bind(&lease.grading)
    .bind(lease.attempt)
    .bind(next.lost)
    .bind(&ask.owner)
    .bind(expires)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(database(CLAIM))?;
    let detail = match next.from {
        Some(from) => format!("attempt {} by {}, taken over from {from}", lease.attempt, ask.owner),
        None => format!("attempt {} by {}", lease.attempt, ask.owner),
    };
    write_audit(&mut tx, now, "leased", None, Some(&lease.grading), &detail).await?;
    let claim = claimed(&mut tx, lease, next.lost, MOST_LOST).await?;
    tx.commit().await.map_err(database(CLAIM))?;
    Ok(Some(claim))
}

/// What was claimed: the grading, or its visible check, and the submission that it is about.
pub(super) async fn claimed(
    tx: &mut Transaction<'static, Sqlite>,
    lease: Lease,
    lost: u32,
    most: u32,
) -> Result<Claim, StoreError> {
    let row = sqlx::query(
        "SELECT c.name, s.original_name, s.sha256, g.challenge, g.suite_sha256, g.seed \
         FROM gradings g JOIN submissions s ON s.id = g.submission_id \
         JOIN candidates c ON c.id = s.candidate_id WHERE g.id = $1",
    )
    .bind(&lease.grading)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(CLAIM))?;
    Ok(Claim {
        lost,
        exhausted: lost >= most,
        candidate: get(&row, "name")?,
        original_name: get(&row, "original_name")?,
        sha256: parsed(&row, "sha256")?,
        challenge: get(&row, "challenge")?,
        suite_sha256: parsed(&row, "suite_sha256")?,
        seed: parsed(&row, "seed")?,
        lease,
    })
}

async fn next(
    store: &SqliteStore,
    tx: &mut Transaction<'static, Sqlite>,
    ask: &Ask,
    now: i64,
) -> Result<Option<Candidate>, StoreError> {
    let (scope, of) = match &ask.which {
        Which::Any => (ANY, None),
        Which::Batch(batch) => (OF_BATCH, Some(batch.to_string())),
        Which::Uploads(challenges) => (OF_UPLOADS, Some(as_json(challenges)?)),
    };
    let queued = format!(
        "SELECT id, turn, attempt, lost, NULL AS lease_owner, 0 AS lease_expires_ms FROM gradings \
         WHERE state = 'queued' AND {scope} ORDER BY lost, turn, id LIMIT 1"
    );
    let leased = format!(
        "SELECT id, turn, attempt, lost, lease_owner, lease_expires_ms FROM gradings \
         WHERE state = 'leased' AND {scope}"
    );
    let mut candidates = Vec::new();
    for sql in [queued, leased] {
        let rows =
            sqlx::query(&sql).bind(&of).fetch_all(&mut **tx).await.map_err(database(CLAIM))?;
        for row in &rows {
            candidates.extend(candidate(store, row, ask, now)?);
        }
    }
    Ok(candidates.into_iter().min())
}

/// The grading of a row, if it is free.
fn candidate(
    store: &SqliteStore,
    row: &SqliteRow,
    ask: &Ask,
    now: i64,
) -> Result<Option<Candidate>, StoreError> {
    let owner: Option<String> = get(row, "lease_owner")?;
    let mut lost = count(row, "lost")?;
    if let Some(owner) = &owner {
        let expired = row.try_get::<i64, _>("lease_expires_ms").map_err(database(CLAIM))? <= now;
        // After a machine has slept, all leases look expired; one's own work is known to go on.
        if *owner == ask.owner || !(expired || (store.is_gone)(owner)) {
            return Ok(None);
        }
        lost += 1;
    }
    Ok(Some(Candidate {
        lost,
        turn: get(row, "turn")?,
        id: get(row, "id")?,
        attempt: count(row, "attempt")?,
        from: owner,
    }))
}

pub(super) async fn heartbeat(
    store: &SqliteStore,
    lease: &Lease,
    for_ms: u64,
) -> Result<(), StoreError> {
    const ACTION: &str = "renew a lease";
    let expires = store.clock.now_ms().saturating_add(signed(for_ms));
    let renewed = sqlx::query(
        "UPDATE gradings SET lease_expires_ms = $3 \
         WHERE id = $1 AND attempt = $2 AND state = 'leased'",
    )
    .bind(&lease.grading)
    .bind(lease.attempt)
    .bind(expires)
    .execute(&store.pool)
    .await
    .map_err(database(ACTION))?;
    if renewed.rows_affected() == 1 {
        return Ok(());
    }
    let mut tx = store.begin(ACTION).await?;
    Err(refusal(&mut tx, lease).await?.unwrap_or_else(|| stale(lease, lease.attempt)))
}

pub(super) async fn release(store: &SqliteStore, lease: &Lease) -> Result<(), StoreError> {
    const ACTION: &str = "give a grading back";
    let now = store.clock.now_ms();
    let mut tx = store.begin(ACTION).await?;
    if let Some(error) = refusal(&mut tx, lease).await? {
        return Err(error);
    }
    sqlx::query(
        "UPDATE gradings SET state = 'queued', lease_owner = NULL, lease_expires_ms = NULL \
         WHERE id = $1",
    )
    .bind(&lease.grading)
    .execute(&mut *tx)
    .await
    .map_err(database(ACTION))?;
    let detail = format!("attempt {}", lease.attempt);
    write_audit(&mut tx, now, "released", None, Some(&lease.grading), &detail).await?;
    tx.commit().await.map_err(database(ACTION))
}

/// Why a lease does not count any more, if it does not.
pub(super) async fn refusal(
    tx: &mut Transaction<'static, Sqlite>,
    lease: &Lease,
) -> Result<Option<StoreError>, StoreError> {
    let row = sqlx::query("SELECT state, attempt FROM gradings WHERE id = $1")
        .bind(&lease.grading)
        .fetch_optional(&mut **tx)
        .await
        .map_err(database("look at a lease"))?;
    let Some(row) = row else { return Err(StoreError::NoGrading(lease.grading.clone())) };
    let current = count(&row, "attempt")?;
    Ok(match get::<String>(&row, "state")?.as_str() {
        "done" => {
            Some(StoreError::Finished { grading: lease.grading.clone(), attempt: lease.attempt })
        }
        "leased" if current == lease.attempt => None,
        _ => Some(stale(lease, current)),
    })
}

fn stale(lease: &Lease, current: u32) -> StoreError {
    StoreError::Stale { grading: lease.grading.clone(), attempt: lease.attempt, current }
}

/// Adds a line to the audit trail.
pub(super) async fn write_audit(
    tx: &mut Transaction<'static, Sqlite>,
    now: i64,
    action: &str,
    batch: Option<i64>,
    grading: Option<&str>,
    detail: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at_ms, action, batch_id, grading_id, detail) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(now)
    .bind(action)
    .bind(batch)
    .bind(grading)
    .bind(detail)
    .execute(&mut **tx)
    .await
    .map_err(database("write the audit trail"))?;
    Ok(())
}
