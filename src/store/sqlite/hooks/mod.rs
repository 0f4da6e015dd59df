//! Webhooks and partners' orders in the tables of migrations/0008_api.sql.

mod delivery;
mod endpoints;
mod log;
mod orders;

use std::time::Duration;

use async_trait::async_trait;

use super::{SqliteStore, StoreError};
use crate::{
    hiring::{Actor, Code},
    store::{Attempted, Delivered, Due, Endpoint, Hooks, NewEndpoint, NewOrder, Partner},
};

#[async_trait]
impl Hooks for SqliteStore {
    async fn add_endpoint(&self, new: &NewEndpoint, actor: &Actor) -> Result<Endpoint, StoreError> {
        endpoints::add(self, new, actor).await
    }

    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        endpoints::all(self).await
    }

    async fn remove_endpoint(&self, id: &str, actor: &Actor) -> Result<(), StoreError> {
        endpoints::remove(self, id, actor).await
    }

    async fn claim_delivery(
        &self,
        owner: &str,
        lease: Duration,
    ) -> Result<Option<Due>, StoreError> {
        delivery::claim(self, owner, lease).await
    }

    async fn settle_delivery(
        &self,
        due: &Due,
        attempted: &Attempted,
        again_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        delivery::settle(self, due, attempted, again_ms).await
    }

    async fn deliveries(
        &self,
        endpoint: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Delivered>, StoreError> {
        log::deliveries(self, endpoint, before, limit).await
    }

    async fn redeliver(&self, delivery: i64, actor: &Actor) -> Result<Delivered, StoreError> {
        log::redeliver(self, delivery, actor).await
    }

    async fn order(&self, new: &NewOrder) -> Result<String, StoreError> {
        orders::order(self, new).await
    }

    async fn ordered(&self, partner: Partner, id: &str) -> Result<Option<Code>, StoreError> {
        orders::ordered(self, partner, id).await
    }
}
