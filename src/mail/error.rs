/// A message or a connection cannot be made of what was given.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The library refuses a header or a part.
    #[error("the message cannot be written: {0}")]
    Message(String),
    /// The certificates that were named are none.
    #[error("the certificates for the mail server cannot be used: {0}")]
    Certificates(String),
}

impl MailError {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Message(_) => "check the names and addresses of candidate, sender and contact",
            Self::Certificates(_) => "TAKEHOME_SMTP_CA names a file of PEM certificates",
        }
    }
}

/// Why a mail server did not take a message. None of them quotes a password.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It refused this message for good: the recipient, the sender or the content.
    #[error("the mail server refused the message: {0}")]
    Refused(String),
    /// It refused the message for now.
    #[error("the mail server cannot take the message now: {0}")]
    Later(String),
    /// It refused the user or the password.
    #[error("the mail server refused the login: {0}")]
    Login(String),
    /// No encrypted connection could be made, so nothing was sent.
    #[error("no secure connection to the mail server: {0}")]
    Tls(String),
    /// There was no connection, or it broke.
    #[error("the connection to the mail server failed: {0}")]
    Connection(String),
}

impl SendError {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Refused(_) => {
                "check the addresses of candidate and sender, then `takehome resend`"
            }
            Self::Later(_) => "try again later with `takehome resend`",
            Self::Login(_) => {
                "check the user in TAKEHOME_SMTP_URL and TAKEHOME_SMTP_PASSWORD, then `takehome resend`"
            }
            Self::Tls(_) => {
                "check the server's name and certificate (TAKEHOME_SMTP_CA names one of your own); \
                 smtps:// is for TLS from the first byte, smtp:// for STARTTLS; then `takehome resend`"
            }
            Self::Connection(_) => {
                "check host and port in TAKEHOME_SMTP_URL, then `takehome resend`; should the message \
                 have arrived all the same, its link is dead after that"
            }
        }
    }
}
