//! Counts of lists, which cost more than a page itself, kept until anybody writes.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    hiring::State,
    store::{
        StoreError,
        sqlite::{SqliteStore, database, row::get},
    },
};

/// More different questions than this nobody asks between two writes.
const MOST: usize = 256;

/// What was counted at one [`Mark`].
#[derive(Default)]
pub(in crate::store::sqlite) struct Kept(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    mark: Mark,
    totals: HashMap<String, u32>,
    tallies: HashMap<Option<String>, Vec<(State, u32)>>,
    challenges: Option<Vec<String>>,
}

/// Counts are the same as long as this is: whatever changes an invitation writes a line of the audit trail
/// in the same transaction, in whichever process, and deadlines pass at most once a second.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    last_line: i64,
    second: i64,
}

pub(super) async fn mark(store: &SqliteStore) -> Result<Mark, StoreError> {
    let row = sqlx::query("SELECT coalesce(max(seq), 0) AS last FROM audit")
        .fetch_one(&store.pool)
        .await
        .map_err(database("see whether anything has changed"))?;
    Ok(Mark { last_line: get(&row, "last")?, second: store.clock.now_ms() / 1000 })
}

impl Kept {
    pub(super) fn total(&self, mark: Mark, key: &str) -> Option<u32> {
        self.at(mark, |counted| counted.totals.get(key).copied())
    }

    pub(super) fn keep_total(&self, mark: Mark, key: String, total: u32) {
        self.at(mark, |counted| {
            if counted.totals.len() < MOST {
                counted.totals.insert(key, total);
            }
        });
    }

    pub(super) fn tallies(&self, mark: Mark, of: Option<&str>) -> Option<Vec<(State, u32)>> {
        self.at(mark, |counted| counted.tallies.get(&of.map(str::to_owned)).cloned())
    }

    pub(super) fn keep_tallies(&self, mark: Mark, of: Option<&str>, tallies: &[(State, u32)]) {
        self.at(mark, |counted| {
            if counted.tallies.len() < MOST {
                counted.tallies.insert(of.map(str::to_owned), tallies.to_owned());
            }
        });
    }

    pub(super) fn challenges(&self, mark: Mark) -> Option<Vec<String>> {
        self.at(mark, |counted| counted.challenges.clone())
    }

    pub(super) fn keep_challenges(&self, mark: Mark, challenges: &[String]) {
        self.at(mark, |counted| counted.challenges = Some(challenges.to_owned()));
    }

    /// With what is kept for that mark; what was kept for another one is dropped.
    fn at<T>(&self, mark: Mark, with: impl FnOnce(&mut Counted) -> T) -> T {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.mark != mark {
            *counted = Counted { mark, ..Counted::default() };
        }
        with(&mut counted)
    }
}
