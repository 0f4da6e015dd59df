//! What was sent: the row is there before the message leaves.

use sqlx::{
    Transaction,
    sqlite::{Sqlite, SqliteRow},
};

use super::{change, read, write_audit};
use crate::{
    hiring::{Actor, Code, Event, LoggedMessage, MessageKind, State},
    store::{
        MessageId, NewMessage, Outcome, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{as_word, get, word},
        },
    },
};

const WRITE: &str = "record a message";
const COLUMNS: &str =
    "id, kind, channel, recipient, message_id, delivery, detail, queued_ms, settled_ms";

pub(super) async fn queue(
    tx: &mut Transaction<'static, Sqlite>,
    invitation: i64,
    recipient: Option<&str>,
    new: &NewMessage,
    now: i64,
) -> Result<MessageId, StoreError> {
    let row = sqlx::query(
        "INSERT INTO messages (invitation_id, kind, channel, recipient, message_id, delivery, queued_ms) \
         VALUES ($1, $2, $3, $4, $5, 'pending', $6) RETURNING id",
    )
    .bind(invitation)
    .bind(as_word(&new.kind)?)
    .bind(as_word(&new.channel)?)
    .bind(recipient)
    .bind(&new.message_id)
    .bind(now)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(WRITE))?;
    Ok(MessageId(get(&row, "id")?))
}

pub(super) async fn settle(
    store: &SqliteStore,
    message: MessageId,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(WRITE).await?;
    let (delivery, detail) = match outcome {
        Outcome::Sent(place) => ("sent", place.as_deref()),
        Outcome::Failed(why) => ("failed", Some(why.as_str())),
    };
    let row = sqlx::query(
        "UPDATE messages SET delivery = $2, settled_ms = $3, \
         detail = CASE WHEN recipient IS NULL THEN NULL ELSE $4 END \
         WHERE id = $1 RETURNING invitation_id, kind",
    )
    .bind(message.0)
    .bind(delivery)
    .bind(now)
    .bind(detail)
    .fetch_one(&mut *tx)
    .await
    .map_err(database(WRITE))?;
    let id: i64 = get(&row, "invitation_id")?;
    let kind: MessageKind = word(get(&row, "kind")?, "kind")?;
    let action = format!("message_{delivery}");
    write_audit(&mut tx, now, &action, id, &Actor::Program, kind.words()).await?;
    let invitation = read::numbered(&mut tx, id).await?;
    let invites = kind == MessageKind::Invitation && invitation.stored == State::Draft;
    if invites && matches!(outcome, Outcome::Sent(_)) {
        let next = invitation.after(Event::Invite, &Actor::Program, now)?;
        change::write_state(&mut tx, id, invitation.version, next).await?;
        write_audit(&mut tx, now, Event::Invite.participle(), id, &Actor::Program, "").await?;
    }
    tx.commit().await.map_err(database(WRITE))
}

pub(super) async fn messages(
    store: &SqliteStore,
    code: &Code,
) -> Result<Vec<LoggedMessage>, StoreError> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM messages WHERE invitation_id = \
         (SELECT id FROM invitations WHERE code = $1) ORDER BY id"
    ))
    .bind(code.as_str())
    .fetch_all(&store.pool)
    .await
    .map_err(database(read::READ))?;
    rows.iter().map(logged).collect()
}

pub(super) async fn last(
    tx: &mut Transaction<'static, Sqlite>,
    invitation: i64,
) -> Result<Option<LoggedMessage>, StoreError> {
    let row = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM messages WHERE invitation_id = $1 ORDER BY id DESC LIMIT 1"
    ))
    .bind(invitation)
    .fetch_optional(&mut **tx)
    .await
    .map_err(database(read::READ))?;
    row.as_ref().map(logged).transpose()
}

fn logged(row: &SqliteRow) -> Result<LoggedMessage, StoreError> {
    Ok(LoggedMessage {
        id: get(row, "id")?,
        kind: word(get(row, "kind")?, "kind")?,
        channel: word(get(row, "channel")?, "channel")?,
        recipient: get(row, "recipient")?,
        message_id: get(row, "message_id")?,
        delivery: word(get(row, "delivery")?, "delivery")?,
        detail: get(row, "detail")?,
        queued_ms: get(row, "queued_ms")?,
        settled_ms: get(row, "settled_ms")?,
    })
}
