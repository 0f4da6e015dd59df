//! Attempts in the table of migrations/0005_uploads.sql.

use async_trait::async_trait;
use sqlx::{
    Transaction,
    sqlite::{Sqlite, SqliteRow},
};

use super::{
    SqliteStore, database, enqueue, invitations,
    row::{count, get, parsed, signed, unreadable, word},
};
use crate::{
    hiring::{Actor, Code, Event, Invitation, Refused, State},
    store::{
        BatchKind, BatchOptions, Content, NewBatch, NewEntry, NewUpload, Queued, Recorded,
        StoreError, Upload, Uploads,
    },
};

const RECORD: &str = "record an upload";
const READ: &str = "read its uploads";
const SELECT: &str = "SELECT u.id, u.attempt, s.sha256, u.received_sha256, u.size, u.original_name, \
    u.received_ms, u.grading_id, u.statement, g.verdict, g.score FROM uploads u \
    JOIN submissions s ON s.id = u.submission_id JOIN gradings g ON g.id = u.grading_id";

#[async_trait]
impl Uploads for SqliteStore {
    async fn record(&self, new: &NewUpload) -> Result<Recorded, StoreError> {
        record(self, new).await
    }

    async fn refused(&self, code: &Code, why: &str) -> Result<(), StoreError> {
        let mut tx = self.begin(RECORD).await?;
        let (id, _) = invitations::one(&mut tx, code).await?;
        let now = self.clock.now_ms();
        let candidate = Actor::Candidate;
        invitations::write_audit(&mut tx, now, "upload refused", id, &candidate, why).await?;
        tx.commit().await.map_err(database(RECORD))
    }

    async fn uploads(&self, code: &Code) -> Result<Vec<Upload>, StoreError> {
        let sql = format!(
            "{SELECT} JOIN invitations i ON i.id = u.invitation_id WHERE i.code = $1 ORDER BY u.attempt"
        );
        let rows = sqlx::query(&sql).bind(code.as_str()).fetch_all(&self.pool).await;
        rows.map_err(database(READ))?.iter().map(upload).collect()
    }
}

async fn record(store: &SqliteStore, new: &NewUpload) -> Result<Recorded, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(RECORD).await?;
    let same = format!("{SELECT} WHERE u.id = $1");
    if let Some(known) = find(&mut tx, &same, &new.id).await? {
        return Ok(Recorded::Again(known));
    }
    let (id, invitation) = invitations::one(&mut tx, &new.code).await?;
    let next = submitted(&invitation, new)?;
    let newest = format!("{SELECT} WHERE u.invitation_id = $1 ORDER BY u.attempt DESC LIMIT 1");
    let newest = find(&mut tx, &newest, id).await?;
    if let Some(known) = newest.as_ref().filter(|newest| newest.sha256 == new.sha256) {
        return Ok(Recorded::Again(known.clone()));
    }
    let attempt = newest.map_or(1, |newest| newest.attempt + 1);
    if let Some(most) = invitation.attempts.most.filter(|most| attempt > *most) {
        return Err(StoreError::AttemptsUsed { code: new.code.to_string(), most });
    }
    let batch = batch_of(new);
    let queued = enqueue::batch(&mut tx, &batch, now, None).await?;
    let Some((grading, queued)) = queued.gradings.first() else {
        return Err(unreadable("a batch")("it has no entry"));
    };
    insert(&mut tx, new, id, attempt, grading).await?;
    invitations::write_state(&mut tx, id, invitation.version, next).await?;
    let candidate = Actor::Candidate;
    let detail = format!("attempt {attempt}, upload {}", new.id);
    let what = Event::Submit.participle();
    invitations::write_audit(&mut tx, now, what, id, &candidate, &detail).await?;
    if *queued == Queued::Reused {
        // An earlier attempt of the same bytes has its result, and so has this one.
        invitations::follow(&mut tx, id, Event::Grade, &Actor::Program, now).await?;
    }
    let recorded = find(&mut tx, &same, &new.id).await?;
    let recorded = recorded.ok_or_else(|| unreadable("an upload")("it is not there"))?;
    tx.commit().await.map_err(database(RECORD))?;
    Ok(Recorded::New(recorded))
}

/// The invitation's next state. What began before the deadline counts as of then, within the grace.
fn submitted(invitation: &Invitation, new: &NewUpload) -> Result<State, StoreError> {
    let deadline = invitation.terms.deadline_ms();
    let in_time = new.received_ms < deadline
        || (new.began_ms < deadline && new.received_ms <= deadline.saturating_add(new.grace_ms));
    if !in_time && !invitation.stored.is_over() {
        return Err(Refused::State { state: State::Expired, event: Event::Submit }.into());
    }
    let at = new.received_ms.min(deadline.saturating_sub(1));
    Ok(invitation.after(Event::Submit, &Actor::Candidate, at)?)
}

fn batch_of(new: &NewUpload) -> NewBatch {
    NewBatch {
        kind: BatchKind::Upload,
        challenge: new.challenge.clone(),
        suite_sha256: new.suite_sha256,
        options: BatchOptions { single: true, seed: None },
        again: false,
        entries: vec![NewEntry {
            candidate: new.code.to_string(),
            original_name: new.original_name.clone(),
            content: Content::Kept { sha256: new.sha256, seed: new.seed },
            previous: None,
        }],
    }
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewUpload,
    invitation: i64,
    attempt: u32,
    grading: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO uploads (id, invitation_id, attempt, submission_id, grading_id, received_sha256, \
         size, original_name, began_ms, received_ms, statement) \
         SELECT $1, $2, $3, submission_id, id, $5, $6, $7, $8, $9, $10 FROM gradings WHERE id = $4",
    )
    .bind(&new.id)
    .bind(invitation)
    .bind(attempt)
    .bind(grading)
    .bind(new.received_sha256.to_string())
    .bind(signed(new.size))
    .bind(&new.original_name)
    .bind(new.began_ms)
    .bind(new.received_ms)
    .bind(&new.statement)
    .execute(&mut **tx)
    .await
    .map_err(database(RECORD))?;
    Ok(())
}

async fn find<'q, T>(
    tx: &mut Transaction<'static, Sqlite>,
    sql: &'q str,
    key: T,
) -> Result<Option<Upload>, StoreError>
where
    T: 'q + sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite>,
{
    let row = sqlx::query(sql).bind(key).fetch_optional(&mut **tx).await;
    row.map_err(database(READ))?.as_ref().map(upload).transpose()
}

fn upload(row: &SqliteRow) -> Result<Upload, StoreError> {
    let verdict: Option<String> = get(row, "verdict")?;
    Ok(Upload {
        id: get(row, "id")?,
        attempt: count(row, "attempt")?,
        sha256: parsed(row, "sha256")?,
        received_sha256: parsed(row, "received_sha256")?,
        size: u64::try_from(get::<i64>(row, "size")?).map_err(unreadable("size"))?,
        original_name: get(row, "original_name")?,
        received_ms: get(row, "received_ms")?,
        grading: get(row, "grading_id")?,
        statement: get(row, "statement")?,
        verdict: verdict.map(|verdict| word(verdict, "verdict")).transpose()?,
        score: get(row, "score")?,
    })
}
