//! Everything about a person, for them.

use serde_json::{Value, json};
use sqlx::{Transaction, sqlite::Sqlite};

use super::read;
use crate::{
    domain::Digest,
    hiring::{Who, instant},
    store::{
        Dossier, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{get, unreadable},
        },
    },
};

const INVITATIONS: &str = "SELECT i.id, i.code, i.person_id FROM invitations i \
    JOIN people p ON p.id = i.person_id WHERE p.id = (SELECT person_id FROM invitations WHERE code = $1) \
    OR p.mail_key = $2 ORDER BY i.id";

/// Each a list of JSON objects about one invitation; times are turned into text afterwards.
const PARTS: &[(&str, &str)] = &[
    (
        "accommodations",
        "SELECT json_object('time_percent', multiplier_percent, 'approver', approver, 'at', at_ms) \
         AS record FROM accommodations WHERE invitation_id = $1 ORDER BY id",
    ),
    (
        "messages",
        "SELECT json_object('kind', kind, 'channel', channel, 'recipient', recipient, \
         'message_id', message_id, 'delivery', delivery, 'detail', detail, 'queued_at', queued_ms, \
         'settled_at', settled_ms) AS record FROM messages WHERE invitation_id = $1 ORDER BY id",
    ),
    (
        "history",
        "SELECT json_object('at', at_ms, 'what', action, 'by', actor, 'detail', detail) \
         AS record FROM audit WHERE invitation_id = $1 ORDER BY seq",
    ),
    (
        "partners",
        "SELECT json_object('partner', partner, 'profile_url', profile_url, \
         'callback_url', callback_url, 'ordered_at', created_ms) \
         AS record FROM partner_orders WHERE invitation_id = $1 ORDER BY id",
    ),
    (
        "uploads",
        "SELECT json_object('attempt', attempt, 'id', id, 'name', original_name, 'size', size, \
         'received_sha256', received_sha256, 'began_at', began_ms, 'received_at', received_ms, \
         'receipt', statement) AS record FROM uploads WHERE invitation_id = $1 ORDER BY attempt",
    ),
    // Of a grading, what was decided: messages of hidden tests stay hidden.
    (
        "submissions",
        "SELECT json_object('name', s.original_name, 'sha256', s.sha256, 'received_at', s.received_ms, \
         'gradings', (SELECT json_group_array(json_object('challenge', g.challenge, 'verdict', g.verdict, \
         'score', g.score, 'finished_at', g.finished_ms)) FROM gradings g WHERE g.submission_id = s.id)) \
         AS record FROM submissions s JOIN candidates c ON c.id = s.candidate_id \
         WHERE c.invitation_id = $1 ORDER BY s.id",
    ),
    (
        "scorecards",
        "SELECT json_object('by', a.name, 'recommendation', s.recommendation, 'words', s.words, \
         'in_at', s.in_ms, 'marks', (SELECT json_group_array(json_object('criterion', m.criterion, \
         'mark', m.mark, 'words', m.words)) FROM marks m WHERE m.scorecard_id = s.id)) \
         AS record FROM scorecards s JOIN accounts a ON a.id = s.account_id \
         WHERE s.invitation_id = $1 ORDER BY s.id",
    ),
    (
        "comments",
        "SELECT json_object('by', a.name, 'path', c.path, 'line', c.line, 'words', c.words, \
         'at', c.at_ms) AS record FROM line_comments c JOIN accounts a ON a.id = c.account_id \
         WHERE c.invitation_id = $1 AND c.removed_ms IS NULL ORDER BY c.id",
    ),
    (
        "decisions",
        "SELECT json_object('by', a.name, 'outcome', d.outcome, 'reason', d.reason, \
         'feedback', d.feedback, 'at', d.at_ms) AS record FROM decisions d \
         JOIN accounts a ON a.id = d.account_id WHERE d.invitation_id = $1 ORDER BY d.id",
    ),
];

pub(super) async fn dossier(store: &SqliteStore, who: &Who) -> Result<Dossier, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.pool.begin().await.map_err(database(read::READ))?;
    let (code, mail) = match who {
        Who::Code(code) => (Some(code.to_string()), None),
        Who::Mail(mail) => (None, Some(mail.key())),
    };
    let rows = sqlx::query(INVITATIONS)
        .bind(code)
        .bind(mail)
        .fetch_all(&mut *tx)
        .await
        .map_err(database(read::READ))?;
    let Some(first) = rows.first() else { return Err(StoreError::NoInvitation(who.to_string())) };
    let person = person(&mut tx, get(first, "person_id")?).await?;
    let mut invitations = Vec::new();
    let mut submissions = Vec::new();
    for row in &rows {
        let id: i64 = get(row, "id")?;
        let invitation = read::numbered(&mut tx, id).await?;
        let mut one = json!({
            "code": invitation.code.as_str(),
            "challenge": invitation.challenge,
            "state": invitation.state_at(now).key(),
            "created_at": instant(invitation.created_ms),
            "deadline": instant(invitation.terms.deadline_ms()),
            "time_box": invitation.terms.time_box().words(),
            "kept_until": instant(invitation.terms.retain_until_ms()),
        });
        for (name, sql) in PARTS.iter().copied() {
            one[name] = part(&mut tx, id, sql).await?;
        }
        submissions.extend(kept(&mut tx, id).await?);
        invitations.push(one);
    }
    submissions.sort_unstable();
    submissions.dedup();
    let json = json!({ "schema": 1, "person": person, "invitations": invitations });
    Ok(Dossier { json, submissions })
}

async fn person(tx: &mut Transaction<'static, Sqlite>, id: i64) -> Result<Value, StoreError> {
    let row = sqlx::query(
        "SELECT json_object('number', id, 'name', name, 'mail', mail, 'time_zone', time_zone, \
         'known_since', created_ms, 'purged_at', purged_ms) AS record FROM people WHERE id = $1",
    )
    .bind(id)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(read::READ))?;
    record(&get::<String>(&row, "record")?)
}

async fn part(
    tx: &mut Transaction<'static, Sqlite>,
    invitation: i64,
    sql: &str,
) -> Result<Value, StoreError> {
    let rows = sqlx::query(sql)
        .bind(invitation)
        .fetch_all(&mut **tx)
        .await
        .map_err(database(read::READ))?;
    rows.iter()
        .map(|row| record(&get::<String>(row, "record")?))
        .collect::<Result<Vec<Value>, StoreError>>()
        .map(Value::Array)
}

/// What is still kept of what came in.
async fn kept(
    tx: &mut Transaction<'static, Sqlite>,
    invitation: i64,
) -> Result<Vec<Digest>, StoreError> {
    let rows = sqlx::query(
        "SELECT s.sha256 FROM submissions s JOIN candidates c ON c.id = s.candidate_id \
         WHERE c.invitation_id = $1 AND c.erased_ms IS NULL AND s.sha256 IS NOT NULL",
    )
    .bind(invitation)
    .fetch_all(&mut **tx)
    .await
    .map_err(database(read::READ))?;
    rows.iter().map(|row| crate::store::sqlite::row::parsed(row, "sha256")).collect()
}

fn record(text: &str) -> Result<Value, StoreError> {
    let mut value = serde_json::from_str(text).map_err(unreadable("a record"))?;
    with_times(&mut value);
    Ok(value)
}

/// What is called a time is written as one.
fn with_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let is_time = key == "at" || key == "known_since" || key.ends_with("_at");
                match value.as_i64().filter(|_| is_time) {
                    Some(at) => *value = instant(at).into(),
                    None => with_times(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(with_times),
        _ => {}
    }
}
