//! What other programs may do, and the secret by which they are known. Pure, but for the system's random
//! numbers.

mod scope;
mod secret;

pub use scope::{NoScope, Scope, Scopes};
pub use secret::{ApiSecret, InvalidSecret};
