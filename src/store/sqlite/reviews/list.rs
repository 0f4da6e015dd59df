//! Lists of invitations. The table `listing` decides which rows a page has; only those are read in full.

use sqlx::{QueryBuilder, sqlite::Sqlite, sqlite::SqliteRow};

use super::kept;
use crate::{
    hiring::State,
    reviewing::AccountId,
    store::{
        ListQuery, ListRow, Listed, Order, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{count, get, parsed, word},
        },
    },
};

const READ: &str = "read its invitations";
const WAITS: &str = "('invited', 'opened', 'started')";

pub(super) async fn listed(
    store: &SqliteStore,
    query: &ListQuery,
    viewer: AccountId,
) -> Result<Listed, StoreError> {
    let now = store.clock.now_ms();
    let total = total(store, query, viewer, now).await?;
    let mut page = QueryBuilder::new(
        "SELECT i.code, i.retain_ms, p.name, p.mail, l.challenge, l.state, l.deadline_ms, l.received, \
         l.verdict, l.score, (SELECT count(*) FROM scorecards c WHERE c.invitation_id = i.id \
         AND c.in_ms IS NOT NULL) AS cards, EXISTS (SELECT 1 FROM scorecards c \
         WHERE c.invitation_id = i.id AND c.in_ms IS NOT NULL AND c.account_id = ",
    );
    page.push_bind(viewer.0).push(") AS own_card FROM (SELECT l.invitation_id FROM ");
    which(&mut page, query, viewer, now);
    let order = match query.order {
        Order::Newest => "l.invitation_id DESC",
        Order::Deadline => "l.deadline_ms, l.invitation_id",
        Order::Score => "l.score DESC, l.invitation_id DESC",
        Order::Name => "p.name COLLATE NOCASE, l.invitation_id",
    };
    // The few rows of the page come first, whatever the planner thinks of them.
    page.push(format!(
        " ORDER BY {order} LIMIT {} OFFSET {}) page \
         CROSS JOIN listing l ON l.invitation_id = page.invitation_id \
         CROSS JOIN invitations i ON i.id = l.invitation_id \
         CROSS JOIN people p ON p.id = i.person_id ORDER BY {order}",
        query.limit, query.skip
    ));
    let rows = page.build().fetch_all(&store.pool).await.map_err(database(READ))?;
    let rows = rows.iter().map(|row| list_row(row, now)).collect::<Result<_, StoreError>>()?;
    Ok(Listed { rows, total })
}

/// How many fit.
async fn total(
    store: &SqliteStore,
    query: &ListQuery,
    viewer: AccountId,
    now: i64,
) -> Result<u32, StoreError> {
    let mark = kept::mark(store).await?;
    let same = ListQuery { order: Order::default(), skip: 0, limit: 0, ..query.clone() };
    let key = format!("{same:?} {viewer:?}");
    if let Some(total) = store.kept.total(mark, &key) {
        return Ok(total);
    }
    let mut counted = QueryBuilder::new("SELECT count(*) AS n FROM ");
    which(&mut counted, &same, viewer, now);
    let row = counted.build().fetch_one(&store.pool).await.map_err(database(READ))?;
    let total = count(&row, "n")?;
    store.kept.keep_total(mark, key, total);
    Ok(total)
}

