//! Where events go.

use sqlx::sqlite::SqliteRow;

use crate::{
    hiring::Actor,
    store::{
        Endpoint, NewEndpoint, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{as_json, get, unreadable},
            team_audit,
        },
    },
};

const ADD: &str = "record a webhook";
const REMOVE: &str = "remove a webhook";
const COLUMNS: &str = "id, url, events, created_ms, created_by";

pub(super) async fn add(
    store: &SqliteStore,
    new: &NewEndpoint,
    actor: &Actor,
) -> Result<Endpoint, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(ADD).await?;
    let row = sqlx::query(&format!(
        "INSERT INTO webhook_endpoints (id, url, secret, events, created_ms, created_by) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING {COLUMNS}"
    ))
    .bind(format!("ep_{}", uuid::Uuid::now_v7().simple()))
    .bind(&new.url)
    .bind(&new.secret)
    .bind(as_json(&new.events)?)
    .bind(now)
    .bind(actor.to_string())
    .fetch_one(&mut *tx)
    .await
    .map_err(database(ADD))?;
    let made = endpoint(&row)?;
    team_audit(&mut tx, now, "webhook_added", actor, &made.id).await?;
    tx.commit().await.map_err(database(ADD))?;
    Ok(made)
}

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<Endpoint>, StoreError> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM webhook_endpoints WHERE removed_ms IS NULL ORDER BY id"
    ))
    .fetch_all(&store.pool)
    .await
    .map_err(database("read its webhooks"))?;
    rows.iter().map(endpoint).collect()
}

pub(super) async fn remove(store: &SqliteStore, id: &str, actor: &Actor) -> Result<(), StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(REMOVE).await?;
    let removed = sqlx::query(
        "UPDATE webhook_endpoints SET removed_ms = $2, secret = NULL \
         WHERE id = $1 AND removed_ms IS NULL",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(database(REMOVE))?;
    if removed.rows_affected() == 0 {
        return Err(StoreError::NoEndpoint(id.to_owned()));
    }
    sqlx::query(
        "UPDATE deliveries SET state = 'failed', lease_owner = NULL, lease_expires_ms = NULL, \
         attempt = attempt + 1 WHERE endpoint_id = $1 AND state IN ('waiting', 'leased')",
    )
    .bind(id)
    .execute(&mut *tx)
    .await
    .map_err(database(REMOVE))?;
    team_audit(&mut tx, now, "webhook_removed", actor, id).await?;
    tx.commit().await.map_err(database(REMOVE))
}

fn endpoint(row: &SqliteRow) -> Result<Endpoint, StoreError> {
    Ok(Endpoint {
        id: get(row, "id")?,
        url: get(row, "url")?,
        events: serde_json::from_str(&get::<String>(row, "events")?)
            .map_err(unreadable("events"))?,
        created_ms: get(row, "created_ms")?,
        created_by: get(row, "created_by")?,
    })
}
