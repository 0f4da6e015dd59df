//! Decisions.

use crate::{
    hiring::{Code, Event},
    reviewing::{Account, Decision},
    store::{
        NewDecision, StoreError,
        sqlite::{
            SqliteStore, database, invitations,
            row::{get, word},
        },
    },
};

const READ: &str = "read its decisions";
const DECIDE: &str = "record a decision";

pub(super) async fn of(store: &SqliteStore, code: &Code) -> Result<Option<Decision>, StoreError> {
    let row = sqlx::query(
        "SELECT d.outcome, a.name, d.reason, d.feedback, d.at_ms FROM decisions d \
         JOIN accounts a ON a.id = d.account_id JOIN invitations i ON i.id = d.invitation_id \
         WHERE i.code = $1",
    )
    .bind(code.as_str())
    .fetch_optional(&store.pool)
    .await
    .map_err(database(READ))?;
    row.map(|row| {
        Ok(Decision {
            outcome: word(get(&row, "outcome")?, "outcome")?,
            by: get(&row, "name")?,
            reason: get(&row, "reason")?,
            feedback: get(&row, "feedback")?,
            at_ms: get(&row, "at_ms")?,
        })
    })
    .transpose()
}

pub(super) async fn decide(
    store: &SqliteStore,
    code: &Code,
    new: &NewDecision,
    by: &Account,
) -> Result<(), StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(DECIDE).await?;
    let (id, invitation) = invitations::one(&mut tx, code).await?;
    let next = invitation.after(Event::Decide, &by.actor(), now)?;
    if invitation.version != new.version {
        return Err(StoreError::Outdated(code.to_string()));
    }
    invitations::write_state(&mut tx, id, invitation.version, next).await?;
    sqlx::query(
        "INSERT INTO decisions (invitation_id, account_id, outcome, reason, feedback, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(by.id.0)
    .bind(new.outcome.key())
    .bind(new.reason.as_str())
    .bind(new.feedback.as_str())
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(database(DECIDE))?;
    let (action, detail) = (Event::Decide.participle(), new.outcome.key());
    invitations::write_audit(&mut tx, now, action, id, &by.actor(), detail).await?;
    tx.commit().await.map_err(database(DECIDE))
}
