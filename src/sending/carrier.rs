use async_trait::async_trait;

use super::CarryError;
use crate::{
    hiring::{Channel, MessageKind},
    mail::{Attachment, Letter, Smtp},
};

/// A message that is to leave, with what goes with it.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// What the message is about.
    pub kind: MessageKind,
    /// The message, without an attachment.
    pub letter: Letter,
    /// The personal link, where the message has one.
    pub link: Option<String>,
    /// The challenge's package, of an invitation.
    pub package: Option<Attachment>,
    /// Whether the candidate gets the package by this message, and not by the portal.
    pub attach: bool,
    /// What a folder for it is called: ASCII, no folders.
    pub folder: String,
}

/// How messages leave.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// As the store writes it.
    fn channel(&self) -> Channel;

    /// Lets a message leave; where it was written, if it was. Once this returns it is safe.
    ///
    /// # Errors
    /// [`CarryError`]: it has not left, as far as can be known.
    async fn carry(&self, parcel: Parcel) -> Result<Option<String>, CarryError>;
}

impl Parcel {
    /// The message with its attachment, if it has one.
    pub(super) fn into_letter(self) -> Letter {
        let attachment = self.package.filter(|_| self.attach);
        Letter { attachment, ..self.letter }
    }
}

/// Gives messages to a mail server.
pub struct SmtpCarrier(Smtp);

impl SmtpCarrier {
    /// By way of this one.
    pub fn new(smtp: Smtp) -> Self {
        Self(smtp)
    }
}

#[async_trait]
impl Carrier for SmtpCarrier {
    fn channel(&self) -> Channel {
        Channel::Smtp
    }

    async fn carry(&self, parcel: Parcel) -> Result<Option<String>, CarryError> {
        let message = parcel.into_letter().compose()?;
        self.0.send(&message).await?;
        Ok(None)
    }
}
