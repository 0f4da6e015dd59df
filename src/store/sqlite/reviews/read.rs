//! Attempts, results and the trail.

use sqlx::QueryBuilder;

use crate::{
    hiring::Code,
    store::{
        Attempt, Graded, ResultOf, StoreError, Told, TrailLine,
        sqlite::{
            SqliteStore, database,
            row::{count, get, parsed, parsed_option, word},
        },
    },
};

const READ: &str = "read its records";

pub(super) async fn attempts(store: &SqliteStore, code: &Code) -> Result<Vec<Attempt>, StoreError> {
    let rows = sqlx::query(
        "SELECT s.id, s.original_name, s.sha256, s.received_ms, c.erased_ms IS NOT NULL AS erased, \
         g.id AS grading, g.state, g.verdict, g.score, g.finished_ms \
         FROM invitations i JOIN candidates c ON c.invitation_id = i.id \
         JOIN submissions s ON s.candidate_id = c.id \
         LEFT JOIN gradings g ON g.submission_id = s.id AND g.challenge = i.challenge \
         WHERE i.code = $1 ORDER BY s.id DESC, g.id DESC",
    )
    .bind(code.as_str())
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    let mut attempts: Vec<(i64, Attempt)> = Vec::new();
    for row in &rows {
        let id: i64 = get(row, "id")?;
        if attempts.last().is_none_or(|(last, _)| *last != id) {
            let attempt = Attempt {
                original_name: get(row, "original_name")?,
                sha256: parsed_option(row, "sha256")?,
                received_ms: get(row, "received_ms")?,
                erased: get(row, "erased")?,
                gradings: Vec::new(),
            };
            attempts.push((id, attempt));
        }
        let Some(grading) = get::<Option<String>>(row, "grading")? else { continue };
        let Some((_, attempt)) = attempts.last_mut() else { continue };
        attempt.gradings.push(Graded {
            id: grading,
            state: get(row, "state")?,
            verdict: get::<Option<String>>(row, "verdict")?
                .map(|text| word(text, "verdict"))
                .transpose()?,
            score: get(row, "score")?,
            finished_ms: get(row, "finished_ms")?,
        });
    }
    Ok(attempts.into_iter().map(|(_, attempt)| attempt).collect())
}

pub(super) async fn counting(
    store: &SqliteStore,
    code: &Code,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT l.grading_id FROM listing l JOIN invitations i ON i.id = l.invitation_id \
         WHERE i.code = $1",
    )
    .bind(code.as_str())
    .fetch_optional(&store.pool)
    .await
    .map_err(database(READ))?;
    match row {
        Some(row) => get(&row, "grading_id"),
        None => Err(StoreError::NoInvitation(code.to_string())),
    }
}

pub(super) async fn results_of(
    store: &SqliteStore,
    challenge: &str,
) -> Result<Vec<ResultOf>, StoreError> {
    let rows = sqlx::query(
        "SELECT i.code, l.verdict, l.score, coalesce(g.wall_ms, 0) AS wall, \
         coalesce(json_extract(r.json, '$.resources.cpu_ms'), 0) AS cpu \
         FROM listing l JOIN invitations i ON i.id = l.invitation_id \
         JOIN gradings g ON g.id = l.grading_id JOIN reports r ON r.grading_id = g.id \
         WHERE l.challenge = $1 AND l.grading_id IS NOT NULL ORDER BY l.invitation_id",
    )
    .bind(challenge)
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(ResultOf {
                code: parsed(row, "code")?,
                verdict: word(get(row, "verdict")?, "verdict")?,
                score: get(row, "score")?,
                wall_ms: u64::try_from(get::<i64>(row, "wall")?).unwrap_or_default(),
                cpu_ms: u64::try_from(get::<i64>(row, "cpu")?).unwrap_or_default(),
            })
        })
        .collect()
}

pub(super) async fn told(store: &SqliteStore, ask: &Told) -> Result<Vec<TrailLine>, StoreError> {
    let mut sql = QueryBuilder::new(
        "SELECT a.seq, a.at_ms, a.action, a.actor, a.grading_id, a.detail, i.code FROM audit a \
         LEFT JOIN invitations i ON i.id = a.invitation_id WHERE 1",
    );
    if let Some(code) = &ask.code {
        // A grading's lines name no invitation; its candidate does.
        sql.push(" AND a.seq IN (SELECT seq FROM audit WHERE invitation_id = (SELECT id FROM invitations WHERE code = ")
            .push_bind(code.to_string())
            .push(
                ") UNION SELECT t.seq FROM invitations v JOIN candidates c ON c.invitation_id = v.id \
                 JOIN submissions s ON s.candidate_id = c.id JOIN gradings g ON g.submission_id = s.id \
                 JOIN audit t ON t.grading_id = g.id WHERE v.code = ",
            )
            .push_bind(code.to_string())
            .push(")");
    }
    if let Some(action) = &ask.action {
        sql.push(" AND a.action = ").push_bind(action.clone());
    }
    if let Some(actor) = &ask.actor {
        sql.push(" AND instr(lower(a.actor), ").push_bind(actor.to_lowercase()).push(") > 0");
    }
    if let Some(before) = ask.before {
        sql.push(" AND a.seq < ").push_bind(before);
    }
    sql.push(" ORDER BY a.seq DESC LIMIT ").push_bind(i64::from(ask.limit));
    let rows = sql.build().fetch_all(&store.pool).await.map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(TrailLine {
                seq: get(row, "seq")?,
                at_ms: get(row, "at_ms")?,
                action: get(row, "action")?,
                actor: get(row, "actor")?,
                code: get(row, "code")?,
                grading: get(row, "grading_id")?,
                detail: get(row, "detail")?,
            })
        })
        .collect()
}

pub(super) async fn progress(store: &SqliteStore) -> Result<(u32, u32), StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM gradings WHERE state = 'queued') AS queued, \
         (SELECT count(*) FROM gradings WHERE state = 'leased') AS leased",
    )
    .fetch_one(&store.pool)
    .await
    .map_err(database(READ))?;
    Ok((count(&row, "queued")?, count(&row, "leased")?))
}
