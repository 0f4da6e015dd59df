//! What candidates hand in: an upload is spooled, taken in, recorded with all that follows from it, and
//! only then receipted. No HTTP and no engine in here.
//!
//! Whatever ends the process in between, an upload is recorded or it is not, and nobody has a receipt for
//! one that is not. What was complete and not recorded yet is recorded at the next start.

mod error;
mod key;
mod receipt;
mod reception;
mod spool;

pub use error::{Broken, ReceiptError, ReceiveError};
pub use key::{KeyError, PublicKey, ReceiptKey, public_key};
pub use receipt::{Receipt, Statement, verify};
pub use reception::{Arrival, Received, Reception};
pub use spool::{Incoming, Spool, Spooled};
