use serde::Serialize;

use super::Role;
use crate::hiring::{Actor, MailAddress, PersonName};

/// An account's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

/// Somebody of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its row.
    pub id: AccountId,
    /// Their name, as colleagues and the audit trail see it.
    pub name: PersonName,
    /// What they sign in with.
    pub mail: MailAddress,
    /// What they may.
    pub role: Role,
    /// They may not sign in any more.
    pub disabled: bool,
    /// A password was set: the set-up link was used.
    pub ready: bool,
    /// Grows with every change.
    pub version: u32,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
}

impl Account {
    /// As the audit trail names whoever does something.
    pub fn actor(&self) -> Actor {
        Actor::Team(format!("{} <{}>", self.name, self.mail))
    }
}
