//! Answers to requests that carry an idempotency key.

use crate::store::{
    ANSWER_LOST_MS, ANSWERS_KEPT_MS, Answer, Once, StoreError, Turn,
    sqlite::{
        SqliteStore, database,
        row::{as_json, get, unreadable},
    },
};

const ONCE: &str = "look for an earlier request";

pub(super) async fn once(store: &SqliteStore, asked: &Once) -> Result<Turn, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(ONCE).await?;
    // Old answers go, and requests whose process ended before they were answered.
    sqlx::query("DELETE FROM answers WHERE begun_ms <= $1 OR (status IS NULL AND begun_ms <= $2)")
        .bind(now - ANSWERS_KEPT_MS)
        .bind(now - ANSWER_LOST_MS)
        .execute(&mut *tx)
        .await
        .map_err(database(ONCE))?;
    let row = sqlx::query(
        "SELECT request_sha256, status, headers, body FROM answers \
         WHERE token_id = $1 AND key_sha256 = $2",
    )
    .bind(&asked.token)
    .bind(asked.key.to_string())
    .fetch_optional(&mut *tx)
    .await
    .map_err(database(ONCE))?;
    let turn = match row {
        None => {
            sqlx::query(
                "INSERT INTO answers (token_id, key_sha256, request_sha256, begun_ms) \
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(&asked.token)
            .bind(asked.key.to_string())
            .bind(asked.request.to_string())
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(database(ONCE))?;
            Turn::Do
        }
        Some(row) if get::<String>(&row, "request_sha256")? != asked.request.to_string() => {
            Turn::Other
        }
        Some(row) => {
            match (get::<Option<u16>>(&row, "status")?, get::<Option<Vec<u8>>>(&row, "body")?) {
                (None, _) => Turn::AtWork,
                (Some(_), None) => Turn::Erased,
                (Some(status), Some(body)) => Turn::Given(Answer {
                    status,
                    headers: serde_json::from_str(&get::<String>(&row, "headers")?)
                        .map_err(unreadable("headers"))?,
                    body,
                }),
            }
        }
    };
    tx.commit().await.map_err(database(ONCE))?;
    Ok(turn)
}

pub(super) async fn answer(
    store: &SqliteStore,
    asked: &Once,
    answer: &Answer,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE answers SET status = $3, headers = $4, body = $5 \
         WHERE token_id = $1 AND key_sha256 = $2 AND request_sha256 = $6 AND status IS NULL",
    )
    .bind(&asked.token)
    .bind(asked.key.to_string())
    .bind(answer.status)
    .bind(as_json(&answer.headers)?)
    .bind(&answer.body)
    .bind(asked.request.to_string())
    .execute(&store.pool)
    .await
    .map_err(database("keep an answer"))?;
    Ok(())
}

pub(super) async fn unanswered(store: &SqliteStore, asked: &Once) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM answers WHERE token_id = $1 AND key_sha256 = $2 AND request_sha256 = $3 \
         AND status IS NULL",
    )
    .bind(&asked.token)
    .bind(asked.key.to_string())
    .bind(asked.request.to_string())
    .execute(&store.pool)
    .await
    .map_err(database("forget a request"))?;
    Ok(())
}
