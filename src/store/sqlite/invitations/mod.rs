//! Invitations in the tables of migrations/0004_invitations.sql.

mod change;
mod create;
mod dossier;
mod message;
mod page;
mod progress;
mod purge;
mod read;
mod redact;

use async_trait::async_trait;
use sqlx::{Transaction, sqlite::Sqlite};

use super::{SqliteStore, StoreError, database};
use crate::{
    domain::Digest,
    hiring::{Accommodation, Actor, Code, LoggedMessage, TokenHash, Who},
    store::{
        Change, Changed, Dossier, Filter, Invitations, MessageId, NewInvitation, Outcome, Purged,
        Remove, Standing,
    },
};

pub(super) use change::{follow, write_state};
pub(super) use progress::{graded, received};
pub(super) use read::one;

/// A line of the audit trail about an invitation. It names people of the team, never the candidate.
pub(super) async fn write_audit(
    tx: &mut Transaction<'static, Sqlite>,
    now: i64,
    action: &str,
    invitation: i64,
    actor: &Actor,
    detail: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at_ms, action, invitation_id, actor, detail) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(now)
    .bind(action)
    .bind(invitation)
    .bind(actor.to_string())
    .bind(detail)
    .execute(&mut **tx)
    .await
    .map_err(database("write the audit trail"))?;
    Ok(())
}

#[async_trait]
impl Invitations for SqliteStore {
    async fn invite(
        &self,
        new: &[NewInvitation],
        actor: &Actor,
    ) -> Result<Vec<Changed>, StoreError> {
        create::invite(self, new, actor).await
    }

    async fn invitations(&self, filter: &Filter) -> Result<Vec<Standing>, StoreError> {
        read::invitations(self, filter).await
    }

    async fn page(
        &self,
        filter: &Filter,
        before: Option<&Code>,
        limit: u32,
    ) -> Result<Vec<Standing>, StoreError> {
        page::page(self, filter, before, limit).await
    }

    async fn by_token(&self, hash: TokenHash) -> Result<Option<Standing>, StoreError> {
        read::by_token(self, hash).await
    }

    async fn change(&self, change: &Change, actor: &Actor) -> Result<Changed, StoreError> {
        change::change(self, change, actor).await
    }

    async fn settle(&self, message: MessageId, outcome: &Outcome) -> Result<(), StoreError> {
        message::settle(self, message, outcome).await
    }

    async fn messages(&self, code: &Code) -> Result<Vec<LoggedMessage>, StoreError> {
        message::messages(self, code).await
    }

    async fn accommodations(&self, code: &Code) -> Result<Vec<Accommodation>, StoreError> {
        change::accommodations(self, code).await
    }

    async fn purge(
        &self,
        codes: &[Code],
        also: &[String],
        actor: &Actor,
    ) -> Result<Purged, StoreError> {
        purge::purge(self, codes, also, actor).await
    }

    async fn doomed(&self) -> Result<Vec<Digest>, StoreError> {
        purge::doomed(self).await
    }

    async fn remove_bytes(&self, digest: &Digest, remove: &Remove<'_>) -> Result<bool, StoreError> {
        purge::remove_bytes(self, digest, remove).await
    }

    async fn dossier(&self, who: &Who) -> Result<Dossier, StoreError> {
        dossier::dossier(self, who).await
    }
}
