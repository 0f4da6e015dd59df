//! What happens to an invitation.

use sqlx::{Transaction, sqlite::Sqlite};

use super::{message, read, write_audit};
use crate::{
    hiring::{Accommodation, Actor, Code, Event, Multiplier, State, Terms},
    store::{
        Change, Changed, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{as_word, get, unreadable},
        },
    },
};

const CHANGE: &str = "change an invitation";

pub(super) async fn change(
    store: &SqliteStore,
    change: &Change,
    actor: &Actor,
) -> Result<Changed, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(CHANGE).await?;
    let (id, invitation) = read::one(&mut tx, &change.code).await?;
    if invitation.version != change.version {
        return Err(StoreError::Outdated(change.code.to_string()));
    }
    let next = invitation.after(change.event, actor, now)?;
    write_state(&mut tx, id, invitation.version, next).await?;
    let mut detail = String::new();
    if let Some(terms) = &change.terms {
        write_terms(&mut tx, id, terms).await?;
        if terms.multiplier != invitation.terms.multiplier {
            accommodate(&mut tx, id, terms.multiplier, actor, now).await?;
        } else {
            detail = format!(
                "from {} to {}",
                crate::hiring::instant(invitation.terms.deadline_ms()),
                crate::hiring::instant(terms.deadline_ms())
            );
        }
    }
    if let Some(token) = &change.token {
        sqlx::query(
            "UPDATE invitations SET token_sha256 = $2, version = version + 1 WHERE id = $1",
        )
        .bind(id)
        .bind(token.digest().to_string())
        .execute(&mut *tx)
        .await
        .map_err(database(CHANGE))?;
    }
    write_audit(&mut tx, now, change.event.participle(), id, actor, &detail).await?;
    let recipient = invitation.person.mail.as_ref().map(|mail| mail.as_str());
    let message = match &change.message {
        Some(new) => Some(message::queue(&mut tx, id, recipient, new, now).await?),
        None => None,
    };
    let invitation = read::numbered(&mut tx, id).await?;
    tx.commit().await.map_err(database(CHANGE))?;
    Ok(Changed { invitation, message })
}

/// Writes a state; what was read as `version` must not have changed, which a transaction that writes
/// from its beginning guarantees.
pub(in crate::store::sqlite) async fn write_state(
    tx: &mut Transaction<'static, Sqlite>,
    id: i64,
    version: u32,
    state: State,
) -> Result<(), StoreError> {
    let written = sqlx::query(
        "UPDATE invitations SET state = $3, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(id)
    .bind(version)
    .bind(as_word(&state)?)
    .execute(&mut **tx)
    .await
    .map_err(database(CHANGE))?;
    if written.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Outdated(id.to_string())) }
}

async fn write_terms(
    tx: &mut Transaction<'static, Sqlite>,
    id: i64,
    terms: &Terms,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE invitations SET from_ms = $2, base_deadline_ms = $3, base_time_box_ms = $4, \
         multiplier_percent = $5, retain_ms = $6, version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(terms.from_ms)
    .bind(terms.base_deadline_ms)
    .bind(terms.base_time_box.ms())
    .bind(terms.multiplier.percent())
    .bind(terms.retain.ms())
    .execute(&mut **tx)
    .await
    .map_err(database(CHANGE))?;
    Ok(())
}

pub(super) async fn accommodate(
    tx: &mut Transaction<'static, Sqlite>,
    id: i64,
    multiplier: Multiplier,
    approver: &Actor,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO accommodations (invitation_id, multiplier_percent, approver, at_ms) \
         VALUES ($1, $2, $3, $4)",
    )
    .bind(id)
    .bind(multiplier.percent())
    .bind(approver.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(database(CHANGE))?;
    Ok(())
}

pub(super) async fn accommodations(
    store: &SqliteStore,
    code: &Code,
) -> Result<Vec<Accommodation>, StoreError> {
    let rows = sqlx::query(
        "SELECT a.multiplier_percent, a.approver, a.at_ms FROM accommodations a \
         JOIN invitations i ON i.id = a.invitation_id WHERE i.code = $1 ORDER BY a.id",
    )
    .bind(code.as_str())
    .fetch_all(&store.pool)
    .await
    .map_err(database(read::READ))?;
    rows.iter()
        .map(|row| {
            Ok(Accommodation {
                multiplier: Multiplier::from_percent(get(row, "multiplier_percent")?)
                    .map_err(unreadable("multiplier_percent"))?,
                approver: get(row, "approver")?,
                at_ms: get(row, "at_ms")?,
            })
        })
        .collect()
}

/// An event that follows from something else, where the state allows it; none otherwise.
pub(in crate::store::sqlite) async fn follow(
    tx: &mut Transaction<'static, Sqlite>,
    id: i64,
    event: Event,
    actor: &Actor,
    now: i64,
) -> Result<(), StoreError> {
    let invitation = read::numbered(tx, id).await?;
    if let Ok(next) = invitation.after(event, actor, now) {
        write_state(tx, id, invitation.version, next).await?;
        write_audit(tx, now, event.participle(), id, actor, "").await?;
    }
    Ok(())
}
