//! Other systems are told what happened: webhooks as the Standard Webhooks specification has them, and
//! partners who ordered an assessment. What is told was written with the event, in its transaction;
//! from here it leaves, is tried again with growing pauses, and what came of it is written down.

mod assessment;
mod courier;
mod guard;
mod networks;
mod partner;
mod sign;
mod wire;

pub use assessment::{Assessment, Progress};
pub use courier::{Courier, MOST_TRIES};
pub use guard::{Guard, MOST_URL, RefusedUrl, Target};
pub use networks::{InvalidNetworks, Networks};
pub use partner::{InvalidKey, PartnerKey};
pub use sign::{InvalidSigningSecret, SigningSecret};
pub use wire::is_of;
