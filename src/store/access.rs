//! The seam's part for programs that come by the API.

use async_trait::async_trait;
use serde::Serialize;

use super::StoreError;
use crate::{
    access::Scopes,
    domain::Digest,
    hiring::{Actor, Code},
};

/// How long an answer is kept for whoever asks again with the same key, milliseconds.
pub const ANSWERS_KEPT_MS: i64 = 24 * 3_600_000;
/// After this long a request without an answer is taken to be lost, milliseconds.
pub const ANSWER_LOST_MS: i64 = 5 * 60_000;

/// API tokens, answers that are given once, and the audit trail in pages.
#[async_trait]
pub trait Access: Send + Sync {
    /// Records a token.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn create_token(&self, new: &NewApiToken, actor: &Actor) -> Result<ApiToken, StoreError>;

    /// Every token, newest first, those that count no more among them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn tokens(&self) -> Result<Vec<ApiToken>, StoreError>;

    /// The token of a secret's hash if it counts now; that it was used is written down.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn token_by_hash(&self, hash: &Digest) -> Result<Option<ApiToken>, StoreError>;

    /// From now on it does not count.
    ///
    /// # Errors
    /// [`StoreError::NoToken`], also when it was revoked before.
    async fn revoke_token(&self, id: &str, actor: &Actor) -> Result<ApiToken, StoreError>;

    /// Whether a request with an idempotency key is to be done, was done, or is being done.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn once(&self, asked: &Once) -> Result<Turn, StoreError>;

    /// Keeps the answer to a request that [`Access::once`] said is to be done.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn answer(&self, asked: &Once, answer: &Answer) -> Result<(), StoreError>;

    /// Forgets that a request was begun: it came to nothing by our fault, so it may be tried again.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn unanswered(&self, asked: &Once) -> Result<(), StoreError>;

    /// Lines of the audit trail, newest first: at most `limit` before the line `before`, of one
    /// invitation if asked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn trail(
        &self,
        of: Option<&Code>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TrailEntry>, StoreError>;
}

/// A token to be recorded.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What people call it.
    pub name: String,
    /// Of its secret.
    pub hash: Digest,
    /// What it is for.
    pub scopes: Scopes,
    /// From when on it does not count, milliseconds since 1970.
    pub expires_ms: i64,
}

/// A token as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its public name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub scopes: Scopes,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
    /// By whom.
    pub created_by: String,
    /// From when on it does not count.
    pub expires_ms: i64,
    /// When it was used last, to the minute.
    pub used_ms: Option<i64>,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
}

/// A request that is to be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The token that asks.
    pub token: String,
    /// Of the key that it chose.
    pub key: Digest,
    /// Of everything that was asked for.
    pub request: Digest,
}

/// What is to be done about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Do it, then keep the answer.
    Do,
    /// Give this answer again.
    Given(Answer),
    /// It was answered, and the answer has been erased with the person whom it was about.
    Erased,
    /// The same request is at work.
    AtWork,
    /// The key was used for another request.
    Other,
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// Headers that belong to the answer.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A line of the audit trail, with who did it and to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrailEntry {
    /// Grows by the order of events.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// What was done, such as `extended`.
    pub action: String,
    /// Who did it, where somebody did.
    pub actor: Option<String>,
    /// To which invitation.
    pub invitation: Option<String>,
    /// To which grading.
    pub grading: Option<String>,
    /// To which batch.
    pub batch: Option<i64>,
    /// More of it, for people.
    pub detail: String,
}

impl ApiToken {
    /// Whether it counts at that moment.
    pub fn counts_at(&self, now_ms: i64) -> bool {
        self.revoked_ms.is_none() && now_ms < self.expires_ms
    }
}
