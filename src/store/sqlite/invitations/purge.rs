//! Forgetting people. What was decided, its counts and the audit trail stay, under the code.

use std::collections::BTreeSet;

use sqlx::{Transaction, sqlite::Sqlite};

use super::{read, redact::redacted, write_audit};
use crate::{
    domain::{Digest, Report},
    hiring::{Actor, Code, Event},
    store::{
        Purged, Remove, StoreError,
        sqlite::{
            SqliteStore, checks, database,
            row::{as_json, count, get, parsed, unreadable},
        },
    },
};

const PURGE: &str = "forget a person";
const ARCHIVE: &str = "removed";

pub(super) async fn purge(
    store: &SqliteStore,
    codes: &[Code],
    also: &[String],
    actor: &Actor,
) -> Result<Purged, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(PURGE).await?;
    let mut purged = Purged::default();
    let mut people = BTreeSet::new();
    let mut first = true;
    for code in codes {
        let (id, invitation) = read::one(&mut tx, code).await?;
        let next = invitation.after(Event::Purge, actor, now)?;
        if first {
            link(&mut tx, id, also).await?;
            first = false;
        }
        people.insert(invitation.person.id);
        purged.submissions += erase_candidates(&mut tx, id, code, now).await?;
        for sql in [
            "UPDATE invitations SET state = 'purged', token_sha256 = NULL, multiplier_percent = 100, \
             version = version + 1 WHERE id = $1",
            "UPDATE messages SET recipient = NULL, detail = NULL WHERE invitation_id = $1",
            "DELETE FROM accommodations WHERE invitation_id = $1",
            // What colleagues wrote about the person; what they marked and decided stays.
            "UPDATE line_comments SET words = '', path = '', removed_ms = coalesce(removed_ms, 0) \
             WHERE invitation_id = $1",
            "UPDATE scorecards SET words = '' WHERE invitation_id = $1",
            "UPDATE marks SET words = '' WHERE scorecard_id IN \
             (SELECT id FROM scorecards WHERE invitation_id = $1)",
            "UPDATE decisions SET reason = '', feedback = '' WHERE invitation_id = $1",
            "UPDATE uploads SET original_name = 'removed' WHERE invitation_id = $1",
        ] {
            sqlx::query(sql).bind(id).execute(&mut *tx).await.map_err(database(PURGE))?;
        }
        write_audit(&mut tx, now, next.key(), id, actor, "").await?;
        purged.invitations += 1;
    }
    for person in people {
        let gone = sqlx::query(
            "UPDATE people SET name = NULL, mail = NULL, mail_key = NULL, time_zone = NULL, \
             purged_ms = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM invitations \
             WHERE person_id = $1 AND state <> 'purged')",
        )
        .bind(person.0)
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(database(PURGE))?;
        purged.people += u32::try_from(gone.rows_affected()).unwrap_or(u32::MAX);
    }
    tx.commit().await.map_err(database(PURGE))?;
    // The log before the database's file still has what was there; this writes it over.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&store.pool)
        .await
        .map_err(database(PURGE))?;
    Ok(purged)
}

/// Candidates as gradings know them are this invitation's from now on.
async fn link(
    tx: &mut Transaction<'static, Sqlite>,
    invitation: i64,
    also: &[String],
) -> Result<(), StoreError> {
    for name in also {
        let linked = sqlx::query(
            "UPDATE candidates SET invitation_id = $2 WHERE name = $1 AND erased_ms IS NULL \
             AND (invitation_id IS NULL OR invitation_id = $2)",
        )
        .bind(name)
        .bind(invitation)
        .execute(&mut **tx)
        .await
        .map_err(database(PURGE))?;
        if linked.rows_affected() == 0 {
            return Err(StoreError::NoCandidate(name.clone()));
        }
    }
    Ok(())
}

