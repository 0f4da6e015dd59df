//! Copies of a finished batch's records. A copy through the queue would take two synchronised commits a
//! grading; this takes one transaction a batch.

use std::path::Path;

use anyhow::Context as _;
use sqlx::{
    Connection as _, Row as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use takehome::store::BatchId;
use uuid::Uuid;

/// What of the model is copied, and the names under which it is: of candidates, submissions, gradings.
const FRESH: &str = "CREATE TEMP TABLE fresh (position INTEGER PRIMARY KEY, grading TEXT NOT NULL UNIQUE, \
     submission INTEGER NOT NULL, sha256 TEXT, new_grading TEXT NOT NULL, new_name TEXT NOT NULL UNIQUE, \
     new_submission INTEGER, new_sha256 TEXT)";

/// The records of one copy, those that others name first. `$1` is the model, `$2` the copy.
const RECORDS: [&str; 9] = [
    "INSERT INTO candidates (name, created_ms) SELECT f.new_name, c.created_ms FROM temp.fresh f \
     CROSS JOIN submissions s ON s.id = f.submission CROSS JOIN candidates c ON c.id = s.candidate_id \
     ORDER BY f.position",
    "INSERT INTO submissions (candidate_id, sha256, original_name, received_ms) \
     SELECT c.id, f.new_sha256, s.original_name, s.received_ms FROM temp.fresh f \
     CROSS JOIN submissions s ON s.id = f.submission CROSS JOIN candidates c ON c.name = f.new_name \
     ORDER BY f.position",
    "UPDATE temp.fresh SET new_submission = (SELECT s.id FROM candidates c \
     JOIN submissions s ON s.candidate_id = c.id WHERE c.name = new_name)",
    "INSERT INTO gradings (id, submission_id, challenge, suite_sha256, seed, state, turn, attempt, lost, \
     queued_ms, finished_ms, verdict, score, image_digest, takehome_version, wall_ms) \
     SELECT f.new_grading, f.new_submission, g.challenge, g.suite_sha256, g.seed, g.state, g.turn, \
     g.attempt, g.lost, g.queued_ms, g.finished_ms, g.verdict, g.score, g.image_digest, \
     g.takehome_version, g.wall_ms FROM temp.fresh f CROSS JOIN gradings g ON g.id = f.grading \
     ORDER BY f.position",
    "INSERT INTO reports (grading_id, json) SELECT f.new_grading, \
     replace(replace(r.json, f.grading, f.new_grading), f.sha256, f.new_sha256) \
     FROM temp.fresh f CROSS JOIN reports r ON r.grading_id = f.grading ORDER BY f.position",
    "INSERT INTO test_results (grading_id, position, test, group_name, outcome, duration_ms) \
     SELECT f.new_grading, t.position, t.test, t.group_name, t.outcome, t.duration_ms \
     FROM temp.fresh f CROSS JOIN test_results t ON t.grading_id = f.grading \
     ORDER BY f.position, t.position",
    "INSERT INTO integrity_notes (grading_id, position, kind, detail) \
     SELECT f.new_grading, i.position, i.kind, i.detail \
     FROM temp.fresh f CROSS JOIN integrity_notes i ON i.grading_id = f.grading",
    "INSERT INTO batch_entries (batch_id, position, submission_id, grading_id, reused, previous_id) \
     SELECT $2, e.position, f.new_submission, f.new_grading, e.reused, NULL \
     FROM temp.fresh f CROSS JOIN batch_entries e ON e.batch_id = $1 AND e.position = f.position",
    "INSERT INTO audit (at_ms, action, batch_id, grading_id, detail) \
     SELECT a.at_ms, a.action, CASE WHEN a.batch_id IS NOT NULL THEN $2 END, f.new_grading, a.detail \
     FROM temp.fresh f CROSS JOIN audit a ON a.grading_id = f.grading ORDER BY a.seq",
];

/// Makes copies in one database.
pub struct Copier {
    connection: SqliteConnection,
    made: u64,
}

impl Copier {
    /// Opens the database, which nothing else should have open.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(file: &Path) -> anyhow::Result<Self> {
        // What is lost with the power is only this measurement.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Off)
            .foreign_keys(true);
        let connection = SqliteConnection::connect_with(&options).await;
        let mut connection = connection.with_context(|| format!("open {}", file.display()))?;
        sqlx::query(FRESH).execute(&mut connection).await.context("prepare the copies")?;
        Ok(Self { connection, made: 0 })
    }

    /// Copies the first `count` entries of a batch, which has to be finished, to a new one.
    ///
    /// # Errors
    /// The database's.
    pub async fn copy(&mut self, model: BatchId, count: u64) -> anyhow::Result<BatchId> {
        self.made += 1;
        let made = self.made;
        self.copied(model, count).await.with_context(|| format!("make copy {made} of a batch"))
    }

    async fn copied(&mut self, model: BatchId, count: u64) -> Result<BatchId, sqlx::Error> {
        let mut tx = self.connection.begin().await?;
        sqlx::query("DELETE FROM temp.fresh").execute(&mut *tx).await?;
        let rows = sqlx::query(
            "SELECT e.position, e.grading_id, s.id, s.sha256, c.name FROM batch_entries e \
             JOIN submissions s ON s.id = e.submission_id JOIN candidates c ON c.id = s.candidate_id \
             WHERE e.batch_id = $1 AND e.position < $2 ORDER BY e.position",
        )
        .bind(model.0)
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let sha256: Option<String> = row.try_get("sha256")?;
            // The same length, and no digest of any other copy.
            let other = sha256.as_ref().map(|sha256| format!("{:08x}{}", self.made, &sha256[8..]));
            sqlx::query(
                "INSERT INTO temp.fresh (position, grading, submission, sha256, new_grading, new_name, \
                 new_sha256) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(row.try_get::<i64, _>("position")?)
            .bind(row.try_get::<String, _>("grading_id")?)
            .bind(row.try_get::<i64, _>("id")?)
            .bind(&sha256)
            .bind(Uuid::now_v7().simple().to_string())
            .bind(format!("{}, {}", row.try_get::<String, _>("name")?, self.made))
            .bind(other)
            .execute(&mut *tx)
            .await?;
        }
        let copy: i64 = sqlx::query(
            "INSERT INTO batches (kind, challenge, suite_sha256, options, created_ms) \
             SELECT kind, challenge, suite_sha256, options, created_ms FROM batches WHERE id = $1 \
             RETURNING id",
        )
        .bind(model.0)
        .fetch_one(&mut *tx)
        .await?
        .try_get("id")?;
        sqlx::query(
            "INSERT INTO audit (at_ms, action, batch_id, detail) SELECT at_ms, action, $2, detail \
             FROM audit WHERE batch_id = $1 AND grading_id IS NULL",
        )
        .bind(model.0)
        .bind(copy)
        .execute(&mut *tx)
        .await?;
        for sql in RECORDS {
            sqlx::query(sql).bind(model.0).bind(copy).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(BatchId(copy))
    }

    /// Folds what was written into the file.
    ///
    /// # Errors
    /// The database's.
    pub async fn close(self) -> anyhow::Result<()> {
        self.connection.close().await.context("close the store")
    }
}
