use serde::{Deserialize, Serialize};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The invitation, with the link where there is a portal.
    Invitation,
    /// The deadline comes nearer.
    Reminder,
    /// The time has changed.
    NewTime,
    /// The invitation was taken back.
    Cancellation,
}

/// How a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Written to a folder, for somebody to send.
    Folder,
    /// Given to a mail server.
    Smtp,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Recorded before it left; if this stays, the process ended and it may or may not have left.
    Pending,
    /// Written, or the mail server took it.
    Sent,
    /// It did not leave.
    Failed,
}

/// One message as the store remembers it: never its text, which had the link in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedMessage {
    /// Grows by the order of messages.
    pub id: i64,
    /// What it is about.
    pub kind: MessageKind,
    /// How it leaves.
    pub channel: Channel,
    /// To which address; gone after a purge.
    pub recipient: Option<String>,
    /// Its Message-ID header.
    pub message_id: String,
    /// What became of it.
    pub delivery: Delivery,
    /// Why not, or where it was written; gone after a purge.
    pub detail: Option<String>,
    /// When it was recorded, milliseconds since 1970.
    pub queued_ms: i64,
    /// When it was known what became of it.
    pub settled_ms: Option<i64>,
}

impl LoggedMessage {
    /// Whether it is an invitation that left.
    pub fn was_invitation(&self) -> bool {
        self.kind == MessageKind::Invitation && self.delivery == Delivery::Sent
    }
}

impl MessageKind {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::NewTime => "new time",
            Self::Cancellation => "cancellation",
        }
    }
}

impl Delivery {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pending => "perhaps sent",
            Self::Sent => "sent",
            Self::Failed => "not sent",
        }
    }
}
