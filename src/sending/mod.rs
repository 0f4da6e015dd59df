//! From "invite her" to a recorded outcome: the invitation and the message about it are written down
//! first, then the message leaves, then what became of it is written down. Whatever ends the process in
//! between, the record says how far it came, and nothing was promised that is not in it.

mod carrier;
mod desk;
mod error;
mod facts;
mod folder;
mod forget;

pub use carrier::{Carrier, Parcel, SmtpCarrier};
pub use desk::{Asked, Desk, Done, Letterhead, Task};
pub use error::{CarryError, DeskError};
pub use facts::{ai_policy, attempts};
pub use folder::FolderCarrier;
pub use forget::{Forgotten, forget, sweep};
