//! Links that set a password, once.

use sqlx::{Transaction, sqlite::Sqlite};

use super::{
    accounts::{one, set_password},
    write_audit,
};
use crate::{
    domain::Digest,
    hiring::TokenHash,
    reviewing::{Account, AccountId, PasswordHash, Role},
    store::{
        NewAccount, NewLink, SetUp, StoreError,
        sqlite::{
            SqliteStore, database,
            row::{count, get, parsed},
        },
    },
};

const LINK: &str = "record a set-up link";
const SET_UP: &str = "set an account up";

pub(super) async fn offer_first(
    store: &SqliteStore,
    link: TokenHash,
    expires_ms: i64,
) -> Result<bool, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(LINK).await?;
    if any_account(&mut tx).await? {
        return Ok(false);
    }
    sqlx::query("DELETE FROM set_up_links WHERE account_id IS NULL")
        .execute(&mut *tx)
        .await
        .map_err(database(LINK))?;
    let link = NewLink { token: link, expires_ms };
    insert(&mut tx, None, &link, now).await?;
    tx.commit().await.map_err(database(LINK))?;
    Ok(true)
}

pub(super) async fn set_up_link(
    store: &SqliteStore,
    link: TokenHash,
) -> Result<Option<SetUp>, StoreError> {
    let mut tx = store.pool.begin().await.map_err(database(LINK))?;
    match counts(&mut tx, link, store.clock.now_ms()).await? {
        None => Ok(None),
        Some(None) => Ok(Some(SetUp::First)),
        Some(Some(id)) => Ok(Some(SetUp::Of(one(&mut tx, id).await?))),
    }
}

pub(super) async fn found(
    store: &SqliteStore,
    link: TokenHash,
    new: &NewAccount,
    password: &PasswordHash,
) -> Result<Account, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(SET_UP).await?;
    if counts(&mut tx, link, now).await? != Some(None) || any_account(&mut tx).await? {
        return Err(StoreError::NoLink);
    }
    let new = NewAccount { role: Role::Admin, ..new.clone() };
    let id = insert_account(&mut tx, &new, now).await?;
    set_password(&mut tx, id, password, None).await?;
    sqlx::query("DELETE FROM set_up_links WHERE account_id IS NULL")
        .execute(&mut *tx)
        .await
        .map_err(database(SET_UP))?;
    let account = one(&mut tx, id).await?;
    let detail = format!("{}: {}, the first", account.mail, account.role);
    write_audit(&mut tx, now, "account_made", Some(id), &account.actor(), &detail).await?;
    tx.commit().await.map_err(database(SET_UP))?;
    Ok(account)
}

pub(super) async fn set_up(
    store: &SqliteStore,
    link: TokenHash,
    password: &PasswordHash,
) -> Result<Account, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(SET_UP).await?;
    let Some(Some(id)) = counts(&mut tx, link, now).await? else { return Err(StoreError::NoLink) };
    set_password(&mut tx, id, password, None).await?;
    let account = one(&mut tx, id).await?;
    let detail = account.mail.to_string();
    write_audit(&mut tx, now, "password_set", Some(id), &account.actor(), &detail).await?;
    tx.commit().await.map_err(database(SET_UP))?;
    Ok(account)
}

pub(super) async fn add_account(
    store: &SqliteStore,
    new: &NewAccount,
    link: &NewLink,
    by: &Account,
) -> Result<Account, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(SET_UP).await?;
    let row = sqlx::query("SELECT count(*) AS n FROM accounts WHERE mail_key = $1")
        .bind(new.mail.key())
        .fetch_one(&mut *tx)
        .await
        .map_err(database(SET_UP))?;
    if count(&row, "n")? > 0 {
        return Err(StoreError::AccountExists(new.mail.to_string()));
    }
    let id = insert_account(&mut tx, new, now).await?;
    insert(&mut tx, Some(id), link, now).await?;
    let detail = format!("{}: {}", new.mail, new.role);
    write_audit(&mut tx, now, "account_made", Some(id), &by.actor(), &detail).await?;
    let account = one(&mut tx, id).await?;
    tx.commit().await.map_err(database(SET_UP))?;
    Ok(account)
}

pub(super) async fn offer(
    store: &SqliteStore,
    id: AccountId,
    link: &NewLink,
    by: &Account,
) -> Result<Account, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(LINK).await?;
    let account = one(&mut tx, id).await?;
    if account.disabled {
        return Err(StoreError::NoAccount);
    }
    sqlx::query("DELETE FROM set_up_links WHERE account_id = $1")
        .bind(id.0)
        .execute(&mut *tx)
        .await
        .map_err(database(LINK))?;
    insert(&mut tx, Some(id), link, now).await?;
    let detail = account.mail.to_string();
    write_audit(&mut tx, now, "link_made", Some(id), &by.actor(), &detail).await?;
    tx.commit().await.map_err(database(LINK))?;
    Ok(account)
}

/// Whose link it is, while it counts; of nobody in particular that of the first start.
async fn counts(
    tx: &mut Transaction<'static, Sqlite>,
    link: TokenHash,
    now: i64,
) -> Result<Option<Option<AccountId>>, StoreError> {
    let row = sqlx::query(
        "SELECT l.token_sha256, l.account_id FROM set_up_links l \
         LEFT JOIN accounts a ON a.id = l.account_id \
         WHERE l.token_sha256 = $1 AND l.expires_ms > $2 AND coalesce(a.disabled, 0) = 0",
    )
    .bind(link.digest().to_string())
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
    .map_err(database(LINK))?;
    let Some(row) = row else { return Ok(None) };
    // The index found it; what decides takes the same time whatever was found.
    let kept: Digest = parsed(&row, "token_sha256")?;
    let fits = TokenHash::from_digest(kept) == link;
    Ok(fits.then_some(get::<Option<i64>>(&row, "account_id")?.map(AccountId)))
}

async fn any_account(tx: &mut Transaction<'static, Sqlite>) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT count(*) AS n FROM accounts")
        .fetch_one(&mut **tx)
        .await
        .map_err(database(LINK))?;
    Ok(count(&row, "n")? > 0)
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    account: Option<AccountId>,
    link: &NewLink,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO set_up_links (token_sha256, account_id, created_ms, expires_ms) \
         VALUES ($1, $2, $3, $4)",
    )
    .bind(link.token.digest().to_string())
    .bind(account.map(|account| account.0))
    .bind(now)
    .bind(link.expires_ms)
    .execute(&mut **tx)
    .await
    .map_err(database(LINK))?;
    Ok(())
}

async fn insert_account(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewAccount,
    now: i64,
) -> Result<AccountId, StoreError> {
    let row = sqlx::query(
        "INSERT INTO accounts (name, mail, mail_key, role, created_ms) VALUES ($1, $2, $3, $4, $5) \
         RETURNING id",
    )
    .bind(new.name.as_str())
    .bind(new.mail.as_str())
    .bind(new.mail.key())
    .bind(new.role.key())
    .bind(now)
    .fetch_one(&mut **tx)
    .await
    .map_err(database(SET_UP))?;
    Ok(AccountId(get(&row, "id")?))
}
