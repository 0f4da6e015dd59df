//! Pages of the audit trail.

use crate::{
    hiring::Code,
    store::{
        StoreError, TrailEntry,
        sqlite::{SqliteStore, database, row::get},
    },
};

pub(super) async fn trail(
    store: &SqliteStore,
    of: Option<&Code>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<TrailEntry>, StoreError> {
    // A query of its own, so that each has the index that it needs.
    let only = match of {
        Some(_) => "a.invitation_id = (SELECT id FROM invitations WHERE code = $3)",
        None => "$3 IS NULL",
    };
    let rows = sqlx::query(&format!(
        "SELECT a.seq, a.at_ms, a.action, a.actor, i.code, a.grading_id, a.batch_id, a.detail \
         FROM audit a LEFT JOIN invitations i ON i.id = a.invitation_id \
         WHERE a.seq < $1 AND {only} ORDER BY a.seq DESC LIMIT $2"
    ))
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .bind(of.map(Code::as_str))
    .fetch_all(&store.pool)
    .await
    .map_err(database("read the audit trail"))?;
    rows.iter()
        .map(|row| {
            Ok(TrailEntry {
                seq: get(row, "seq")?,
                at_ms: get(row, "at_ms")?,
                action: get(row, "action")?,
                actor: get(row, "actor")?,
                invitation: get(row, "code")?,
                grading: get(row, "grading_id")?,
                batch: get(row, "batch_id")?,
                detail: get(row, "detail")?,
            })
        })
        .collect()
}
