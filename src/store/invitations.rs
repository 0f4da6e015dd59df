//! The seam's part for invitations.

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

use super::StoreError;
use crate::{
    domain::{Digest, Verdict},
    hiring::{
        Accommodation, Actor, Attempts, Channel, Code, Delivery, Event, Invitation, LoggedMessage,
        Mailbox, MessageKind, State, Terms, TokenHash, Who, Zone,
    },
};

/// Who was invited to what, what was sent to them, and what is left after they were forgotten.
#[async_trait]
pub trait Invitations: Send + Sync {
    /// Records invitations, each as a draft with the message that is about to be sent: all or none.
    ///
    /// # Errors
    /// [`StoreError::AlreadyInvited`] when one of them has an open invitation to that challenge.
    async fn invite(
        &self,
        new: &[NewInvitation],
        actor: &Actor,
    ) -> Result<Vec<Changed>, StoreError>;

    /// The invitations that fit, oldest first, as they stand now.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn invitations(&self, filter: &Filter) -> Result<Vec<Standing>, StoreError>;

    /// The invitations that fit, newest first: at most `limit` of those before the code `before`, as they
    /// stand now. What comes after a page is after its last one, whatever was recorded meanwhile.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`] when there is none of the code `before`.
    async fn page(
        &self,
        filter: &Filter,
        before: Option<&Code>,
        limit: u32,
    ) -> Result<Vec<Standing>, StoreError>;

    /// The invitation of a personal link, as it stands now.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_token(&self, hash: TokenHash) -> Result<Option<Standing>, StoreError>;

    /// Lets something happen to an invitation, with the message about it, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`], [`StoreError::Refused`] where the state or the actor does not
    /// allow it, [`StoreError::Outdated`] when it has changed since it was read.
    async fn change(&self, change: &Change, actor: &Actor) -> Result<Changed, StoreError>;

    /// Says what became of a message; a draft whose invitation was sent is invited.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn settle(&self, message: MessageId, outcome: &Outcome) -> Result<(), StoreError>;

    /// The messages of an invitation, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn messages(&self, code: &Code) -> Result<Vec<LoggedMessage>, StoreError>;

    /// The grants of more time of an invitation, oldest first. Not for reviewers.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn accommodations(&self, code: &Code) -> Result<Vec<Accommodation>, StoreError>;

    /// Forgets whose these invitations were: names, addresses, messages' recipients, accommodations, the
    /// names of archives and the candidate's words in reports. What was decided, its counts and the
    /// audit trail stay, under the code. `also` names candidates as gradings know them whose submissions
    /// are that person's, too. All or nothing; the bytes that nobody else sent are named by
    /// [`Invitations::doomed`] from then on.
    ///
    /// # Errors
    /// [`StoreError::BeingGraded`] while a submission is queued or graded.
    async fn purge(
        &self,
        codes: &[Code],
        also: &[String],
        actor: &Actor,
    ) -> Result<Purged, StoreError>;

    /// Digests of submissions whose bytes have to be removed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn doomed(&self) -> Result<Vec<Digest>, StoreError>;

    /// Removes bytes by calling `remove`, unless somebody else has sent the same bytes meanwhile; whether
    /// it was called. Nothing can be enqueued while it works.
    ///
    /// # Errors
    /// [`StoreError`]; what `remove` returns leaves the digest doomed.
    async fn remove_bytes(&self, digest: &Digest, remove: &Remove<'_>) -> Result<bool, StoreError>;

    /// Everything about the person of an invitation, as one JSON object.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`].
    async fn dossier(&self, who: &Who) -> Result<Dossier, StoreError>;
}

/// Removes the bytes of a digest.
pub type Remove<'a> = dyn Fn(&Digest) -> Result<(), StoreError> + Sync + 'a;

/// A message's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageId(pub i64);

/// A message that is about to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// What it is about.
    pub kind: MessageKind,
    /// How it leaves.
    pub channel: Channel,
    /// Its Message-ID header.
    pub message_id: String,
}

/// An invitation to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewInvitation {
    /// What it is called where no name may show.
    pub code: Code,
    /// Who; a known address is the person that has it, under the newest name.
    pub mailbox: Mailbox,
    /// Where their clocks are.
    pub zone: Option<Zone>,
    /// The challenge's id.
    pub challenge: String,
    /// Of the secret in the personal link.
    pub token: TokenHash,
    /// What is due and when.
    pub terms: Terms,
    /// How often they may submit.
    pub attempts: Attempts,
    /// The message that is about to be sent.
    pub message: NewMessage,
}

/// Which invitations.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this code or this address.
    pub who: Option<Who>,
    /// To this challenge.
    pub challenge: Option<String>,
    /// In one of these states; in any where there are none.
    pub states: Vec<State>,
    /// Kept for longer than was said.
    pub overdue: bool,
}

/// An invitation as it stood when it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The invitation.
    pub invitation: Invitation,
    /// Its state then, expired included.
    pub state: State,
    /// Submissions that came in under its code.
    pub received: u32,
    /// The newest result that is the candidate's: its verdict and score.
    pub result: Option<(Verdict, Option<f64>)>,
    /// The message that was recorded last.
    pub last_message: Option<LoggedMessage>,
}

impl Standing {
    /// Whether the candidate can know of it: a message left, or may have.
    pub fn is_known_to_candidate(&self) -> bool {
        self.state != State::Draft
            || self.last_message.as_ref().is_some_and(|last| last.delivery == Delivery::Pending)
    }
}

/// Something that is to happen to an invitation.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which.
    pub code: Code,
    /// The version that whoever asks has seen.
    pub version: u32,
    /// What happens.
    pub event: Event,
    /// What is due from then on; for [`Event::Extend`] and [`Event::Accommodate`].
    pub terms: Option<Terms>,
    /// The new link; the old one is dead from then on.
    pub token: Option<TokenHash>,
    /// The message about it.
    pub message: Option<NewMessage>,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The invitation as it is now.
    pub invitation: Invitation,
    /// The message about it, to be settled.
    pub message: Option<MessageId>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has left; where it was written, if it was.
    Sent(Option<String>),
    /// It has not, and why.
    Failed(String),
}

/// What a purge did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Purged {
    /// Invitations without a person from now on.
    pub invitations: u32,
    /// People of whom nothing is left.
    pub people: u32,
    /// Submissions without a name from now on.
    pub submissions: u32,
}

/// Everything about a person.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// As JSON, for them.
    pub json: Value,
    /// The digests of what they sent, as far as the bytes are kept.
    pub submissions: Vec<Digest>,
}
