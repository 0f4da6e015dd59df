//! The write of a result.

use sqlx::{Transaction, sqlite::Sqlite};

use super::{
    SqliteStore, StoreError, database, invitations, queue,
    row::{as_json, as_word, signed},
};
use crate::{domain::Report, store::Lease};

const WRITE: &str = "write a result";

pub(super) async fn complete(
    store: &SqliteStore,
    lease: &Lease,
    report: &Report,
) -> Result<(), StoreError> {
    if report.grading_id != lease.grading {
        return Err(StoreError::Mismatch {
            expected: lease.grading.clone(),
            found: report.grading_id.clone(),
        });
    }
    let now = store.clock.now_ms();
    let mut tx = store.begin(WRITE).await?;
    if let Some(error) = queue::refusal(&mut tx, lease).await? {
        let detail = format!("attempt {} came too late: {error}", lease.attempt);
        queue::write_audit(&mut tx, now, "refused", None, Some(&lease.grading), &detail).await?;
        tx.commit().await.map_err(database(WRITE))?;
        return Err(error);
    }
    finish(&mut tx, now, report).await?;
    let result = report.score.map_or_else(|| "no score".to_owned(), |score| score.to_string());
    let verdict = as_word(&report.verdict)?;
    let detail = format!("attempt {}: {verdict}, {result}", lease.attempt);
    queue::write_audit(&mut tx, now, "finished", None, Some(&lease.grading), &detail).await?;
    tx.commit().await.map_err(database(WRITE))
}

/// Writes everything of a report to its grading, which becomes `done`.
pub(super) async fn finish(
    tx: &mut Transaction<'static, Sqlite>,
    now: i64,
    report: &Report,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE gradings SET state = 'done', lease_owner = NULL, lease_expires_ms = NULL, \
         finished_ms = $2, verdict = $3, score = $4, image_digest = $5, takehome_version = $6, \
         wall_ms = $7 WHERE id = $1",
    )
    .bind(&report.grading_id)
    .bind(now)
    .bind(as_word(&report.verdict)?)
    .bind(report.score)
    .bind(&report.provenance.image_digest)
    .bind(&report.provenance.takehome_version)
    .bind(signed(report.resources.wall_ms))
    .execute(&mut **tx)
    .await
    .map_err(database(WRITE))?;
    sqlx::query("INSERT INTO reports (grading_id, json) VALUES ($1, $2)")
        .bind(&report.grading_id)
        .bind(as_json(report)?)
        .execute(&mut **tx)
        .await
        .map_err(database(WRITE))?;
    for (position, test) in (0_i64..).zip(&report.tests) {
        sqlx::query(
            "INSERT INTO test_results (grading_id, position, test, group_name, outcome, duration_ms) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&report.grading_id)
        .bind(position)
        .bind(&test.id)
        .bind(&test.group)
        .bind(as_word(&test.outcome)?)
        .bind(signed(test.duration_ms))
        .execute(&mut **tx)
        .await
        .map_err(database(WRITE))?;
    }
    for (position, note) in (0_i64..).zip(&report.integrity) {
        sqlx::query(
            "INSERT INTO integrity_notes (grading_id, position, kind, detail) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(&report.grading_id)
        .bind(position)
        .bind(as_word(&note.kind)?)
        .bind(&note.detail)
        .execute(&mut **tx)
        .await
        .map_err(database(WRITE))?;
    }
    invitations::graded(tx, &report.grading_id, report.verdict, now).await
}
