//! The seam's part for telling other systems what happened.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use super::StoreError;
use crate::hiring::{Actor, Code};

/// Events that a webhook can ask for.
pub const EVENTS: [&str; 17] = [
    "grading.finished",
    "invitation.archived",
    "invitation.cancelled",
    "invitation.decided",
    "invitation.declined",
    "invitation.drafted",
    "invitation.extended",
    "invitation.graded",
    "invitation.invited",
    "invitation.message_failed",
    "invitation.opened",
    "invitation.purged",
    "invitation.reminded",
    "invitation.resent",
    "invitation.reviewed",
    "invitation.started",
    "invitation.submitted",
];

/// Webhooks, partners' orders, and what is on its way to them. Events come into the outbox with what
/// they tell, in the same transaction.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Records an endpoint; events are delivered to it from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_endpoint(&self, new: &NewEndpoint, actor: &Actor) -> Result<Endpoint, StoreError>;

    /// The endpoints that count, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError>;

    /// Nothing is delivered to it any more, and its secret is gone.
    ///
    /// # Errors
    /// [`StoreError::NoEndpoint`].
    async fn remove_endpoint(&self, id: &str, actor: &Actor) -> Result<(), StoreError>;

    /// Leases the next delivery that is due. One whose lease has expired, or whose owner has ended, is
    /// taken over.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_delivery(&self, owner: &str, lease: Duration)
    -> Result<Option<Due>, StoreError>;

    /// Writes what came of an attempt; `again_ms` says when the next one is due, if there is one.
    /// Nothing is written where another attempt has begun meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn settle_delivery(
        &self,
        due: &Due,
        attempted: &Attempted,
        again_ms: Option<i64>,
    ) -> Result<(), StoreError>;

    /// Deliveries to an endpoint or to all of them, newest first: at most `limit` before `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn deliveries(
        &self,
        endpoint: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Delivered>, StoreError>;

    /// Queues a delivery again, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError::NoDelivery`]: there is none, or it is at work, or its endpoint was removed.
    async fn redeliver(&self, delivery: i64, actor: &Actor) -> Result<Delivered, StoreError>;

    /// Records what a partner asked for, or changes where it wants to be told; the order's id.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`].
    async fn order(&self, new: &NewOrder) -> Result<String, StoreError>;

    /// The invitation of a partner's order.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn ordered(&self, partner: Partner, id: &str) -> Result<Option<Code>, StoreError>;
}

/// A system that has assessments made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partner {
    /// Greenhouse's assessment partner API.
    Greenhouse,
}

impl Partner {
    /// As the store writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Greenhouse => "greenhouse",
        }
    }
}

/// What a partner asked for.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Which partner.
    pub partner: Partner,
    /// What was sent because of it.
    pub invitation: Code,
    /// Whom to tell when there is a result.
    pub callback_url: Option<String>,
    /// The candidate's page at the partner.
    pub profile_url: Option<String>,
}

/// An endpoint to be recorded.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Where events go.
    pub url: String,
    /// What they are signed with: `whsec_…`.
    pub secret: String,
    /// Which; all of them where it is empty.
    pub events: Vec<String>,
}

/// Where events go. Its secret is with [`Due`] alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// Its public name.
    pub id: String,
    /// Where.
    pub url: String,
    /// Which events; all of them where it is empty.
    pub events: Vec<String>,
    /// When it was recorded, milliseconds since 1970.
    pub created_ms: i64,
    /// By whom.
    pub created_by: String,
}

/// A delivery that was claimed.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its number.
    pub delivery: i64,
    /// Fences what is written about it.
    pub attempt: u32,
    /// How often it was tried since it was queued, this time included.
    pub tries: u32,
    /// The event's id, the same at each attempt.
    pub event: String,
    /// Its name.
    pub kind: String,
    /// What it tells, as JSON.
    pub body: String,
    /// To whom.
    pub to: To,
}

/// To whom something is delivered.
#[derive(Clone)]
pub enum To {
    /// A webhook.
    Endpoint {
        /// Where.
        url: String,
        /// What it is signed with.
        secret: String,
    },
    /// The partner who ordered it.
    Partner {
        /// Which.
        partner: Partner,
        /// Where it wants to be told.
        url: String,
    },
}

/// The secret does not show in logs.
impl std::fmt::Debug for To {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Endpoint { url, .. } => write!(f, "Endpoint({url})"),
            Self::Partner { partner, url } => write!(f, "Partner({partner:?}, {url})"),
        }
    }
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// The status that came back, if one did.
    pub status: Option<u16>,
    /// Why it was not delivered; none where it was.
    pub error: Option<String>,
}

/// How a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Its number.
    pub id: i64,
    /// The event's id.
    pub event: String,
    /// The event's name.
    pub kind: String,
    /// To which endpoint; none for a partner.
    pub endpoint: Option<String>,
    /// `waiting`, `leased`, `delivered` or `failed`.
    pub state: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When the event happened, milliseconds since 1970.
    pub at_ms: i64,
    /// When it is tried next, if it is.
    pub next_ms: Option<i64>,
    /// The status of the last attempt that got one.
    pub status: Option<u16>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}
