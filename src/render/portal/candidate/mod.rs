//! What a candidate sees. Scores, verdicts, hidden tests, reviewers and multipliers are in no type here, so
//! no template can show them.

mod invitation;
mod receipt;

pub use invitation::{
    CheckView, Deadline, InvitationView, RefusalView, Stage, UploadView, invitation,
};
pub use receipt::{ReceiptView, receipt};
