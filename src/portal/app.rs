use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Csrf, Library, Live, Settings, Throttle, ops::Meters};
use crate::{
    hiring::Actor,
    receiving::Reception,
    sending::{Carrier, Desk, Letterhead},
    store::{Blobs, Clock, SqliteStore},
};

/// Everything that a request may need. One a process; [`App`] is how handlers hold it.
pub struct Portal {
    /// The records; each part of the portal uses the trait that it is about.
    pub store: Arc<SqliteStore>,
    /// The submissions' bytes.
    pub blobs: Blobs,
    /// The challenges, with their packages.
    pub library: Library,
    /// The time that deadlines go by.
    pub clock: Arc<dyn Clock>,
    /// How it is set up.
    pub settings: Settings,
    /// Who writes messages and how they leave, where that was said.
    pub office: Option<Office>,
    /// Where uploads are received.
    pub reception: Reception,
    /// Tells open pages that something has changed.
    pub live: Live,
    /// How often something may be asked for.
    pub throttle: Throttle,
    /// What forms carry, so that no other site can fill them in.
    pub csrf: Csrf,
    /// What operators ask for.
    pub meters: Meters,
    /// Cancelled when the portal stops: whatever would never end has to end then.
    pub stopping: CancellationToken,
}

/// How handlers hold the portal.
pub type App = Arc<Portal>;

/// Who writes messages, and how they leave.
#[derive(Clone)]
pub struct Office {
    /// How.
    pub carrier: Arc<dyn Carrier>,
    /// Who.
    pub head: Letterhead,
}

impl Portal {
    /// The desk at which `actor` sends and changes invitations; none where nobody said who writes.
    pub fn desk(&self, actor: Actor) -> Option<Desk> {
        let office = self.office.as_ref()?;
        Some(Desk {
            invitations: self.store.clone(),
            carrier: office.carrier.clone(),
            head: office.head.clone(),
            actor,
            clock: self.clock.clone(),
        })
    }

    /// Milliseconds since 1970, as everything here counts time.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}
