//! The team's accounts in the tables of migrations/0007_team.sql.

mod accounts;
mod links;
mod sessions;

use async_trait::async_trait;
use sqlx::{Transaction, sqlite::Sqlite};

use super::{SqliteStore, StoreError, database};
use crate::{
    domain::Digest,
    hiring::{Actor, MailAddress, TokenHash},
    reviewing::{Account, AccountId, Failures, PasswordHash, Role},
    store::{NewAccount, NewLink, SetUp, Team},
};

pub(super) use accounts::account;

/// A line of the audit trail about the team.
pub(super) async fn write_audit(
    tx: &mut Transaction<'static, Sqlite>,
    now: i64,
    action: &str,
    account: Option<AccountId>,
    actor: &Actor,
    detail: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at_ms, action, account_id, actor, detail) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(now)
    .bind(action)
    .bind(account.map(|account| account.0))
    .bind(actor.to_string())
    .bind(detail)
    .execute(&mut **tx)
    .await
    .map_err(database("write the audit trail"))?;
    Ok(())
}

#[async_trait]
impl Team for SqliteStore {
    async fn offer_first(&self, link: TokenHash, expires_ms: i64) -> Result<bool, StoreError> {
        links::offer_first(self, link, expires_ms).await
    }

    async fn set_up_link(&self, link: TokenHash) -> Result<Option<SetUp>, StoreError> {
        links::set_up_link(self, link).await
    }

    async fn found(
        &self,
        link: TokenHash,
        new: &NewAccount,
        password: &PasswordHash,
    ) -> Result<Account, StoreError> {
        links::found(self, link, new, password).await
    }

    async fn set_up(
        &self,
        link: TokenHash,
        password: &PasswordHash,
    ) -> Result<Account, StoreError> {
        links::set_up(self, link, password).await
    }

    async fn add_account(
        &self,
        new: &NewAccount,
        link: &NewLink,
        by: &Account,
    ) -> Result<Account, StoreError> {
        links::add_account(self, new, link, by).await
    }

    async fn offer(
        &self,
        account: AccountId,
        link: &NewLink,
        by: &Account,
    ) -> Result<Account, StoreError> {
        links::offer(self, account, link, by).await
    }

    async fn change_account(
        &self,
        account: AccountId,
        version: u32,
        role: Role,
        disabled: bool,
        by: &Account,
    ) -> Result<Account, StoreError> {
        accounts::change(self, account, version, (role, disabled), by).await
    }

    async fn change_password(
        &self,
        account: AccountId,
        password: &PasswordHash,
        kept: TokenHash,
    ) -> Result<(), StoreError> {
        accounts::change_password(self, account, password, kept).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        accounts::all(self).await
    }

    async fn account_of(
        &self,
        mail: &MailAddress,
    ) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError> {
        accounts::of(self, mail).await
    }

    async fn start_session(&self, account: AccountId, id: TokenHash) -> Result<(), StoreError> {
        sessions::start(self, account, id).await
    }

    async fn session(&self, id: TokenHash) -> Result<Option<Account>, StoreError> {
        sessions::session(self, id).await
    }

    async fn end_session(&self, id: TokenHash) -> Result<(), StoreError> {
        sessions::end(self, id).await
    }

    async fn failures(&self, key: &Digest) -> Result<Failures, StoreError> {
        sessions::failures(self, key).await
    }

    async fn fail(&self, key: &Digest) -> Result<Failures, StoreError> {
        sessions::fail(self, key).await
    }

    async fn note(
        &self,
        action: &str,
        account: Option<AccountId>,
        actor: &Actor,
        detail: &str,
    ) -> Result<(), StoreError> {
        const NOTE: &str = "write the audit trail";
        let mut tx = self.begin(NOTE).await?;
        write_audit(&mut tx, self.clock.now_ms(), action, account, actor, detail).await?;
        tx.commit().await.map_err(database(NOTE))
    }
}
