//! What partners asked for.

use sqlx::sqlite::SqliteRow;

use crate::{
    hiring::Code,
    store::{
        NewOrder, Partner, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{get, parsed, unreadable},
        },
    },
};

const ORDER: &str = "record a partner's order";

pub(super) async fn order(store: &SqliteStore, new: &NewOrder) -> Result<String, StoreError> {
    let now = store.clock.now_ms();
    // Asked for again, it keeps its id: a partner may not know that we have it.
    let row = sqlx::query(
        "INSERT INTO partner_orders (id, partner, invitation_id, callback_url, profile_url, created_ms) \
         SELECT $1, $2, i.id, $4, $5, $6 FROM invitations i WHERE i.code = $3 AND i.state <> 'purged' \
         ON CONFLICT (partner, invitation_id) DO UPDATE SET callback_url = excluded.callback_url, \
         profile_url = excluded.profile_url RETURNING id",
    )
    .bind(uuid::Uuid::now_v7().simple().to_string())
    .bind(new.partner.key())
    .bind(new.invitation.as_str())
    .bind(&new.callback_url)
    .bind(&new.profile_url)
    .bind(now)
    .fetch_optional(&store.pool)
    .await
    .map_err(database(ORDER))?;
    match row {
        Some(row) => get(&row, "id"),
        None => Err(StoreError::NoInvitation(new.invitation.to_string())),
    }
}

pub(super) async fn ordered(
    store: &SqliteStore,
    partner: Partner,
    id: &str,
) -> Result<Option<Code>, StoreError> {
    let row = sqlx::query(
        "SELECT i.code FROM partner_orders o JOIN invitations i ON i.id = o.invitation_id \
         WHERE o.id = $1 AND o.partner = $2",
    )
    .bind(id)
    .bind(partner.key())
    .fetch_optional(&store.pool)
    .await
    .map_err(database("read a partner's order"))?;
    row.map(|row| parsed(&row, "code")).transpose()
}

pub(super) fn partner(row: &SqliteRow) -> Result<Partner, StoreError> {
    let word: String = get(row, "partner")?;
    if word == Partner::Greenhouse.key() {
        return Ok(Partner::Greenhouse);
    }
    Err(unreadable("partner")(word))
}
