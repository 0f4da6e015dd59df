//! API tokens.

use sqlx::sqlite::SqliteRow;
use subtle::ConstantTimeEq as _;

use crate::{
    domain::Digest,
    hiring::Actor,
    store::{
        ApiToken, NewApiToken, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{as_json, get, parsed, unreadable},
            team_audit,
        },
    },
};

const CREATE: &str = "record a token";
const READ: &str = "read its tokens";
const REVOKE: &str = "revoke a token";
const COLUMNS: &str =
    "id, name, secret_sha256, scopes, created_ms, created_by, expires_ms, used_ms, revoked_ms";
/// That a token was used is written this often.
const USED_MS: i64 = 60_000;

pub(super) async fn create(
    store: &SqliteStore,
    new: &NewApiToken,
    actor: &Actor,
) -> Result<ApiToken, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(CREATE).await?;
    let row = sqlx::query(&format!(
        "INSERT INTO api_tokens (id, name, secret_sha256, scopes, created_ms, created_by, expires_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {COLUMNS}"
    ))
    .bind(format!("tok_{}", uuid::Uuid::now_v7().simple()))
    .bind(&new.name)
    .bind(new.hash.to_string())
    .bind(as_json(&new.scopes)?)
    .bind(now)
    .bind(actor.to_string())
    .bind(new.expires_ms)
    .fetch_one(&mut *tx)
    .await
    .map_err(database(CREATE))?;
    let made = token(&row)?;
    let detail = format!("{} for {}", made.id, made.scopes);
    team_audit(&mut tx, now, "token_created", actor, &detail).await?;
    tx.commit().await.map_err(database(CREATE))?;
    Ok(made)
}

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<ApiToken>, StoreError> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM api_tokens ORDER BY id DESC"))
        .fetch_all(&store.pool)
        .await
        .map_err(database(READ))?;
    rows.iter().map(token).collect()
}

pub(super) async fn by_hash(
    store: &SqliteStore,
    hash: &Digest,
) -> Result<Option<ApiToken>, StoreError> {
    let now = store.clock.now_ms();
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM api_tokens WHERE secret_sha256 = $1"))
        .bind(hash.to_string())
        .fetch_optional(&store.pool)
        .await
        .map_err(database(READ))?;
    let Some(row) = row else { return Ok(None) };
    // The index found it; what decides takes the same time whatever was found.
    let kept: Digest = parsed(&row, "secret_sha256")?;
    let found = token(&row)?;
    if !bool::from(kept.bytes().ct_eq(hash.bytes())) || !found.counts_at(now) {
        return Ok(None);
    }
    if found.used_ms.is_none_or(|used| now - used >= USED_MS) {
        sqlx::query("UPDATE api_tokens SET used_ms = $2 WHERE id = $1 AND revoked_ms IS NULL")
            .bind(&found.id)
            .bind(now)
            .execute(&store.pool)
            .await
            .map_err(database("write that a token was used"))?;
    }
    Ok(Some(found))
}

pub(super) async fn revoke(
    store: &SqliteStore,
    id: &str,
    actor: &Actor,
) -> Result<ApiToken, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(REVOKE).await?;
    let row = sqlx::query(&format!(
        "UPDATE api_tokens SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL \
         RETURNING {COLUMNS}"
    ))
    .bind(id)
    .bind(now)
    .fetch_optional(&mut *tx)
    .await
    .map_err(database(REVOKE))?;
    let Some(row) = row else { return Err(StoreError::NoToken(id.to_owned())) };
    team_audit(&mut tx, now, "token_revoked", actor, id).await?;
    tx.commit().await.map_err(database(REVOKE))?;
    token(&row)
}

fn token(row: &SqliteRow) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: get(row, "id")?,
        name: get(row, "name")?,
        scopes: serde_json::from_str(&get::<String>(row, "scopes")?)
            .map_err(unreadable("scopes"))?,
        created_ms: get(row, "created_ms")?,
        created_by: get(row, "created_by")?,
        expires_ms: get(row, "expires_ms")?,
        used_ms: get(row, "used_ms")?,
        revoked_ms: get(row, "revoked_ms")?,
    })
}
