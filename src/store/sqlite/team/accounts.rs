//! Accounts.

use sqlx::{
    Transaction,
    sqlite::{Sqlite, SqliteRow},
};

use super::write_audit;
use crate::{
    hiring::{MailAddress, TokenHash},
    reviewing::{Account, AccountId, PasswordHash, Role},
    store::{
        StoreError,
        sqlite::{
            SqliteStore, database,
            row::{count, get, parsed, parsed_option},
        },
    },
};

const READ: &str = "read its accounts";
const WRITE: &str = "change an account";
pub(super) const COLUMNS: &str = "a.id, a.name, a.mail, a.role, a.password IS NOT NULL AS ready, a.disabled, a.version, a.created_ms";

/// The account of a row that has [`COLUMNS`].
pub(in crate::store::sqlite) fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(get(row, "id")?),
        name: parsed(row, "name")?,
        mail: parsed(row, "mail")?,
        role: parsed(row, "role")?,
        disabled: get(row, "disabled")?,
        ready: get(row, "ready")?,
        version: count(row, "version")?,
        created_ms: get(row, "created_ms")?,
    })
}

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<Account>, StoreError> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM accounts a ORDER BY a.id"))
        .fetch_all(&store.pool)
        .await
        .map_err(database(READ))?;
    rows.iter().map(account).collect()
}

pub(super) async fn of(
    store: &SqliteStore,
    mail: &MailAddress,
) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError> {
    let row =
        sqlx::query(&format!("SELECT {COLUMNS}, a.password FROM accounts a WHERE a.mail_key = $1"))
            .bind(mail.key())
            .fetch_optional(&store.pool)
            .await
            .map_err(database(READ))?;
    row.map(|row| Ok((account(&row)?, parsed_option(&row, "password")?))).transpose()
}

pub(super) async fn one(
    tx: &mut Transaction<'static, Sqlite>,
    id: AccountId,
) -> Result<Account, StoreError> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM accounts a WHERE a.id = $1"))
        .bind(id.0)
        .fetch_optional(&mut **tx)
        .await
        .map_err(database(READ))?;
    row.as_ref().map(account).transpose()?.ok_or(StoreError::NoAccount)
}

pub(super) async fn change(
    store: &SqliteStore,
    id: AccountId,
    version: u32,
    (role, disabled): (Role, bool),
    by: &Account,
) -> Result<Account, StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(WRITE).await?;
    let before = one(&mut tx, id).await?;
    if before.version != version {
        return Err(StoreError::Outdated(before.mail.to_string()));
    }
    sqlx::query(
        "UPDATE accounts SET role = $2, disabled = $3, version = version + 1 WHERE id = $1",
    )
    .bind(id.0)
    .bind(role.key())
    .bind(disabled)
    .execute(&mut *tx)
    .await
    .map_err(database(WRITE))?;
    let row = sqlx::query(
        "SELECT count(*) AS n FROM accounts WHERE role = 'admin' AND disabled = 0 \
         AND password IS NOT NULL",
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(database(READ))?;
    if count(&row, "n")? == 0 {
        return Err(StoreError::LastAdmin);
    }
    // What somebody may is looked at anew; whoever may less has to sign in again in any case.
    sqlx::query("DELETE FROM sessions WHERE account_id = $1")
        .bind(id.0)
        .execute(&mut *tx)
        .await
        .map_err(database(WRITE))?;
    if disabled {
        sqlx::query("DELETE FROM set_up_links WHERE account_id = $1")
            .bind(id.0)
            .execute(&mut *tx)
            .await
            .map_err(database(WRITE))?;
    }
    let state = if disabled { ", disabled" } else { "" };
    let detail = format!("{}: {}{state}", before.mail, role);
    write_audit(&mut tx, now, "account_changed", Some(id), &by.actor(), &detail).await?;
    let after = one(&mut tx, id).await?;
    tx.commit().await.map_err(database(WRITE))?;
    Ok(after)
}

pub(super) async fn change_password(
    store: &SqliteStore,
    id: AccountId,
    password: &PasswordHash,
    kept: TokenHash,
) -> Result<(), StoreError> {
    let now = store.clock.now_ms();
    let mut tx = store.begin(WRITE).await?;
    let account = one(&mut tx, id).await?;
    set_password(&mut tx, id, password, Some(kept)).await?;
    let detail = account.mail.to_string();
    write_audit(&mut tx, now, "password_changed", Some(id), &account.actor(), &detail).await?;
    tx.commit().await.map_err(database(WRITE))
}

/// The password from now on. Sessions end but `kept`, links that would set another one are dead.
pub(super) async fn set_password(
    tx: &mut Transaction<'static, Sqlite>,
    id: AccountId,
    password: &PasswordHash,
    kept: Option<TokenHash>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE accounts SET password = $2, version = version + 1 WHERE id = $1")
        .bind(id.0)
        .bind(password.as_str())
        .execute(&mut **tx)
        .await
        .map_err(database(WRITE))?;
    sqlx::query("DELETE FROM sessions WHERE account_id = $1 AND id_sha256 IS NOT $2")
        .bind(id.0)
        .bind(kept.map(|kept| kept.digest().to_string()))
        .execute(&mut **tx)
        .await
        .map_err(database(WRITE))?;
    sqlx::query("DELETE FROM set_up_links WHERE account_id = $1")
        .bind(id.0)
        .execute(&mut **tx)
        .await
        .map_err(database(WRITE))?;
    Ok(())
}
