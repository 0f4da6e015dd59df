//! Checks, copies and the export of everything.

use std::path::Path;

use futures_util::TryStreamExt as _;
use serde_json::Value;

use super::{
    SqliteStore, StoreError, database,
    row::{get, parsed, unreadable},
};
use crate::domain::{Digest, Report};

const CHECK: &str = "check its records";
const EXPORT: &str = "export its records";

/// Every table as JSON objects, one a row; those that others name come first.
const RECORDS: &[&str] = &[
    "SELECT json_object('type', 'challenge', 'id', id, 'suite_sha256', suite_sha256, \
     'seen_ms', seen_ms) AS record FROM challenges ORDER BY seen_ms, id",
    "SELECT json_object('type', 'person', 'id', id, 'name', name, 'mail', mail, 'time_zone', time_zone, \
     'created_ms', created_ms, 'purged_ms', purged_ms) AS record FROM people ORDER BY id",
    "SELECT json_object('type', 'invitation', 'id', id, 'code', code, 'person_id', person_id, \
     'challenge', challenge, 'state', state, 'version', version, 'from_ms', from_ms, \
     'base_deadline_ms', base_deadline_ms, 'base_time_box_ms', base_time_box_ms, \
     'multiplier_percent', multiplier_percent, 'retain_ms', retain_ms, 'attempts_most', attempts_most, \
     'attempts_counts', attempts_counts, 'created_ms', created_ms) AS record FROM invitations ORDER BY id",
    "SELECT json_object('type', 'message', 'id', id, 'invitation_id', invitation_id, 'kind', kind, \
     'channel', channel, 'recipient', recipient, 'message_id', message_id, 'delivery', delivery, \
     'detail', detail, 'queued_ms', queued_ms, 'settled_ms', settled_ms) \
     AS record FROM messages ORDER BY id",
    "SELECT json_object('type', 'candidate', 'id', id, 'name', name, 'created_ms', created_ms, \
     'invitation_id', invitation_id, 'erased_ms', erased_ms) AS record FROM candidates ORDER BY id",
    "SELECT json_object('type', 'submission', 'id', id, 'candidate_id', candidate_id, \
     'sha256', sha256, 'original_name', original_name, 'received_ms', received_ms) \
     AS record FROM submissions ORDER BY id",
    "SELECT json_object('type', 'batch', 'id', id, 'kind', kind, 'uploaded', uploaded, \
     'challenge', challenge, 'suite_sha256', suite_sha256, 'options', json(options), 'created_ms', created_ms, \
     'round_id', round_id) \
     AS record FROM batches ORDER BY id",
    "SELECT json_object('type', 'grading', 'id', g.id, 'submission_id', g.submission_id, \
     'challenge', g.challenge, 'suite_sha256', g.suite_sha256, 'seed', g.seed, 'state', g.state, \
     'attempt', g.attempt, 'lost', g.lost, 'queued_ms', g.queued_ms, 'finished_ms', g.finished_ms, \
     'report', json(r.json)) AS record \
     FROM gradings g LEFT JOIN reports r ON r.grading_id = g.id ORDER BY g.id",
    "SELECT json_object('type', 'check', 'grading_id', grading_id, 'state', state, 'attempt', attempt, \
     'lost', lost, 'asked_ms', asked_ms, 'finished_ms', finished_ms, 'result', json(result)) \
     AS record FROM checks ORDER BY grading_id",
    "SELECT json_object('type', 'batch_entry', 'batch_id', batch_id, 'position', position, \
     'submission_id', submission_id, 'grading_id', grading_id, 'reused', reused, \
     'previous_id', previous_id) AS record FROM batch_entries ORDER BY batch_id, position",
    // Never what a password is checked against.
    "SELECT json_object('type', 'account', 'id', id, 'name', name, 'mail', mail, 'role', role, \
     'disabled', disabled, 'created_ms', created_ms) AS record FROM accounts ORDER BY id",
    "SELECT json_object('type', 'scorecard', 'id', s.id, 'invitation_id', s.invitation_id, \
     'account_id', s.account_id, 'grading_id', s.grading_id, 'rubric_sha256', s.rubric_sha256, \
     'recommendation', s.recommendation, 'words', s.words, 'blind', s.blind, 'in_ms', s.in_ms, \
     'marks', (SELECT json_group_array(json_object('criterion', m.criterion, 'mark', m.mark, \
     'words', m.words)) FROM marks m WHERE m.scorecard_id = s.id)) \
     AS record FROM scorecards s ORDER BY s.id",
    "SELECT json_object('type', 'comment', 'id', id, 'invitation_id', invitation_id, \
     'account_id', account_id, 'sha256', sha256, 'path', path, 'line', line, 'words', words, \
     'at_ms', at_ms, 'removed_ms', removed_ms) AS record FROM line_comments ORDER BY id",
    "SELECT json_object('type', 'decision', 'id', id, 'invitation_id', invitation_id, \
     'account_id', account_id, 'outcome', outcome, 'reason', reason, 'feedback', feedback, \
     'at_ms', at_ms) AS record FROM decisions ORDER BY id",
    "SELECT json_object('type', 'upload', 'id', id, 'invitation_id', invitation_id, 'attempt', attempt, \
     'submission_id', submission_id, 'grading_id', grading_id, 'received_sha256', received_sha256, \
     'size', size, 'original_name', original_name, 'began_ms', began_ms, 'received_ms', received_ms, \
     'statement', statement) AS record FROM uploads ORDER BY invitation_id, attempt",
    "SELECT json_object('type', 'audit', 'seq', seq, 'at_ms', at_ms, 'action', action, \
     'batch_id', batch_id, 'grading_id', grading_id, 'invitation_id', invitation_id, 'actor', actor, \
     'detail', detail) \
     AS record FROM audit ORDER BY seq",
    // Neither a secret nor its hash.
    "SELECT json_object('type', 'api_token', 'id', id, 'name', name, 'scopes', json(scopes), \
     'created_ms', created_ms, 'created_by', created_by, 'expires_ms', expires_ms, 'used_ms', used_ms, \
     'revoked_ms', revoked_ms) AS record FROM api_tokens ORDER BY id",
    "SELECT json_object('type', 'webhook', 'id', id, 'url', url, 'events', json(events), \
     'created_ms', created_ms, 'created_by', created_by, 'removed_ms', removed_ms) \
     AS record FROM webhook_endpoints ORDER BY id",
    "SELECT json_object('type', 'partner_order', 'id', id, 'partner', partner, \
     'invitation_id', invitation_id, 'callback_url', callback_url, 'profile_url', profile_url, \
     'created_ms', created_ms) AS record FROM partner_orders ORDER BY id",
    "SELECT json_object('type', 'delivery', 'id', d.id, 'event_id', d.event_id, \
     'endpoint_id', d.endpoint_id, 'order_id', d.order_id, 'state', d.state, 'attempt', d.attempt, \
     'event', json(o.body)) AS record FROM deliveries d JOIN outbox o ON o.id = d.event_id ORDER BY d.id",
];

