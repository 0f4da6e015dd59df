//! Invitations as they stand.

use sqlx::{
    Transaction,
    sqlite::{Sqlite, SqliteRow},
};

use super::message;
use crate::{
    domain::Digest,
    hiring::{
        Attempts, Code, Invitation, Multiplier, Period, Person, PersonId, State, Terms, TokenHash,
        Who,
    },
    store::{
        Filter, Standing, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{count, get, parsed, parsed_option, unreadable, word},
        },
    },
};

pub(super) const READ: &str = "read its invitations";

/// One row an invitation; what is left of the query says which.
pub(super) const SELECT: &str = "SELECT i.id, i.code, i.challenge, i.state, i.version, i.token_sha256, i.from_ms, \
    i.base_deadline_ms, i.base_time_box_ms, i.multiplier_percent, i.retain_ms, i.attempts_most, \
    i.attempts_counts, i.created_ms, p.id AS person_id, p.name, p.mail, p.time_zone, \
    (SELECT count(*) FROM submissions s JOIN candidates c ON c.id = s.candidate_id \
     WHERE c.invitation_id = i.id) AS received, \
    (SELECT max(g.id) FROM candidates c CROSS JOIN submissions s ON s.candidate_id = c.id \
     CROSS JOIN gradings g INDEXED BY gradings_of_submission ON g.submission_id = s.id \
     WHERE c.invitation_id = i.id AND g.challenge = i.challenge \
     AND g.verdict IN ('graded', 'candidate_fault')) AS grading \
    FROM invitations i JOIN people p ON p.id = i.person_id";

pub(super) async fn invitations(
    store: &SqliteStore,
    filter: &Filter,
) -> Result<Vec<Standing>, StoreError> {
    let now = store.clock.now_ms();
    // One transaction, so that all of it is of one moment.
    let mut tx = store.pool.begin().await.map_err(database(READ))?;
    // Each in words of its own: a condition that also allows for no name would read all invitations.
    let (which, name) = match &filter.who {
        Some(Who::Code(code)) => ("i.code = $1", Some(code.to_string())),
        Some(Who::Mail(mail)) => ("p.mail_key = $1", Some(mail.key())),
        None => ("$1 IS NULL", None),
    };
    let sql = format!("{SELECT} WHERE {which} AND ($2 IS NULL OR i.challenge = $2) ORDER BY i.id");
    let rows = sqlx::query(&sql)
        .bind(name)
        .bind(&filter.challenge)
        .fetch_all(&mut *tx)
        .await
        .map_err(database(READ))?;
    let mut found = Vec::new();
    for row in &rows {
        let invitation = invitation(row)?;
        let state = invitation.state_at(now);
        let wanted = filter.states.is_empty() || filter.states.contains(&state);
        if wanted && (!filter.overdue || invitation.is_overdue(now)) {
            found.push(standing(&mut tx, row, invitation, state).await?);
        }
    }
    Ok(found)
}

pub(super) async fn by_token(
    store: &SqliteStore,
    hash: TokenHash,
) -> Result<Option<Standing>, StoreError> {
    let mut tx = store.pool.begin().await.map_err(database(READ))?;
    let row = sqlx::query(&format!("{SELECT} WHERE i.token_sha256 = $1"))
        .bind(hash.digest().to_string())
        .fetch_optional(&mut *tx)
        .await
        .map_err(database(READ))?;
    let Some(row) = row else { return Ok(None) };
    // The index found it; what decides takes the same time whatever was found.
    let kept: Digest = parsed(&row, "token_sha256")?;
    if TokenHash::from_digest(kept) != hash {
        return Ok(None);
    }
    let invitation = invitation(&row)?;
    let state = invitation.state_at(store.clock.now_ms());
    Ok(Some(standing(&mut tx, &row, invitation, state).await?))
}

/// The invitation of a code, and the number of its row.
pub(in crate::store::sqlite) async fn one(
    tx: &mut Transaction<'static, Sqlite>,
    code: &Code,
) -> Result<(i64, Invitation), StoreError> {
    let row = sqlx::query(&format!("{SELECT} WHERE i.code = $1"))
        .bind(code.as_str())
        .fetch_optional(&mut **tx)
        .await
        .map_err(database(READ))?;
    let Some(row) = row else { return Err(StoreError::NoInvitation(code.to_string())) };
    Ok((get(&row, "id")?, invitation(&row)?))
}

/// The invitation of a row's number.
pub(super) async fn numbered(
    tx: &mut Transaction<'static, Sqlite>,
    id: i64,
) -> Result<Invitation, StoreError> {
    let row = sqlx::query(&format!("{SELECT} WHERE i.id = $1"))
        .bind(id)
        .fetch_one(&mut **tx)
        .await
        .map_err(database(READ))?;
    invitation(&row)
}

pub(super) async fn standing(
    tx: &mut Transaction<'static, Sqlite>,
    row: &SqliteRow,
    invitation: Invitation,
    state: State,
) -> Result<Standing, StoreError> {
    let result = match get::<Option<String>>(row, "grading")? {
        None => None,
        Some(grading) => {
            let row = sqlx::query("SELECT verdict, score FROM gradings WHERE id = $1")
                .bind(grading)
                .fetch_one(&mut **tx)
                .await
                .map_err(database(READ))?;
            Some((word(get(&row, "verdict")?, "verdict")?, get(&row, "score")?))
        }
    };
    Ok(Standing {
        state,
        received: count(row, "received")?,
        result,
        last_message: message::last(tx, get(row, "id")?).await?,
        invitation,
    })
}

pub(super) fn invitation(row: &SqliteRow) -> Result<Invitation, StoreError> {
    let period = |column: &'static str| -> Result<Period, StoreError> {
        Period::from_ms(get(row, column)?).map_err(unreadable(column))
    };
    Ok(Invitation {
        code: parsed(row, "code")?,
        person: Person {
            id: PersonId(get(row, "person_id")?),
            name: parsed_option(row, "name")?,
            mail: parsed_option(row, "mail")?,
            zone: parsed_option(row, "time_zone")?,
        },
        challenge: get(row, "challenge")?,
        stored: word(get(row, "state")?, "state")?,
        version: count(row, "version")?,
        terms: Terms {
            from_ms: get(row, "from_ms")?,
            base_deadline_ms: get(row, "base_deadline_ms")?,
            base_time_box: period("base_time_box_ms")?,
            multiplier: Multiplier::from_percent(get(row, "multiplier_percent")?)
                .map_err(unreadable("multiplier_percent"))?,
            retain: period("retain_ms")?,
        },
        attempts: Attempts {
            most: get::<Option<i64>>(row, "attempts_most")?
                .map(|most| u32::try_from(most).map_err(unreadable("attempts_most")))
                .transpose()?,
            counts: word(get(row, "attempts_counts")?, "attempts_counts")?,
        },
        created_ms: get(row, "created_ms")?,
    })
}
