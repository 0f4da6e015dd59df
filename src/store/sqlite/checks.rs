//! Visible checks in the table of migrations/0006_working.sql.

use async_trait::async_trait;
use sqlx::{Row as _, Transaction, sqlite::Sqlite};

use super::{
    SqliteStore, StoreError, database, queue,
    row::{as_json, count, get, signed, unreadable},
};
use crate::{
    domain::Checked,
    store::{Ask, Checking, Checks, Claim, Lease, MOST_LOST_CHECKS, Which},
};

const ASK: &str = "ask for a check";
const CLAIM: &str = "claim a check";
const WRITE: &str = "write what a check found";

/// Asks for the check of an upload whose grading has just been queued.
pub(super) async fn ask(
    tx: &mut Transaction<'static, Sqlite>,
    grading: &str,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO checks (grading_id, state, attempt, lost, asked_ms) \
         VALUES ($1, 'queued', 0, 0, $2) ON CONFLICT DO NOTHING",
    )
    .bind(grading)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(database(ASK))?;
    Ok(())
}

/// The checks of a candidate who is forgotten go, finished or not.
pub(super) async fn forget(
    tx: &mut Transaction<'static, Sqlite>,
    candidate: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM checks WHERE grading_id IN (SELECT g.id FROM gradings g \
         JOIN submissions s ON s.id = g.submission_id WHERE s.candidate_id = $1)",
    )
    .bind(candidate)
    .execute(&mut **tx)
    .await
    .map_err(database("forget what a check found"))?;
    Ok(())
}

#[async_trait]
impl Checks for SqliteStore {
    async fn claim_check(&self, ask: &Ask) -> Result<Option<Claim>, StoreError> {
        claim(self, ask).await
    }

    async fn renew_check(&self, lease: &Lease, for_ms: u64) -> Result<(), StoreError> {
        let expires = self.clock.now_ms().saturating_add(signed(for_ms));
        change(
            self,
            lease,
            "UPDATE checks SET lease_expires_ms = CAST($3 AS INTEGER) \
             WHERE grading_id = $1 AND attempt = $2 AND state = 'leased'",
            Some(expires.to_string()),
        )
        .await
    }

    async fn checked(&self, lease: &Lease, checked: &Checked) -> Result<(), StoreError> {
        let result = as_json(checked)?;
        let sql = format!(
            "UPDATE checks SET state = 'done', lease_owner = NULL, lease_expires_ms = NULL, \
             finished_ms = {}, result = $3 WHERE grading_id = $1 AND attempt = $2 AND state = 'leased'",
            self.clock.now_ms()
        );
        change(self, lease, &sql, Some(result)).await
    }

    async fn release_check(&self, lease: &Lease) -> Result<(), StoreError> {
        change(
            self,
            lease,
            "UPDATE checks SET state = 'queued', lease_owner = $3, lease_expires_ms = NULL \
             WHERE grading_id = $1 AND attempt = $2 AND state = 'leased'",
            None,
        )
        .await
    }

    async fn check_of(&self, grading: &str) -> Result<Option<Checking>, StoreError> {
        let row = sqlx::query("SELECT state, result FROM checks WHERE grading_id = $1")
            .bind(grading)
            .fetch_optional(&self.pool)
            .await
            .map_err(database("look at a check"))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(match get::<String>(&row, "state")?.as_str() {
            "queued" => Checking::Waiting,
            "leased" => Checking::Running,
            _ => {
                let result: String = get(&row, "result")?;
                let checked = serde_json::from_str(&result);
                Checking::Done(checked.map_err(unreadable("the result of a check"))?)
            }
        }))
    }
}

/// What can be claimed, in the order in which it is: least lost, then longest waiting.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    lost: u32,
    asked_ms: i64,
    grading: String,
    attempt: u32,
}

