use std::{path::Path, sync::Arc};

use crate::{
    process::{Fate, Owner},
    store::{
        Blobs, Invitations, SqliteStore, Store, StoreError, SystemClock,
        upkeep::{BLOBS, DATABASE},
    },
};

/// The records and the submissions of one home.
#[derive(Clone)]
pub struct Records {
    /// The records.
    pub store: Arc<dyn Store>,
    /// Who was invited to what; the same store.
    pub invitations: Arc<dyn Invitations>,
    /// The same store, for what has a trait of its own.
    pub database: Arc<SqliteStore>,
    /// The submissions' bytes.
    pub blobs: Blobs,
}

impl Records {
    /// Whether a home folder has a store.
    pub fn exist(home: &Path) -> bool {
        home.join("store").join(DATABASE).is_file()
    }

    /// Opens the store of a home folder, made where there is none. A lease of a process of this
    /// machine that has ended is not waited for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(home: &Path) -> Result<Self, StoreError> {
        let folder = home.join("store");
        let is_gone =
            |owner: &str| owner.parse::<Owner>().is_ok_and(|owner| owner.fate() == Fate::Gone);
        let store =
            SqliteStore::open(&folder.join(DATABASE), Arc::new(SystemClock), Arc::new(is_gone))
                .await?;
        let store = Arc::new(store);
        Ok(Self {
            invitations: store.clone(),
            database: store.clone(),
            store,
            blobs: Blobs::open(&folder.join(BLOBS))?,
        })
    }
}
