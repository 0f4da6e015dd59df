//! Invitations come to be.

use sqlx::{Transaction, sqlite::Sqlite};

use super::{message, read, write_audit};
use crate::{
    hiring::{Actor, Multiplier},
    store::{
        Changed, NewInvitation, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{as_word, get},
        },
    },
};

const CREATE: &str = "record an invitation";

pub(super) async fn invite(
    store: &SqliteStore,
    new: &[NewInvitation],
    actor: &Actor,
) -> Result<Vec<Changed>, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(CREATE).await?;
    let mut made = Vec::with_capacity(new.len());
    for one in new {
        let person = person(&mut tx, one, now).await?;
        refuse_twice(&mut tx, one, person, now).await?;
        let id = insert(&mut tx, one, person, now).await?;
        if one.terms.multiplier != Multiplier::NONE {
            super::change::accommodate(&mut tx, id, one.terms.multiplier, actor, now).await?;
        }
        // What comes back under the code is this invitation's.
        sqlx::query("INSERT INTO candidates (name, created_ms, invitation_id) VALUES ($1, $2, $3)")
            .bind(one.code.as_str())
            .bind(now)
            .bind(id)
            .execute(&mut *tx)
            .await
            .map_err(database(CREATE))?;
        write_audit(&mut tx, now, "drafted", id, actor, &one.challenge).await?;
        let recipient = one.mailbox.address.as_str();
        let queued = message::queue(&mut tx, id, Some(recipient), &one.message, now).await?;
        let invitation = read::numbered(&mut tx, id).await?;
        made.push(Changed { invitation, message: Some(queued) });
    }
    tx.commit().await.map_err(database(CREATE))?;
    Ok(made)
}

/// The person of that address, under the newest name.
async fn person(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewInvitation,
    now: i64,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "INSERT INTO people (name, mail, mail_key, time_zone, created_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (mail_key) WHERE mail_key IS NOT NULL DO UPDATE SET name = excluded.name, \
         mail = excluded.mail, time_zone = coalesce(excluded.time_zone, time_zone) RETURNING id",
    )
    .bind(new.mailbox.name.as_str())
    .bind(new.mailbox.address.as_str())
    .bind(new.mailbox.address.key())
    .bind(new.zone.as_ref().map(|zone| zone.name()))
    .bind(now)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(CREATE))?;
    get(&row, "id")
}

async fn refuse_twice(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewInvitation,
    person: i64,
    now: i64,
) -> Result<(), StoreError> {
    let rows = sqlx::query("SELECT id FROM invitations WHERE person_id = $1 AND challenge = $2")
        .bind(person)
        .bind(&new.challenge)
        .fetch_all(&mut **tx)
        .await
        .map_err(database(CREATE))?;
    for row in &rows {
        let earlier = read::numbered(tx, get(row, "id")?).await?;
        let state = earlier.state_at(now);
        if state.is_open() {
            return Err(StoreError::AlreadyInvited {
                mail: new.mailbox.address.to_string(),
                challenge: new.challenge.clone(),
                code: earlier.code.to_string(),
                state,
            });
        }
    }
    Ok(())
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewInvitation,
    person: i64,
    now: i64,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "INSERT INTO invitations (code, person_id, challenge, state, version, token_sha256, from_ms, \
         base_deadline_ms, base_time_box_ms, multiplier_percent, retain_ms, attempts_most, \
         attempts_counts, created_ms) \
         VALUES ($1, $2, $3, 'draft', 1, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
    )
    .bind(new.code.as_str())
    .bind(person)
    .bind(&new.challenge)
    .bind(new.token.digest().to_string())
    .bind(new.terms.from_ms)
    .bind(new.terms.base_deadline_ms)
    .bind(new.terms.base_time_box.ms())
    .bind(new.terms.multiplier.percent())
    .bind(new.terms.retain.ms())
    .bind(new.attempts.most)
    .bind(as_word(&new.attempts.counts)?)
    .bind(now)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(CREATE))?;
    get(&row, "id")
}
