//! Submissions and gradings move the invitation that they belong to.

use sqlx::{Transaction, sqlite::Sqlite};

use super::{change, read};
use crate::{
    domain::Verdict,
    hiring::{Actor, Event, State},
    store::{
        StoreError,
        sqlite::{database, row::get},
    },
};

/// Somebody of the team brought in what a candidate sent. What was taken back or decided stays so; of
/// whoever was forgotten nothing more is taken.
pub(in crate::store::sqlite) async fn received(
    tx: &mut Transaction<'static, Sqlite>,
    candidate: &str,
    challenge: &str,
    now: i64,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "SELECT c.invitation_id, c.erased_ms, i.challenge FROM candidates c \
         LEFT JOIN invitations i ON i.id = c.invitation_id WHERE c.name = $1",
    )
    .bind(candidate)
    .fetch_optional(&mut **tx)
    .await
    .map_err(database(read::READ))?;
    let Some(row) = row else { return Ok(()) };
    if get::<Option<i64>>(&row, "erased_ms")?.is_some() {
        return Err(
            crate::hiring::Refused::State { state: State::Purged, event: Event::Submit }.into()
        );
    }
    match get::<Option<i64>>(&row, "invitation_id")? {
        Some(id) if get::<Option<String>>(&row, "challenge")?.as_deref() == Some(challenge) => {
            let team = Actor::Team("takehome grade".into());
            change::follow(tx, id, Event::Submit, &team, now).await
        }
        _ => Ok(()),
    }
}

/// A grading has a result; where it is the candidate's, the invitation is graded, unless a later attempt
/// still waits for its own.
pub(in crate::store::sqlite) async fn graded(
    tx: &mut Transaction<'static, Sqlite>,
    grading: &str,
    verdict: Verdict,
    now: i64,
) -> Result<(), StoreError> {
    let Some(event) = Event::of_verdict(verdict) else { return Ok(()) };
    let row = sqlx::query(
        "SELECT i.id FROM gradings g JOIN submissions s ON s.id = g.submission_id \
         JOIN candidates c ON c.id = s.candidate_id JOIN invitations i ON i.id = c.invitation_id \
         WHERE g.id = $1 AND g.challenge = i.challenge AND NOT EXISTS (SELECT 1 FROM gradings l \
         JOIN submissions t ON t.id = l.submission_id WHERE t.candidate_id = s.candidate_id \
         AND t.id > s.id AND l.challenge = g.challenge AND l.state <> 'done')",
    )
    .bind(grading)
    .fetch_optional(&mut **tx)
    .await
    .map_err(database(read::READ))?;
    match row {
        Some(row) => change::follow(tx, get(&row, "id")?, event, &Actor::Program, now).await,
        None => Ok(()),
    }
}