/// What gradings know of an invitation's candidates; how many submissions lost their names.
async fn erase_candidates(
    tx: &mut Transaction<'static, Sqlite>,
    invitation: i64,
    code: &Code,
    now: i64,
) -> Result<u32, StoreError> {
    let open = sqlx::query(
        "SELECT count(*) AS n FROM gradings g JOIN submissions s ON s.id = g.submission_id \
         JOIN candidates c ON c.id = s.candidate_id \
         WHERE c.invitation_id = $1 AND g.state <> 'done'",
    )
    .bind(invitation)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(PURGE))?;
    if count(&open, "n")? > 0 {
        return Err(StoreError::BeingGraded(code.to_string()));
    }
    // The reports first: what they may lose depends on the candidate, who is marked here.
    let candidates = sqlx::query(
        "UPDATE candidates SET erased_ms = $2, \
         name = CASE WHEN name = $3 THEN name ELSE $3 || '/' || id END \
         WHERE invitation_id = $1 AND erased_ms IS NULL RETURNING id",
    )
    .bind(invitation)
    .bind(now)
    .bind(code.as_str())
    .fetch_all(&mut **tx)
    .await
    .map_err(database(PURGE))?;
    let mut submissions = 0;
    for candidate in &candidates {
        let candidate: i64 = get(candidate, "id")?;
        redact_reports(tx, candidate, code).await?;
        checks::forget(tx, candidate).await?;
        let renamed =
            sqlx::query("UPDATE submissions SET original_name = $2 WHERE candidate_id = $1")
                .bind(candidate)
                .bind(ARCHIVE)
                .execute(&mut **tx)
                .await
                .map_err(database(PURGE))?;
        submissions += u32::try_from(renamed.rows_affected()).unwrap_or(u32::MAX);
        // Another candidate's who sent the same bytes stay.
        sqlx::query(
            "INSERT INTO erasures (sha256, asked_ms) SELECT DISTINCT s.sha256, $2 FROM submissions s \
             WHERE s.candidate_id = $1 AND s.sha256 IS NOT NULL AND NOT EXISTS ( \
             SELECT 1 FROM submissions o JOIN candidates c ON c.id = o.candidate_id \
             WHERE o.sha256 = s.sha256 AND c.erased_ms IS NULL) ON CONFLICT DO NOTHING",
        )
        .bind(candidate)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map_err(database(PURGE))?;
    }
    Ok(submissions)
}

async fn redact_reports(
    tx: &mut Transaction<'static, Sqlite>,
    candidate: i64,
    code: &Code,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT r.grading_id, r.json FROM reports r JOIN gradings g ON g.id = r.grading_id \
         JOIN submissions s ON s.id = g.submission_id WHERE s.candidate_id = $1",
    )
    .bind(candidate)
    .fetch_all(&mut **tx)
    .await
    .map_err(database(PURGE))?;
    for row in &rows {
        let grading: String = get(row, "grading_id")?;
        let report: Report = serde_json::from_str(&get::<String>(row, "json")?)
            .map_err(unreadable(&format!("the report of {grading}")))?;
        sqlx::query("UPDATE reports SET json = $2 WHERE grading_id = $1")
            .bind(&grading)
            .bind(as_json(&redacted(report, code.as_str()))?)
            .execute(&mut **tx)
            .await
            .map_err(database(PURGE))?;
        sqlx::query("UPDATE integrity_notes SET detail = '' WHERE grading_id = $1")
            .bind(&grading)
            .execute(&mut **tx)
            .await
            .map_err(database(PURGE))?;
    }
    Ok(())
}

pub(super) async fn doomed(store: &SqliteStore) -> Result<Vec<Digest>, StoreError> {
    let rows = sqlx::query("SELECT sha256 FROM erasures ORDER BY sha256")
        .fetch_all(&store.pool)
        .await
        .map_err(database(read::READ))?;
    rows.iter().map(|row| parsed(row, "sha256")).collect()
}

pub(super) async fn remove_bytes(
    store: &SqliteStore,
    digest: &Digest,
    remove: &Remove<'_>,
) -> Result<bool, StoreError> {
    // Nobody enqueues while this is open.
    let mut tx = store.begin(PURGE).await?;
    let row = sqlx::query(
        "SELECT count(*) AS n FROM submissions s JOIN candidates c ON c.id = s.candidate_id \
         WHERE s.sha256 = $1 AND c.erased_ms IS NULL",
    )
    .bind(digest.to_string())
    .fetch_one(&mut *tx)
    .await
    .map_err(database(PURGE))?;
    let nobodys = count(&row, "n")? == 0;
    if nobodys {
        remove(digest)?;
    }
    sqlx::query("DELETE FROM erasures WHERE sha256 = $1")
        .bind(digest.to_string())
        .execute(&mut *tx)
        .await
        .map_err(database(PURGE))?;
    tx.commit().await.map_err(database(PURGE))?;
    Ok(nobodys)
}
