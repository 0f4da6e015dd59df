//! API tokens, answers that are given once, and pages of the audit trail, in the tables of
//! migrations/0008_api.sql.

mod answers;
mod tokens;
mod trail;

use async_trait::async_trait;

use super::{SqliteStore, StoreError};
use crate::{
    domain::Digest,
    hiring::{Actor, Code},
    store::{Access, Answer, ApiToken, NewApiToken, Once, TrailEntry, Turn},
};

#[async_trait]
impl Access for SqliteStore {
    async fn create_token(&self, new: &NewApiToken, actor: &Actor) -> Result<ApiToken, StoreError> {
        tokens::create(self, new, actor).await
    }

    async fn tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        tokens::all(self).await
    }

    async fn token_by_hash(&self, hash: &Digest) -> Result<Option<ApiToken>, StoreError> {
        tokens::by_hash(self, hash).await
    }

    async fn revoke_token(&self, id: &str, actor: &Actor) -> Result<ApiToken, StoreError> {
        tokens::revoke(self, id, actor).await
    }

    async fn once(&self, asked: &Once) -> Result<Turn, StoreError> {
        answers::once(self, asked).await
    }

    async fn answer(&self, asked: &Once, answer: &Answer) -> Result<(), StoreError> {
        answers::answer(self, asked, answer).await
    }

    async fn unanswered(&self, asked: &Once) -> Result<(), StoreError> {
        answers::unanswered(self, asked).await
    }

    async fn trail(
        &self,
        of: Option<&Code>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TrailEntry>, StoreError> {
        trail::trail(self, of, before, limit).await
    }
}
