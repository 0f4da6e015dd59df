//! What the team reads and writes about submissions, in the tables of migrations/0007_team.sql.

mod cards;
mod comments;
mod decisions;
mod kept;
mod list;
mod read;

use async_trait::async_trait;

use super::{SqliteStore, StoreError};
use crate::{
    domain::Digest,
    hiring::{Code, State},
    reviewing::{Account, AccountId, Comment, Decision, Scorecard},
    store::{
        Attempt, ListQuery, Listed, MarkedTwice, NewComment, NewDecision, NewScorecard, ResultOf,
        Reviews, Told, TrailLine,
    },
};

pub(super) use kept::Kept;

#[async_trait]
impl Reviews for SqliteStore {
    async fn listed(&self, query: &ListQuery, viewer: AccountId) -> Result<Listed, StoreError> {
        list::listed(self, query, viewer).await
    }

    async fn tallies(&self, challenge: Option<&str>) -> Result<Vec<(State, u32)>, StoreError> {
        list::tallies(self, challenge).await
    }

    async fn invited_to(&self) -> Result<Vec<String>, StoreError> {
        list::invited_to(self).await
    }

    async fn attempts(&self, code: &Code) -> Result<Vec<Attempt>, StoreError> {
        read::attempts(self, code).await
    }

    async fn counting(&self, code: &Code) -> Result<Option<String>, StoreError> {
        read::counting(self, code).await
    }

    async fn scorecards(&self, code: &Code) -> Result<Vec<Scorecard>, StoreError> {
        cards::of(self, code).await
    }

    async fn keep_scorecard(
        &self,
        code: &Code,
        card: &NewScorecard,
        by: &Account,
    ) -> Result<Scorecard, StoreError> {
        cards::keep(self, code, card, by).await
    }

    async fn comments(&self, code: &Code, sha256: &Digest) -> Result<Vec<Comment>, StoreError> {
        comments::of(self, code, sha256).await
    }

    async fn comment(
        &self,
        code: &Code,
        comment: &NewComment,
        by: &Account,
    ) -> Result<i64, StoreError> {
        comments::add(self, code, comment, by).await
    }

    async fn remove_comment(&self, code: &Code, id: i64, by: &Account) -> Result<(), StoreError> {
        comments::remove(self, code, id, by).await
    }

    async fn decision(&self, code: &Code) -> Result<Option<Decision>, StoreError> {
        decisions::of(self, code).await
    }

    async fn decide(&self, code: &Code, new: &NewDecision, by: &Account) -> Result<(), StoreError> {
        decisions::decide(self, code, new, by).await
    }

    async fn marked_twice(
        &self,
        challenge: &str,
        viewer: Option<AccountId>,
    ) -> Result<Vec<MarkedTwice>, StoreError> {
        cards::marked_twice(self, challenge, viewer).await
    }

    async fn results_of(&self, challenge: &str) -> Result<Vec<ResultOf>, StoreError> {
        read::results_of(self, challenge).await
    }

    async fn told(&self, ask: &Told) -> Result<Vec<TrailLine>, StoreError> {
        read::told(self, ask).await
    }

    async fn progress(&self) -> Result<(u32, u32), StoreError> {
        read::progress(self).await
    }
}