async fn claim(store: &SqliteStore, ask: &Ask) -> Result<Option<Claim>, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(CLAIM).await?;
    let Some(next) = next(store, &mut tx, ask, now).await? else { return Ok(None) };
    let lease = Lease { grading: next.grading, attempt: next.attempt + 1 };
    let expires = now.saturating_add(signed(ask.lease.as_millis() as u64));
    sqlx::query(
        "UPDATE checks SET state = 'leased', attempt = $2, lost = $3, lease_owner = $4, \
         lease_expires_ms = $5 WHERE grading_id = $1",
    )
    .bind(&lease.grading)
    .bind(lease.attempt)
    .bind(next.lost)
    .bind(&ask.owner)
    .bind(expires)
    .execute(&mut *tx)
    .await
    .map_err(database(CLAIM))?;
    let claim = queue::claimed(&mut tx, lease, next.lost, MOST_LOST_CHECKS).await?;
    tx.commit().await.map_err(database(CLAIM))?;
    Ok(Some(claim))
}

async fn next(
    store: &SqliteStore,
    tx: &mut Transaction<'static, Sqlite>,
    ask: &Ask,
    now: i64,
) -> Result<Option<Candidate>, StoreError> {
    let of = match &ask.which {
        Which::Uploads(challenges) => Some(as_json(challenges)?),
        Which::Any | Which::Batch(_) => None,
    };
    let rows = sqlx::query(
        "SELECT k.grading_id, k.attempt, k.lost, k.asked_ms, k.lease_owner, \
         coalesce(k.lease_expires_ms, 0) AS expires FROM checks k JOIN gradings g ON g.id = k.grading_id \
         WHERE k.state IN ('queued', 'leased') \
         AND ($1 IS NULL OR g.challenge IN (SELECT value FROM json_each($1)))",
    )
    .bind(&of)
    .fetch_all(&mut **tx)
    .await
    .map_err(database(CLAIM))?;
    let mut candidates = Vec::new();
    for row in &rows {
        let mut lost = count(row, "lost")?;
        if let Some(owner) = get::<Option<String>>(row, "lease_owner")? {
            let expired = row.try_get::<i64, _>("expires").map_err(database(CLAIM))? <= now;
            if owner == ask.owner || !(expired || (store.is_gone)(&owner)) {
                continue;
            }
            lost += 1;
        }
        candidates.push(Candidate {
            lost,
            asked_ms: get(row, "asked_ms")?,
            grading: get(row, "grading_id")?,
            attempt: count(row, "attempt")?,
        });
    }
    Ok(candidates.into_iter().min())
}

/// Changes the check of a lease, if that is still the one that counts. The parameters of `sql` are the
/// grading, the attempt and `value`.
async fn change(
    store: &SqliteStore,
    lease: &Lease,
    sql: &str,
    value: Option<String>,
) -> Result<(), StoreError> {
    let mut tx = store.begin(WRITE).await?;
    let row = sqlx::query("SELECT state, attempt FROM checks WHERE grading_id = $1")
        .bind(&lease.grading)
        .fetch_optional(&mut *tx)
        .await
        .map_err(database(WRITE))?;
    // Its candidate was forgotten meanwhile, so nobody is to be told.
    let Some(row) = row else {
        return Err(StoreError::Finished {
            grading: lease.grading.clone(),
            attempt: lease.attempt,
        });
    };
    let (state, current): (String, u32) = (get(&row, "state")?, count(&row, "attempt")?);
    let (grading, attempt) = (lease.grading.clone(), lease.attempt);
    match state.as_str() {
        "done" => return Err(StoreError::Finished { grading, attempt }),
        "leased" if current == attempt => {}
        _ => return Err(StoreError::Stale { grading, attempt, current }),
    }
    sqlx::query(sql)
        .bind(&lease.grading)
        .bind(lease.attempt)
        .bind(&value)
        .execute(&mut *tx)
        .await
        .map_err(database(WRITE))?;
    tx.commit().await.map_err(database(WRITE))
}
