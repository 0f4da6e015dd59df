//! Who is signed in, and who failed to.

use super::accounts::{COLUMNS, account};
use crate::{
    domain::Digest,
    hiring::TokenHash,
    reviewing::{
        ABSOLUTE_MS, Account, AccountId, Failures, IDLE_MS, SEEN_STEP_MS, WATCHED_MS, is_live,
    },
    store::{
        StoreError,
        sqlite::{
            SqliteStore, database,
            row::{count, get, parsed},
        },
    },
};

const SESSION: &str = "keep a session";
const FAILURE: &str = "record a failed sign-in";

pub(super) async fn start(
    store: &SqliteStore,
    account: AccountId,
    id: TokenHash,
) -> Result<(), StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(SESSION).await?;
    sqlx::query("DELETE FROM sessions WHERE created_ms <= $1 OR seen_ms <= $2")
        .bind(now.saturating_sub(ABSOLUTE_MS))
        .bind(now.saturating_sub(IDLE_MS))
        .execute(&mut *tx)
        .await
        .map_err(database(SESSION))?;
    sqlx::query(
        "INSERT INTO sessions (id_sha256, account_id, created_ms, seen_ms) VALUES ($1, $2, $3, $3)",
    )
    .bind(id.digest().to_string())
    .bind(account.0)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(database(SESSION))?;
    tx.commit().await.map_err(database(SESSION))
}

pub(super) async fn session(
    store: &SqliteStore,
    id: TokenHash,
) -> Result<Option<Account>, StoreError> {
    let now = store.clock.now_ms();
    let row = sqlx::query(&format!(
        "SELECT {COLUMNS}, s.id_sha256, s.created_ms AS started_ms, s.seen_ms FROM sessions s \
         JOIN accounts a ON a.id = s.account_id WHERE s.id_sha256 = $1 AND a.disabled = 0"
    ))
    .bind(id.digest().to_string())
    .fetch_optional(&store.pool)
    .await
    .map_err(database(SESSION))?;
    let Some(row) = row else { return Ok(None) };
    let kept: Digest = parsed(&row, "id_sha256")?;
    let (started, seen): (i64, i64) = (get(&row, "started_ms")?, get(&row, "seen_ms")?);
    if TokenHash::from_digest(kept) != id || !is_live(started, seen, now) {
        return Ok(None);
    }
    if now.saturating_sub(seen) >= SEEN_STEP_MS {
        sqlx::query("UPDATE sessions SET seen_ms = $2 WHERE id_sha256 = $1 AND seen_ms < $2")
            .bind(id.digest().to_string())
            .bind(now)
            .execute(&store.pool)
            .await
            .map_err(database(SESSION))?;
    }
    account(&row).map(Some)
}

pub(super) async fn end(store: &SqliteStore, id: TokenHash) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE id_sha256 = $1")
        .bind(id.digest().to_string())
        .execute(&store.pool)
        .await
        .map_err(database(SESSION))?;
    Ok(())
}

pub(super) async fn failures(store: &SqliteStore, key: &Digest) -> Result<Failures, StoreError> {
    let row = sqlx::query(
        "SELECT count(*) AS n, coalesce(max(at_ms), 0) AS last FROM sign_in_failures \
         WHERE key_sha256 = $1 AND at_ms > $2",
    )
    .bind(key.to_string())
    .bind(store.clock.now_ms().saturating_sub(WATCHED_MS))
    .fetch_one(&store.pool)
    .await
    .map_err(database(FAILURE))?;
    Ok(Failures { count: count(&row, "n")?, last_ms: get(&row, "last")? })
}

pub(super) async fn fail(store: &SqliteStore, key: &Digest) -> Result<Failures, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(FAILURE).await?;
    sqlx::query("DELETE FROM sign_in_failures WHERE at_ms <= $1")
        .bind(now.saturating_sub(WATCHED_MS))
        .execute(&mut *tx)
        .await
        .map_err(database(FAILURE))?;
    sqlx::query("INSERT INTO sign_in_failures (key_sha256, at_ms) VALUES ($1, $2)")
        .bind(key.to_string())
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(database(FAILURE))?;
    let row = sqlx::query(
        "SELECT count(*) AS n, max(at_ms) AS last FROM sign_in_failures WHERE key_sha256 = $1",
    )
    .bind(key.to_string())
    .fetch_one(&mut *tx)
    .await
    .map_err(database(FAILURE))?;
    let failures = Failures { count: count(&row, "n")?, last_ms: get(&row, "last")? };
    tx.commit().await.map_err(database(FAILURE))?;
    Ok(failures)
}