pub(super) async fn contents(store: &SqliteStore) -> Result<Vec<Digest>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT s.sha256 FROM submissions s JOIN candidates c ON c.id = s.candidate_id \
         WHERE s.sha256 IS NOT NULL AND c.erased_ms IS NULL ORDER BY s.sha256",
    )
    .fetch_all(&store.pool)
    .await
    .map_err(database(CHECK))?;
    rows.iter().map(|row| parsed(row, "sha256")).collect()
}

pub(super) async fn problems(store: &SqliteStore) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for row in sqlx::query("PRAGMA integrity_check")
        .fetch_all(&store.pool)
        .await
        .map_err(database(CHECK))?
    {
        let line: String = get(&row, "integrity_check")?;
        if line != "ok" {
            problems.push(format!("the database's file: {line}"));
        }
    }
    for row in sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(&store.pool)
        .await
        .map_err(database(CHECK))?
    {
        let (table, parent): (String, String) = (get(&row, "table")?, get(&row, "parent")?);
        problems.push(format!("a row of {table} names one of {parent} that is not there"));
    }
    let mut rows = sqlx::query(
        "SELECT g.id, r.json FROM gradings g LEFT JOIN reports r ON r.grading_id = g.id \
         WHERE g.state = 'done' ORDER BY g.id",
    )
    .fetch(&store.pool);
    while let Some(row) = rows.try_next().await.map_err(database(CHECK))? {
        let id: String = get(&row, "id")?;
        match get::<Option<String>>(&row, "json")?.as_deref().map(serde_json::from_str::<Report>) {
            None => problems.push(format!("grading {id} is finished and has no report")),
            Some(Err(error)) => {
                problems.push(format!("the report of {id} cannot be read: {error}"))
            }
            Some(Ok(report)) if report.grading_id != id => {
                problems.push(format!("the report of {id} is that of {}", report.grading_id));
            }
            Some(Ok(_)) => {}
        }
    }
    Ok(problems)
}

pub(super) async fn snapshot(store: &SqliteStore, file: &Path) -> Result<(), StoreError> {
    let Some(path) = file.to_str() else {
        return Err(unreadable("a file's name")("it is not UTF-8"));
    };
    sqlx::query("VACUUM INTO $1")
        .bind(path)
        .execute(&store.pool)
        .await
        .map_err(database("copy its records"))?;
    Ok(())
}

pub(super) async fn export(
    store: &SqliteStore,
    each: &mut (dyn FnMut(Value) -> Result<(), StoreError> + Send),
) -> Result<(), StoreError> {
    // One transaction, so that all of it is of one moment.
    let mut tx = store.pool.begin().await.map_err(database(EXPORT))?;
    for sql in RECORDS.iter().copied() {
        let mut rows = sqlx::query(sql).fetch(&mut *tx);
        while let Some(row) = rows.try_next().await.map_err(database(EXPORT))? {
            let text: String = get(&row, "record")?;
            each(serde_json::from_str(&text).map_err(unreadable("a record"))?)?;
        }
    }
    Ok(())
}
