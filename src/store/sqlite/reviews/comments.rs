//! Remarks about lines.

use crate::{
    domain::Digest,
    hiring::Code,
    reviewing::{Account, AccountId, Comment},
    store::{
        NewComment, StoreError,
        sqlite::{
            SqliteStore, database, invitations,
            row::{count, get},
        },
    },
};

const READ: &str = "read its comments";
const WRITE: &str = "keep a comment";

pub(super) async fn of(
    store: &SqliteStore,
    code: &Code,
    sha256: &Digest,
) -> Result<Vec<Comment>, StoreError> {
    let rows = sqlx::query(
        "SELECT c.id, c.path, c.line, c.account_id, a.name, c.words, c.at_ms FROM line_comments c \
         JOIN accounts a ON a.id = c.account_id JOIN invitations i ON i.id = c.invitation_id \
         WHERE i.code = $1 AND c.sha256 = $2 AND c.removed_ms IS NULL ORDER BY c.path, c.line, c.id",
    )
    .bind(code.as_str())
    .bind(sha256.to_string())
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(Comment {
                id: get(row, "id")?,
                path: get(row, "path")?,
                line: count(row, "line")?,
                by: AccountId(get(row, "account_id")?),
                name: get(row, "name")?,
                words: get(row, "words")?,
                at_ms: get(row, "at_ms")?,
            })
        })
        .collect()
}

pub(super) async fn add(
    store: &SqliteStore,
    code: &Code,
    new: &NewComment,
    by: &Account,
) -> Result<i64, StoreError> {
    let mut tx = store.begin(WRITE).await?;
    let (id, _) = invitations::one(&mut tx, code).await?;
    let row = sqlx::query(
        "INSERT INTO line_comments (invitation_id, sha256, path, line, account_id, words, at_ms) \
         SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT 1 FROM submissions s \
         JOIN candidates c ON c.id = s.candidate_id WHERE c.invitation_id = $1 AND s.sha256 = $2 \
         AND c.erased_ms IS NULL) RETURNING id",
    )
    .bind(id)
    .bind(new.sha256.to_string())
    .bind(&new.path)
    .bind(i64::from(new.line))
    .bind(by.id.0)
    .bind(new.words.as_str())
    .bind(store.clock.now_ms())
    .fetch_optional(&mut *tx)
    .await
    .map_err(database(WRITE))?;
    let Some(row) = row else { return Err(StoreError::NoInvitation(code.to_string())) };
    let number = get(&row, "id")?;
    tx.commit().await.map_err(database(WRITE))?;
    Ok(number)
}

pub(super) async fn remove(
    store: &SqliteStore,
    code: &Code,
    id: i64,
    by: &Account,
) -> Result<(), StoreError> {
    let removed = sqlx::query(
        "UPDATE line_comments SET words = '', removed_ms = $4 WHERE id = $1 AND account_id = $2 \
         AND removed_ms IS NULL AND invitation_id = (SELECT id FROM invitations WHERE code = $3)",
    )
    .bind(id)
    .bind(by.id.0)
    .bind(code.as_str())
    .bind(store.clock.now_ms())
    .execute(&store.pool)
    .await
    .map_err(database(WRITE))?;
    if removed.rows_affected() == 0 { Err(StoreError::NoComment) } else { Ok(()) }
}
