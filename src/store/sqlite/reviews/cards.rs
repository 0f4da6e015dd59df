//! Scorecards.

use sqlx::{Transaction, sqlite::Sqlite};

use crate::{
    hiring::{Code, Event, Refused, State},
    reviewing::{Account, AccountId, Mark, Pair, Recommendation, Scorecard},
    store::{
        MarkedTwice, NewScorecard, StoreError,
        sqlite::{
            SqliteStore, database, invitations,
            row::{count, get, parsed, unreadable, word},
            team,
        },
    },
};

const READ: &str = "read its scorecards";
const KEEP: &str = "keep a scorecard";

pub(super) async fn of(store: &SqliteStore, code: &Code) -> Result<Vec<Scorecard>, StoreError> {
    let mut tx = store.pool.begin().await.map_err(database(READ))?;
    read(&mut tx, code).await
}

async fn read(
    tx: &mut Transaction<'static, Sqlite>,
    code: &Code,
) -> Result<Vec<Scorecard>, StoreError> {
    let rows = sqlx::query(
        "SELECT s.id AS card, s.grading_id, s.rubric_sha256, s.recommendation, s.words, s.blind, \
         s.version AS card_version, s.in_ms, a.id, a.name, a.mail, a.role, \
         a.password IS NOT NULL AS ready, a.disabled, a.version, a.created_ms \
         FROM scorecards s JOIN accounts a ON a.id = s.account_id \
         JOIN invitations i ON i.id = s.invitation_id WHERE i.code = $1 ORDER BY s.id",
    )
    .bind(code.as_str())
    .fetch_all(&mut **tx)
    .await
    .map_err(database(READ))?;
    let mut cards = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: i64 = get(row, "card")?;
        cards.push(Scorecard {
            id,
            by: team::account(row)?,
            grading: get(row, "grading_id")?,
            rubric: parsed(row, "rubric_sha256")?,
            marks: marks(tx, id).await?,
            recommendation: get::<Option<String>>(row, "recommendation")?
                .map(|text| word(text, "recommendation"))
                .transpose()?,
            words: get(row, "words")?,
            blind: get(row, "blind")?,
            version: count(row, "card_version")?,
            in_ms: get(row, "in_ms")?,
        });
    }
    Ok(cards)
}

async fn marks(tx: &mut Transaction<'static, Sqlite>, card: i64) -> Result<Vec<Mark>, StoreError> {
    let rows = sqlx::query(
        "SELECT criterion, mark, words FROM marks WHERE scorecard_id = $1 ORDER BY criterion",
    )
    .bind(card)
    .fetch_all(&mut **tx)
    .await
    .map_err(database(READ))?;
    rows.iter()
        .map(|row| {
            Ok(Mark {
                criterion: get(row, "criterion")?,
                mark: u8::try_from(get::<i64>(row, "mark")?).map_err(unreadable("mark"))?,
                words: get(row, "words")?,
            })
        })
        .collect()
}

