use std::{fmt, str::FromStr};

use super::{Code, MailAddress};

/// How a command names invitations: by their code, or by the address of whom they went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// One invitation.
    Code(Code),
    /// All that a person has.
    Mail(MailAddress),
}

/// The text is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is neither an invitation's code, such as k7m2-9x4p, nor a mail address")]
pub struct InvalidWho;

impl FromStr for Who {
    type Err = InvalidWho;

    fn from_str(text: &str) -> Result<Self, InvalidWho> {
        if text.contains('@') {
            return text.parse().map(Self::Mail).map_err(|_| InvalidWho);
        }
        text.parse().map(Self::Code).map_err(|_| InvalidWho)
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.fmt(f),
            Self::Mail(mail) => mail.fmt(f),
        }
    }
}
