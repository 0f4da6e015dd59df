//! The seam's part for the hiring team's accounts.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    domain::Digest,
    hiring::{Actor, MailAddress, PersonName, TokenHash},
    reviewing::{Account, AccountId, Failures, PasswordHash, Role},
};

/// Who of the team may sign in, and who is signed in.
#[async_trait]
pub trait Team: Send + Sync {
    /// Takes down the link of the first start, in place of an earlier one; whether it did: once there is
    /// an account, no more of them are made.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn offer_first(&self, link: TokenHash, expires_ms: i64) -> Result<bool, StoreError>;

    /// What a link is for, while it counts.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_up_link(&self, link: TokenHash) -> Result<Option<SetUp>, StoreError>;

    /// Uses the link of the first start: the first account, an admin.
    ///
    /// # Errors
    /// [`StoreError::NoLink`] when it does not count any more.
    async fn found(
        &self,
        link: TokenHash,
        new: &NewAccount,
        password: &PasswordHash,
    ) -> Result<Account, StoreError>;

    /// Uses an account's link: its password from now on. Whoever is signed in with it is signed out.
    ///
    /// # Errors
    /// [`StoreError::NoLink`] when it does not count any more.
    async fn set_up(&self, link: TokenHash, password: &PasswordHash)
    -> Result<Account, StoreError>;

    /// Records a colleague with a link for the password.
    ///
    /// # Errors
    /// [`StoreError::AccountExists`].
    async fn add_account(
        &self,
        new: &NewAccount,
        link: &NewLink,
        by: &Account,
    ) -> Result<Account, StoreError>;

    /// Gives an account another link for a new password, in place of an earlier one. The old password
    /// counts until it is used.
    ///
    /// # Errors
    /// [`StoreError::NoAccount`].
    async fn offer(
        &self,
        account: AccountId,
        link: &NewLink,
        by: &Account,
    ) -> Result<Account, StoreError>;

    /// Another role, or no more signing in. Whoever is signed in with it is signed out.
    ///
    /// # Errors
    /// [`StoreError::NoAccount`], [`StoreError::LastAdmin`], [`StoreError::Outdated`].
    async fn change_account(
        &self,
        account: AccountId,
        version: u32,
        role: Role,
        disabled: bool,
        by: &Account,
    ) -> Result<Account, StoreError>;

    /// Another password, by the account itself. All its sessions but `kept` end.
    ///
    /// # Errors
    /// [`StoreError::NoAccount`].
    async fn change_password(
        &self,
        account: AccountId,
        password: &PasswordHash,
        kept: TokenHash,
    ) -> Result<(), StoreError>;

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// The account of an address, with what its password is checked against.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn account_of(
        &self,
        mail: &MailAddress,
    ) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError>;

    /// Somebody signed in; sessions that are over are removed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn start_session(&self, account: AccountId, id: TokenHash) -> Result<(), StoreError>;

    /// Whose session it is, while it counts and the account is not disabled; its use is recorded.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn session(&self, id: TokenHash) -> Result<Option<Account>, StoreError>;

    /// Somebody signed out.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_session(&self, id: TokenHash) -> Result<(), StoreError>;

    /// Failed sign-ins with an address, known or not, as far as they count.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn failures(&self, key: &Digest) -> Result<Failures, StoreError>;

    /// One more; how many there are.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn fail(&self, key: &Digest) -> Result<Failures, StoreError>;

    /// A line of the audit trail about the team, such as a sign-in.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn note(
        &self,
        action: &str,
        account: Option<AccountId>,
        actor: &Actor,
        detail: &str,
    ) -> Result<(), StoreError>;
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Their name.
    pub name: PersonName,
    /// What they will sign in with.
    pub mail: MailAddress,
    /// What they may.
    pub role: Role,
}

/// A link that sets a password, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLink {
    /// Of its secret.
    pub token: TokenHash,
    /// Until when it counts, milliseconds since 1970.
    pub expires_ms: i64,
}

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetUp {
    /// The first account of all.
    First,
    /// A password for this one.
    Of(Account),
}
