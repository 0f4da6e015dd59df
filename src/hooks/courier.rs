use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio_util::sync::CancellationToken;

use super::{Guard, PartnerKey, wire};
use crate::store::{Attempted, Clock, Due, Hooks, StoreError};

/// How often something is tried before it is left to people: over about a day and a half.
pub const MOST_TRIES: u32 = 9;
/// Longer than any attempt.
const LEASE: Duration = Duration::from_secs(60);
/// How often it is looked for something that is due.
const PAUSE: Duration = Duration::from_secs(2);

/// Delivers what is due. Several may work at the same records: each delivery is leased by one of them,
/// and the attempt's number fences what it writes.
pub struct Courier {
    /// The records.
    pub hooks: Arc<dyn Hooks>,
    /// The time that retries go by.
    pub clock: Arc<dyn Clock>,
    /// Keeps it out of the inside.
    pub guard: Guard,
    /// What partners are told results with, if there are any.
    pub key: Option<PartnerKey>,
    /// Domains that the key may go to.
    pub partner_hosts: Vec<String>,
    /// Names this process for its leases.
    pub owner: String,
}

impl Courier {
    /// Delivers until `stop`; a delivery that has begun is finished.
    #[tracing::instrument(name = "deliver webhooks", skip_all)]
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            // A store that cannot be used now is asked again, as an empty one is.
            let found = self.deliver_one().await.unwrap_or(false);
            if !found {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }

    /// Makes one attempt at what is due first; whether there was anything.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliver_one(&self) -> Result<bool, StoreError> {
        let Some(due) = self.hooks.claim_delivery(&self.owner, LEASE).await? else {
            return Ok(false);
        };
        let began = self.clock.now_ms();
        let with = wire::Sending {
            guard: &self.guard,
            key: self.key.as_ref(),
            partner_hosts: &self.partner_hosts,
            now_ms: began,
        };
        // Whoever loads the provider first does it for all.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let answered = wire::send(&due, &with).await;
        let now = self.clock.now_ms();
        let attempted = Attempted {
            took_ms: u64::try_from(now - began).unwrap_or(0),
            status: answered.status,
            error: answered.error,
        };
        let again = if answered.again { again_ms(&due, now) } else { None };
        self.hooks.settle_delivery(&due, &attempted, again).await?;
        Ok(true)
    }
}

/// When the next attempt is due, if there is to be one.
fn again_ms(due: &Due, now_ms: i64) -> Option<i64> {
    let mut pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(5))
        .with_factor(4.0)
        .with_max_delay(Duration::from_secs(12 * 3600))
        .with_max_times(MOST_TRIES as usize - 1)
        .with_jitter()
        .build();
    let pause = pauses.nth(due.tries.saturating_sub(1) as usize)?;
    Some(now_ms.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::To;

    #[test]
    fn pauses_grow_from_seconds_to_hours_and_end() {
        let mut pauses = Vec::new();
        for tries in 1.. {
            let due = Due {
                delivery: 1,
                attempt: tries,
                tries,
                event: "msg_1".into(),
                kind: "invitation.invited".into(),
                body: String::new(),
                to: To::Endpoint { url: String::new(), secret: String::new() },
            };
            match again_ms(&due, 0) {
                Some(at) => pauses.push(at / 1000),
                None => break,
            }
        }
        assert_eq!(pauses.len(), MOST_TRIES as usize - 1);
        assert!((5..=11).contains(&pauses[0]), "{pauses:?}");
        assert!(pauses[7] >= 12 * 3600, "{pauses:?}");
    }
}
