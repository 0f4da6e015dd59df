//! What waits, what was finished and who works.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore, StoreError, database,
    row::{count, get, word},
};
use crate::{
    domain::Verdict,
    hiring::{Actor, Event},
    store::{FinishedLine, Load, Worker, Workload},
};

const LOOK: &str = "look at what waits";
/// Workers say more often that they live.
const HEARD_OF_MS: i64 = 60_000;

#[async_trait]
impl Workload for SqliteStore {
    async fn load(&self) -> Result<Load, StoreError> {
        let now = self.clock.now_ms();
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM gradings WHERE state = 'queued') AS gradings_queued, \
             (SELECT count(*) FROM gradings WHERE state = 'leased') AS gradings_running, \
             (SELECT min(queued_ms) FROM gradings WHERE state = 'queued') AS oldest_grading, \
             (SELECT count(*) FROM checks WHERE state = 'queued') AS checks_queued, \
             (SELECT count(*) FROM checks WHERE state = 'leased') AS checks_running, \
             (SELECT min(asked_ms) FROM checks WHERE state = 'queued') AS oldest_check",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(database(LOOK))?;
        let workers = sqlx::query(
            "SELECT owner, slots, trouble FROM workers WHERE seen_ms > $1 ORDER BY owner",
        )
        .bind(now - HEARD_OF_MS)
        .fetch_all(&self.pool)
        .await
        .map_err(database(LOOK))?;
        let mut alive = Vec::new();
        for row in &workers {
            let owner: String = get(row, "owner")?;
            if !(self.is_gone)(&owner) {
                let (slots, trouble) = (count(row, "slots")?, get(row, "trouble")?);
                alive.push(Worker { owner, slots, trouble });
            }
        }
        let number = |column| count(&row, column).map(u64::from);
        let age = |column| {
            get::<Option<i64>>(&row, column)
                .map(|since| since.map_or(0, |since| between(since, now)))
        };
        Ok(Load {
            gradings_queued: number("gradings_queued")?,
            gradings_running: number("gradings_running")?,
            oldest_grading_ms: age("oldest_grading")?,
            checks_queued: number("checks_queued")?,
            checks_running: number("checks_running")?,
            oldest_check_ms: age("oldest_check")?,
            workers: alive,
        })
    }

    async fn finished_between(
        &self,
        after: i64,
        to: i64,
        most: u32,
    ) -> Result<Vec<FinishedLine>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.seq, g.challenge, g.verdict, g.queued_ms, g.leased_ms, g.finished_ms, g.wall_ms, \
             CASE WHEN g.verdict = 'graded' THEN NULL ELSE (SELECT json_extract(r.json, '$.fault.code') \
             FROM reports r WHERE r.grading_id = g.id) END AS fault \
             FROM audit a JOIN gradings g ON g.id = a.grading_id \
             WHERE a.seq > $1 AND a.seq <= $2 AND a.action = 'finished' ORDER BY a.seq LIMIT $3",
        )
        .bind(after)
        .bind(to)
        .bind(most)
        .fetch_all(&self.pool)
        .await
        .map_err(database(LOOK))?;
        rows.iter().map(finished).collect()
    }

    async fn uploads_between(&self, after: i64, to: i64) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(
            "SELECT count(*) FILTER (WHERE action = $3 AND actor = $4) AS taken, \
             count(*) FILTER (WHERE action = 'upload refused') AS refused \
             FROM audit WHERE seq > $1 AND seq <= $2",
        )
        .bind(after)
        .bind(to)
        .bind(Event::Submit.participle())
        .bind(Actor::Candidate.words())
        .fetch_one(&self.pool)
        .await
        .map_err(database(LOOK))?;
        Ok((count(&row, "taken")?.into(), count(&row, "refused")?.into()))
    }

    async fn newest_line(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT coalesce(max(seq), 0) AS seq FROM audit")
            .fetch_one(&self.pool)
            .await
            .map_err(database(LOOK))?;
        get(&row, "seq")
    }

    async fn worker_lives(&self, worker: &Worker) -> Result<(), StoreError> {
        const ACTION: &str = "say that a worker lives";
        let now = self.clock.now_ms();
        sqlx::query(
            "INSERT INTO workers (owner, slots, started_ms, seen_ms, trouble) VALUES ($1, $2, $3, $3, $4) \
             ON CONFLICT (owner) DO UPDATE SET slots = excluded.slots, seen_ms = excluded.seen_ms, \
             trouble = excluded.trouble",
        )
        .bind(&worker.owner)
        .bind(worker.slots)
        .bind(now)
        .bind(&worker.trouble)
        .execute(&self.pool)
        .await
        .map_err(database(ACTION))?;
        // Those that were killed said no goodbye.
        sqlx::query("DELETE FROM workers WHERE seen_ms < $1")
            .bind(now - 60 * HEARD_OF_MS)
            .execute(&self.pool)
            .await
            .map_err(database(ACTION))?;
        Ok(())
    }

    async fn worker_ended(&self, owner: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM workers WHERE owner = $1")
            .bind(owner)
            .execute(&self.pool)
            .await
            .map_err(database("say that a worker has ended"))?;
        Ok(())
    }
}

fn finished(row: &SqliteRow) -> Result<FinishedLine, StoreError> {
    let (queued, done): (i64, i64) = (get(row, "queued_ms")?, get(row, "finished_ms")?);
    let leased: Option<i64> = get(row, "leased_ms")?;
    let wall: Option<i64> = get(row, "wall_ms")?;
    Ok(FinishedLine {
        seq: get(row, "seq")?,
        challenge: get(row, "challenge")?,
        verdict: word::<Verdict>(get(row, "verdict")?, "verdict")?,
        fault: get(row, "fault")?,
        waited_ms: leased.map(|leased| between(queued, leased)),
        held_ms: leased.map(|leased| between(leased, done)),
        graded_ms: wall.unwrap_or(0).unsigned_abs(),
    })
}

/// A clock that was set back makes nothing negative.
fn between(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}
