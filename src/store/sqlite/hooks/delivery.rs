//! Deliveries: claimed, tried, settled.

use std::time::Duration;

use sqlx::{Transaction, sqlite::Sqlite};

use super::orders::partner;
use crate::store::{
    Attempted, Due, StoreError, To,
    sqlite::{
        SqliteStore, database,
        row::{count, get, signed},
    },
};

const CLAIM: &str = "claim a delivery";
const SETTLE: &str = "write what came of a delivery";

pub(super) async fn claim(
    store: &SqliteStore,
    owner: &str,
    lease: Duration,
) -> Result<Option<Due>, StoreError> {
    let now = store.clock.now_ms();
    // Most of the time nothing is due, which needs no turn to write.
    let mut reading = store.pool.acquire().await.map_err(database(CLAIM))?;
    let any = sqlx::query(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'leased') \
         OR EXISTS (SELECT 1 FROM deliveries WHERE state = 'waiting' AND next_ms <= $1) AS yes",
    )
    .bind(now)
    .fetch_one(&mut *reading)
    .await
    .map_err(database(CLAIM))?;
    drop(reading);
    if !get::<bool>(&any, "yes")? {
        return Ok(None);
    }
    let mut tx = store.begin(CLAIM).await?;
    let Some(delivery) = next(store, &mut tx, owner, now).await? else { return Ok(None) };
    let expires = now.saturating_add(signed(lease.as_millis() as u64));
    let row = sqlx::query(
        "UPDATE deliveries SET state = 'leased', attempt = attempt + 1, tries = tries + 1, \
         lease_owner = $2, lease_expires_ms = $3 WHERE id = $1 \
         RETURNING attempt, tries, event_id, endpoint_id, order_id",
    )
    .bind(delivery)
    .bind(owner)
    .bind(expires)
    .fetch_one(&mut *tx)
    .await
    .map_err(database(CLAIM))?;
    let event: String = get(&row, "event_id")?;
    let told = sqlx::query("SELECT kind, body FROM outbox WHERE id = $1")
        .bind(&event)
        .fetch_one(&mut *tx)
        .await
        .map_err(database(CLAIM))?;
    let to = to(&mut tx, get(&row, "endpoint_id")?, get(&row, "order_id")?).await?;
    let due = Due {
        delivery,
        attempt: count(&row, "attempt")?,
        tries: count(&row, "tries")?,
        event,
        kind: get(&told, "kind")?,
        body: get(&told, "body")?,
        to,
    };
    tx.commit().await.map_err(database(CLAIM))?;
    Ok(Some(due))
}

async fn to(
    tx: &mut Transaction<'static, Sqlite>,
    endpoint: Option<String>,
    order: Option<String>,
) -> Result<To, StoreError> {
    if let Some(endpoint) = endpoint {
        let row = sqlx::query("SELECT url, secret FROM webhook_endpoints WHERE id = $1")
            .bind(endpoint)
            .fetch_one(&mut **tx)
            .await
            .map_err(database(CLAIM))?;
        return Ok(To::Endpoint { url: get(&row, "url")?, secret: get(&row, "secret")? });
    }
    let row = sqlx::query("SELECT partner, callback_url FROM partner_orders WHERE id = $1")
        .bind(order)
        .fetch_one(&mut **tx)
        .await
        .map_err(database(CLAIM))?;
    Ok(To::Partner { partner: partner(&row)?, url: get(&row, "callback_url")? })
}

/// The delivery that is due first: one that waits, or whose lease was lost.
async fn next(
    store: &SqliteStore,
    tx: &mut Transaction<'static, Sqlite>,
    owner: &str,
    now: i64,
) -> Result<Option<i64>, StoreError> {
    let leased = sqlx::query(
        "SELECT id, lease_owner, lease_expires_ms FROM deliveries WHERE state = 'leased' ORDER BY id",
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database(CLAIM))?;
    for row in &leased {
        let holder: String = get(row, "lease_owner")?;
        let expired = get::<i64>(row, "lease_expires_ms")? <= now;
        if expired || (holder != owner && (store.is_gone)(&holder)) {
            return Ok(Some(get(row, "id")?));
        }
    }
    let waiting = sqlx::query(
        "SELECT id FROM deliveries WHERE state = 'waiting' AND next_ms <= $1 \
         ORDER BY next_ms, id LIMIT 1",
    )
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
    .map_err(database(CLAIM))?;
    waiting.map(|row| get(&row, "id")).transpose()
}

pub(super) async fn settle(
    store: &SqliteStore,
    due: &Due,
    attempted: &Attempted,
    again_ms: Option<i64>,
) -> Result<(), StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(SETTLE).await?;
    let state = match (&attempted.error, again_ms) {
        (None, _) => "delivered",
        (Some(_), Some(_)) => "waiting",
        (Some(_), None) => "failed",
    };
    let written = sqlx::query(
        "UPDATE deliveries SET state = $3, next_ms = coalesce($4, next_ms), lease_owner = NULL, \
         lease_expires_ms = NULL WHERE id = $1 AND attempt = $2 AND state = 'leased'",
    )
    .bind(due.delivery)
    .bind(due.attempt)
    .bind(state)
    .bind(again_ms)
    .execute(&mut *tx)
    .await
    .map_err(database(SETTLE))?;
    if written.rows_affected() == 1 {
        sqlx::query(
            "INSERT INTO delivery_attempts (delivery_id, attempt, at_ms, took_ms, status, error) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(due.delivery)
        .bind(due.attempt)
        .bind(now)
        .bind(signed(attempted.took_ms))
        .bind(attempted.status)
        .bind(&attempted.error)
        .execute(&mut *tx)
        .await
        .map_err(database(SETTLE))?;
    }
    tx.commit().await.map_err(database(SETTLE))
}