/// `FROM` and `WHERE`: only the tables that are asked for, in the order that the index for it has.
fn which(sql: &mut QueryBuilder<'_, Sqlite>, query: &ListQuery, viewer: AccountId, now: i64) {
    let names = query.order == Order::Name;
    if names {
        sql.push(
            "people p CROSS JOIN invitations i ON i.person_id = p.id \
             CROSS JOIN listing l ON l.invitation_id = i.id",
        );
    } else if query.text.is_some() || query.overdue {
        sql.push(
            "listing l JOIN invitations i ON i.id = l.invitation_id \
             JOIN people p ON p.id = i.person_id",
        );
    } else {
        sql.push("listing l");
    }
    sql.push(" WHERE 1");
    match query.state {
        None => {}
        Some(State::Expired) => {
            sql.push(format!(" AND l.state IN {WAITS} AND l.deadline_ms <= ")).push_bind(now);
        }
        Some(state) => {
            sql.push(" AND l.state = ").push_bind(state.key());
            if state.waits() {
                sql.push(" AND l.deadline_ms > ").push_bind(now);
            }
        }
    }
    if let Some(challenge) = &query.challenge {
        sql.push(" AND l.challenge = ").push_bind(challenge.clone());
    }
    if query.to_review {
        sql.push(
            " AND l.state IN ('graded', 'in_review') AND NOT EXISTS (SELECT 1 FROM scorecards c \
             WHERE c.invitation_id = l.invitation_id AND c.in_ms IS NOT NULL AND c.account_id = ",
        )
        .push_bind(viewer.0)
        .push(")");
    }
    if query.overdue {
        sql.push(" AND l.state <> 'purged' AND l.deadline_ms + i.retain_ms <= ").push_bind(now);
    }
    if let Some(text) = &query.text {
        let pattern = format!("%{}%", escaped(text));
        sql.push(" AND (i.code LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
        if query.names {
            sql.push(" OR p.name LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
            sql.push(" OR p.mail LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
        }
        sql.push(")");
    }
}

/// Text as `LIKE` takes it for itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn list_row(row: &SqliteRow, now: i64) -> Result<ListRow, StoreError> {
    let stored: State = word(get(row, "state")?, "state")?;
    let deadline_ms: i64 = get(row, "deadline_ms")?;
    Ok(ListRow {
        code: parsed(row, "code")?,
        name: get(row, "name")?,
        mail: get(row, "mail")?,
        challenge: get(row, "challenge")?,
        state: if stored.waits() && now >= deadline_ms { State::Expired } else { stored },
        deadline_ms,
        kept_until_ms: deadline_ms.saturating_add(get(row, "retain_ms")?),
        received: count(row, "received")?,
        verdict: get::<Option<String>>(row, "verdict")?
            .map(|text| word(text, "verdict"))
            .transpose()?,
        score: get(row, "score")?,
        cards: count(row, "cards")?,
        own_card: get(row, "own_card")?,
    })
}

pub(super) async fn tallies(
    store: &SqliteStore,
    challenge: Option<&str>,
) -> Result<Vec<(State, u32)>, StoreError> {
    let mark = kept::mark(store).await?;
    if let Some(tallies) = store.kept.tallies(mark, challenge) {
        return Ok(tallies);
    }
    let mut sql =
        QueryBuilder::new(format!("SELECT CASE WHEN state IN {WAITS} AND deadline_ms <= "));
    sql.push_bind(store.clock.now_ms())
        .push(" THEN 'expired' ELSE state END AS now, count(*) AS n FROM listing");
    if let Some(challenge) = challenge {
        sql.push(" WHERE challenge = ").push_bind(challenge.to_owned());
    }
    sql.push(" GROUP BY 1");
    let rows = sql.build().fetch_all(&store.pool).await.map_err(database(READ))?;
    let mut tallies: Vec<(State, u32)> = rows
        .iter()
        .map(|row| Ok((word(get(row, "now")?, "state")?, count(row, "n")?)))
        .collect::<Result<_, StoreError>>()?;
    tallies.sort_by_key(|(state, _)| State::ALL.iter().position(|one| one == state));
    store.kept.keep_tallies(mark, challenge, &tallies);
    Ok(tallies)
}

pub(super) async fn invited_to(store: &SqliteStore) -> Result<Vec<String>, StoreError> {
    let mark = kept::mark(store).await?;
    if let Some(challenges) = store.kept.challenges(mark) {
        return Ok(challenges);
    }
    // Each step goes to the next challenge in the index, however many invitations one has.
    let rows = sqlx::query(
        "WITH RECURSIVE found(challenge) AS (SELECT min(challenge) FROM listing UNION ALL \
         SELECT (SELECT min(challenge) FROM listing l WHERE l.challenge > found.challenge) \
         FROM found WHERE found.challenge IS NOT NULL) \
         SELECT challenge FROM found WHERE challenge IS NOT NULL",
    )
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    let challenges: Vec<String> =
        rows.iter().map(|row| get(row, "challenge")).collect::<Result<_, StoreError>>()?;
    store.kept.keep_challenges(mark, &challenges);
    Ok(challenges)
}
