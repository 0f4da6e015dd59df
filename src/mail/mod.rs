//! Messages and the mail server: headers and parts as RFC 5322 and MIME have them, and SMTP over TLS. The
//! only user of lettre.

mod error;
mod letter;
mod settings;
mod smtp;

pub use error::{MailError, SendError};
pub use letter::{Attachment, Composed, Letter, new_message_id};
pub use settings::{InvalidSmtp, Secret, Security, SmtpSettings};
pub use smtp::Smtp;
