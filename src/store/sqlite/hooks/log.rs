//! What was delivered, and delivering it again.

use sqlx::sqlite::SqliteRow;

use crate::{
    hiring::Actor,
    store::{
        Delivered, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{count, get},
            team_audit,
        },
    },
};

const READ: &str = "read its deliveries";
const AGAIN: &str = "queue a delivery again";
const SELECT: &str = "SELECT d.id, d.event_id, o.kind, d.endpoint_id, d.state, d.attempt, o.at_ms, \
    d.next_ms, (SELECT status FROM delivery_attempts t WHERE t.delivery_id = d.id AND status IS NOT NULL \
    ORDER BY attempt DESC LIMIT 1) AS status, (SELECT error FROM delivery_attempts t \
    WHERE t.delivery_id = d.id ORDER BY attempt DESC LIMIT 1) AS error \
    FROM deliveries d JOIN outbox o ON o.id = d.event_id";

pub(super) async fn deliveries(
    store: &SqliteStore,
    endpoint: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Delivered>, StoreError> {
    let only = if endpoint.is_some() { "d.endpoint_id = $3" } else { "$3 IS NULL" };
    let rows =
        sqlx::query(&format!("{SELECT} WHERE d.id < $1 AND {only} ORDER BY d.id DESC LIMIT $2"))
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit)
            .bind(endpoint)
            .fetch_all(&store.pool)
            .await
            .map_err(database(READ))?;
    rows.iter().map(delivered).collect()
}

pub(super) async fn redeliver(
    store: &SqliteStore,
    delivery: i64,
    actor: &Actor,
) -> Result<Delivered, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(AGAIN).await?;
    let queued = sqlx::query(
        "UPDATE deliveries SET state = 'waiting', tries = 0, next_ms = $2 WHERE id = $1 \
         AND state <> 'leased' AND (EXISTS (SELECT 1 FROM webhook_endpoints e \
         WHERE e.id = endpoint_id AND e.removed_ms IS NULL) OR EXISTS (SELECT 1 FROM partner_orders o \
         WHERE o.id = order_id AND o.callback_url IS NOT NULL))",
    )
    .bind(delivery)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(database(AGAIN))?;
    if queued.rows_affected() == 0 {
        return Err(StoreError::NoDelivery(delivery));
    }
    team_audit(&mut tx, now, "redelivered", actor, &delivery.to_string()).await?;
    let row = sqlx::query(&format!("{SELECT} WHERE d.id = $1"))
        .bind(delivery)
        .fetch_one(&mut *tx)
        .await
        .map_err(database(READ))?;
    tx.commit().await.map_err(database(AGAIN))?;
    delivered(&row)
}

fn delivered(row: &SqliteRow) -> Result<Delivered, StoreError> {
    let state: String = get(row, "state")?;
    let next: i64 = get(row, "next_ms")?;
    Ok(Delivered {
        id: get(row, "id")?,
        event: get(row, "event_id")?,
        kind: get(row, "kind")?,
        endpoint: get(row, "endpoint_id")?,
        next_ms: (state == "waiting").then_some(next),
        state,
        attempts: count(row, "attempt")?,
        at_ms: get(row, "at_ms")?,
        status: get(row, "status")?,
        error: get(row, "error")?,
    })
}
