use sqlx::{Row as _, pool::PoolConnection, sqlite::Sqlite};

use super::{SqliteStore, database, row::unreadable};
use crate::store::StoreError;

const LOOK: &str = "see whether anything has changed";

/// Says whether anybody, in whichever process, has written to the database since it was asked last.
pub struct Pulse {
    connection: PoolConnection<Sqlite>,
    seen: i64,
}

impl SqliteStore {
    /// A pulse with a connection of its own: what it says is what that connection has not seen yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pulse(&self) -> Result<Pulse, StoreError> {
        let connection = self.pool.acquire().await.map_err(database(LOOK))?;
        let mut pulse = Pulse { connection, seen: 0 };
        pulse.beats().await?;
        Ok(pulse)
    }
}

impl Pulse {
    /// Whether something has changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn beats(&mut self) -> Result<bool, StoreError> {
        let row = sqlx::query("PRAGMA data_version")
            .fetch_one(&mut *self.connection)
            .await
            .map_err(database(LOOK))?;
        let version: i64 = row.try_get(0).map_err(unreadable("data_version"))?;
        Ok(std::mem::replace(&mut self.seen, version) != version)
    }
}