pub(super) async fn keep(
    store: &SqliteStore,
    code: &Code,
    card: &NewScorecard,
    by: &Account,
) -> Result<Scorecard, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(KEEP).await?;
    let (id, invitation) = invitations::one(&mut tx, code).await?;
    match invitation.stored {
        State::Graded => {
            invitations::follow(&mut tx, id, Event::Review, &by.actor(), now).await?;
        }
        State::InReview => {}
        state => return Err(Refused::State { state, event: Event::Review }.into()),
    }
    let earlier = read(&mut tx, code).await?.into_iter().find(|card| card.by.id == by.id);
    if earlier.as_ref().is_some_and(|earlier| earlier.in_ms.is_some()) {
        return Err(StoreError::CardIsIn);
    }
    if earlier.as_ref().map(|earlier| earlier.version) != card.version {
        return Err(StoreError::Outdated(code.to_string()));
    }
    let row = sqlx::query(
        "INSERT INTO scorecards (invitation_id, account_id, grading_id, rubric_sha256, recommendation, \
         words, blind, version, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) \
         ON CONFLICT (invitation_id, account_id) DO UPDATE SET grading_id = excluded.grading_id, \
         rubric_sha256 = excluded.rubric_sha256, recommendation = excluded.recommendation, \
         words = excluded.words, blind = excluded.blind, version = version + 1, \
         changed_ms = excluded.changed_ms RETURNING id",
    )
    .bind(id)
    .bind(by.id.0)
    .bind(&card.grading)
    .bind(card.rubric.to_string())
    .bind(card.recommendation.map(Recommendation::key))
    .bind(card.words.as_str())
    .bind(card.blind)
    .bind(now)
    .fetch_one(&mut *tx)
    .await
    .map_err(database(KEEP))?;
    let number: i64 = get(&row, "id")?;
    write_marks(&mut tx, number, &card.marks).await?;
    if card.hand_in {
        sqlx::query("UPDATE scorecards SET in_ms = $2, version = version + 1 WHERE id = $1")
            .bind(number)
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(database(KEEP))?;
        let blind = if card.blind { "without a name" } else { "the name was known" };
        invitations::write_audit(&mut tx, now, "scorecard_in", id, &by.actor(), blind).await?;
    }
    let kept = read(&mut tx, code).await?.into_iter().find(|card| card.id == number);
    tx.commit().await.map_err(database(KEEP))?;
    kept.ok_or_else(|| StoreError::NoInvitation(code.to_string()))
}

async fn write_marks(
    tx: &mut Transaction<'static, Sqlite>,
    card: i64,
    marks: &[Mark],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM marks WHERE scorecard_id = $1")
        .bind(card)
        .execute(&mut **tx)
        .await
        .map_err(database(KEEP))?;
    for mark in marks {
        sqlx::query(
            "INSERT INTO marks (scorecard_id, criterion, mark, words) VALUES ($1, $2, $3, $4)",
        )
        .bind(card)
        .bind(&mark.criterion)
        .bind(i64::from(mark.mark))
        .bind(&mark.words)
        .execute(&mut **tx)
        .await
        .map_err(database(KEEP))?;
    }
    Ok(())
}

pub(super) async fn marked_twice(
    store: &SqliteStore,
    challenge: &str,
    viewer: Option<AccountId>,
) -> Result<Vec<MarkedTwice>, StoreError> {
    let rows = sqlx::query(
        "SELECT a.name AS one_name, b.name AS other_name, m.criterion, m.mark AS one, n.mark AS other \
         FROM listing l JOIN scorecards s ON s.invitation_id = l.invitation_id AND s.in_ms IS NOT NULL \
         JOIN scorecards t ON t.invitation_id = l.invitation_id AND t.in_ms IS NOT NULL \
         AND t.account_id > s.account_id AND t.rubric_sha256 = s.rubric_sha256 \
         JOIN marks m ON m.scorecard_id = s.id \
         JOIN marks n ON n.scorecard_id = t.id AND n.criterion = m.criterion \
         JOIN accounts a ON a.id = s.account_id JOIN accounts b ON b.id = t.account_id \
         WHERE l.challenge = $1 AND ($2 IS NULL OR l.state IN ('decided', 'archived', 'purged') \
         OR EXISTS (SELECT 1 FROM scorecards v WHERE v.invitation_id = l.invitation_id \
         AND v.account_id = $2 AND v.in_ms IS NOT NULL)) ORDER BY s.account_id, t.account_id, l.invitation_id, m.criterion",
    )
    .bind(challenge)
    .bind(viewer.map(|viewer| viewer.0))
    .fetch_all(&store.pool)
    .await
    .map_err(database(READ))?;
    let mark = |row, column| -> Result<u8, StoreError> {
        u8::try_from(get::<i64>(row, column)?).map_err(unreadable("mark"))
    };
    rows.iter()
        .map(|row| {
            Ok(MarkedTwice {
                between: (get(row, "one_name")?, get(row, "other_name")?),
                criterion: get(row, "criterion")?,
                pair: Pair { one: mark(row, "one")?, other: mark(row, "other")? },
            })
        })
        .collect()
}
