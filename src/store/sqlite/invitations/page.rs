//! Invitations a page at a time.

use sqlx::{Transaction, sqlite::Sqlite};

use super::read;
use crate::{
    hiring::{Code, State, Who},
    store::{
        Filter, Standing, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{as_word, get},
        },
    },
};

pub(super) async fn page(
    store: &SqliteStore,
    filter: &Filter,
    before: Option<&Code>,
    limit: u32,
) -> Result<Vec<Standing>, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.pool.begin().await.map_err(database(read::READ))?;
    let mut before = match before {
        Some(code) => number(&mut tx, code).await?,
        None => i64::MAX,
    };
    let stored = serde_json::Value::from(stored(filter)?).to_string();
    let (code, mail) = match &filter.who {
        Some(Who::Code(code)) => (Some(code.to_string()), None),
        Some(Who::Mail(mail)) => (None, Some(mail.key())),
        None => (None, None),
    };
    let sql = format!(
        "{} WHERE i.id < $1 AND ($2 IS NULL OR i.code = $2) AND ($3 IS NULL OR p.mail_key = $3) \
         AND ($4 IS NULL OR i.challenge = $4) AND i.state IN (SELECT value FROM json_each($5)) \
         ORDER BY i.id DESC LIMIT $6",
        read::SELECT
    );
    let mut found = Vec::new();
    // Whether one has expired follows from the clock: what the database finds may not fit after all.
    loop {
        let rows = sqlx::query(&sql)
            .bind(before)
            .bind(&code)
            .bind(&mail)
            .bind(&filter.challenge)
            .bind(&stored)
            .bind(limit)
            .fetch_all(&mut *tx)
            .await
            .map_err(database(read::READ))?;
        for row in &rows {
            let invitation = read::invitation(row)?;
            let state = invitation.state_at(now);
            let wanted = filter.states.is_empty() || filter.states.contains(&state);
            if wanted && (!filter.overdue || invitation.is_overdue(now)) {
                found.push(read::standing(&mut tx, row, invitation, state).await?);
            }
            before = get(row, "id")?;
            if found.len() == limit as usize {
                return Ok(found);
            }
        }
        if rows.len() < limit as usize {
            return Ok(found);
        }
    }
}

/// The states as they are written that the wanted ones may be.
fn stored(filter: &Filter) -> Result<Vec<String>, StoreError> {
    let wanted = |state: &State| {
        filter.states.is_empty()
            || filter.states.contains(state)
            || (state.waits() && filter.states.contains(&State::Expired))
    };
    State::ALL.iter().filter(|state| wanted(state)).map(as_word).collect()
}

async fn number(tx: &mut Transaction<'static, Sqlite>, code: &Code) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT id FROM invitations WHERE code = $1")
        .bind(code.as_str())
        .fetch_optional(&mut **tx)
        .await
        .map_err(database(read::READ))?;
    row.map_or_else(|| Err(StoreError::NoInvitation(code.to_string())), |row| get(&row, "id"))
}
