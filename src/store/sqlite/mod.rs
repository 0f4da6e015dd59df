//! The store in one SQLite file: write-ahead log, every commit synchronised.

mod access;
mod checks;
mod enqueue;
mod hooks;
mod invitations;
mod pulse;
mod queue;
mod read;
mod result;
mod reviews;
mod row;
mod survey;
mod team;
mod upkeep;
mod uploads;
mod workload;

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use sqlx::{
    Connection as _, SqlitePool, Transaction,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{
        Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    },
};

pub use pulse::Pulse;

use super::{
    Ask, AuditLine, Batch, BatchId, Claim, Clock, Enqueued, Entry, Finished, GradedBy, Lease,
    NewBatch, Scope, Store, StoreError, Twins,
};
use crate::{
    domain::{Digest, Observation, Occurrences, Report},
    hiring::Actor,
};

/// How long a statement waits for another process's write, which takes milliseconds.
const BUSY: Duration = Duration::from_secs(30);
const LOCK_POLL: Duration = Duration::from_millis(20);
const CONNECTIONS: u32 = 8;
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("../../../migrations/0001_initial.sql")),
    (2, "rounds", include_str!("../../../migrations/0002_rounds.sql")),
    (3, "statistics", include_str!("../../../migrations/0003_statistics.sql")),
    (4, "invitations", include_str!("../../../migrations/0004_invitations.sql")),
    (5, "uploads", include_str!("../../../migrations/0005_uploads.sql")),
    (6, "working", include_str!("../../../migrations/0006_working.sql")),
    (7, "team", include_str!("../../../migrations/0007_team.sql")),
    (8, "api", include_str!("../../../migrations/0008_api.sql")),
    (9, "listing", include_str!("../../../migrations/0009_listing.sql")),
];

/// Whether the process that an [`Ask`] named as its owner has ended, as far as can be told.
pub type IsGone = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// [`Store`] in a SQLite file. Several processes may have it open.
#[derive(Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
    clock: Arc<dyn Clock>,
    is_gone: IsGone,
    /// Counts that lists show, while they are right.
    kept: Arc<reviews::Kept>,
}

impl SqliteStore {
    /// Opens the database `file`, made and brought up to date where needed. `is_gone` tells which
    /// leases need not be waited for.
    ///
    /// # Errors
    /// [`StoreError`]: the folder or the file cannot be written, or a newer version wrote it.
    pub async fn open(
        file: &Path,
        clock: Arc<dyn Clock>,
        is_gone: IsGone,
    ) -> Result<Self, StoreError> {
        let lock = file.to_owned();
        // Held while the tables are made: two processes may start at once.
        let _lock = tokio::task::spawn_blocking(move || lock_file(&lock))
            .await
            .map_err(|cause| database("open its file")(cause))??;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(BUSY * 2)
            // A full disk ends a transaction without the library's knowing: such a connection takes no
            // other one.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
            .connect_with(options)
            .await
            .map_err(database("open its file"))?;
        match migrator().run(&pool).await {
            Ok(()) => Ok(Self { pool, clock, is_gone, kept: Arc::default() }),
            // A table that is not known here, or was another one before its release.
            Err(MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_)) => {
                Err(StoreError::Newer(file.to_owned()))
            }
            Err(error) => Err(database("bring its tables up to date")(error)),
        }
    }

    /// Closes its connections, which also folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that writes: it waits for its turn at the beginning, not half-way.
    async fn begin(
        &self,
        action: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(database(action))
    }
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into(), false)
    });
    Migrator { migrations: migrations.collect::<Vec<_>>().into(), ..Migrator::DEFAULT }
}

fn lock_file(database: &Path) -> Result<File, StoreError> {
    let failed = |action: &'static str, path: &Path| {
        let path = path.to_owned();
        move |cause: io::Error| StoreError::Io { action, path, cause }
    };
    if let Some(folder) = database.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed("make", folder))?;
    }
    let path: PathBuf = database.with_extension("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed("open", &path))?;
    let give_up = Instant::now() + BUSY;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                std::thread::sleep(LOCK_POLL);
            }
            Err(error) => return Err(failed("lock", &path)(error.into())),
        }
    }
}

/// A line of the audit trail about something that is no batch, grading or invitation.
async fn team_audit(
    tx: &mut Transaction<'static, Sqlite>,
    now: i64,
    action: &str,
    actor: &Actor,
    detail: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO audit (at_ms, action, actor, detail) VALUES ($1, $2, $3, $4)")
        .bind(now)
        .bind(action)
        .bind(actor.to_string())
        .bind(detail)
        .execute(&mut **tx)
        .await
        .map_err(database("write the audit trail"))?;
    Ok(())
}

/// Turns the library's errors into ours.
fn database<E>(action: &'static str) -> impl Fn(E) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |cause| StoreError::Database { action, cause: Box::new(cause) }
}

#[async_trait]
impl Store for SqliteStore {
    async fn enqueue(&self, batch: &NewBatch) -> Result<Enqueued, StoreError> {
        enqueue::enqueue(self, batch).await
    }

    async fn enqueue_round(&self, batches: &[NewBatch]) -> Result<Vec<Enqueued>, StoreError> {
        enqueue::enqueue_round(self, batches).await
    }

    async fn claim(&self, ask: &Ask) -> Result<Option<Claim>, StoreError> {
        queue::claim(self, ask).await
    }

    async fn heartbeat(&self, lease: &Lease, for_ms: u64) -> Result<(), StoreError> {
        queue::heartbeat(self, lease, for_ms).await
    }

    async fn complete(&self, lease: &Lease, report: &Report) -> Result<(), StoreError> {
        result::complete(self, lease, report).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        queue::release(self, lease).await
    }

    async fn batch(&self, batch: BatchId) -> Result<Batch, StoreError> {
        read::batch(self, batch).await
    }

    async fn round(&self, batch: BatchId) -> Result<Vec<Batch>, StoreError> {
        read::round(self, batch).await
    }

    async fn newest(&self, unfinished: bool) -> Result<Option<Batch>, StoreError> {
        read::newest(self, unfinished).await
    }

    async fn entries(&self, batch: BatchId) -> Result<Vec<Entry>, StoreError> {
        read::entries(self, batch).await
    }

    async fn results(&self, batch: BatchId) -> Result<Vec<(Entry, Option<Report>)>, StoreError> {
        read::results(self, batch).await
    }

    async fn report(&self, grading: &str) -> Result<Option<Report>, StoreError> {
        read::report(self, grading).await
    }

    async fn latest(
        &self,
        challenge: &str,
        batch: Option<BatchId>,
    ) -> Result<Vec<Finished>, StoreError> {
        read::latest(self, challenge, batch).await
    }

    async fn twins(&self, batch: BatchId) -> Result<Vec<Twins>, StoreError> {
        read::twins(self, batch).await
    }

    async fn usual_ms(&self, challenge: &str) -> Result<Option<u64>, StoreError> {
        read::usual_ms(self, challenge).await
    }

    async fn suites(&self) -> Result<Vec<GradedBy>, StoreError> {
        survey::suites(self).await
    }

    async fn survey(
        &self,
        scope: &Scope,
        each: &mut (dyn FnMut(Observation) + Send),
    ) -> Result<Occurrences, StoreError> {
        survey::survey(self, scope, each).await
    }

    async fn newest_of(
        &self,
        challenge: &str,
        suite: &Digest,
        up_to: Option<BatchId>,
        least: u64,
    ) -> Result<Vec<BatchId>, StoreError> {
        survey::newest_of(self, challenge, suite, up_to, least).await
    }

    async fn audit(&self, grading: Option<&str>) -> Result<Vec<AuditLine>, StoreError> {
        read::audit(self, grading).await
    }

    async fn contents(&self) -> Result<Vec<Digest>, StoreError> {
        upkeep::contents(self).await
    }

    async fn problems(&self) -> Result<Vec<String>, StoreError> {
        upkeep::problems(self).await
    }

    async fn snapshot(&self, file: &Path) -> Result<(), StoreError> {
        upkeep::snapshot(self, file).await
    }

    async fn export(
        &self,
        each: &mut (dyn FnMut(serde_json::Value) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError> {
        upkeep::export(self, each).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SystemClock;

    #[tokio::test]
    async fn a_disk_that_was_full_for_a_moment_spoils_no_connection() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("takehome.db");
        let store = SqliteStore::open(&file, Arc::new(SystemClock), Arc::new(|_: &str| false));
        let store = store.await.expect("a store");
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut connection = store.pool.acquire().await.expect("a connection");
            let full = sqlx::query("PRAGMA max_page_count = 1").execute(&mut *connection).await;
            full.expect("as full as it is");
            connections.push(connection);
        }
        drop(connections);
        // Once: what takes the place of a spoilt connection is not as full.
        let mut tx = store.begin("fill the disk").await.expect("a transaction");
        let written = sqlx::query("INSERT INTO audit (at_ms, action, detail) VALUES (1, 'x', $1)")
            .bind("x".repeat(1 << 20))
            .execute(&mut *tx)
            .await;
        assert!(written.is_err(), "there was room");
        drop(tx);
        for _ in 0..2 * CONNECTIONS {
            let tx = store.begin("go on").await.expect("a transaction");
            tx.commit().await.expect("a commit");
        }
    }
}
