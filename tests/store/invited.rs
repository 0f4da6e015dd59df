//! Invitations for tests of the store.

use takehome::{
    hiring::{
        Actor, Attempts, Channel, Code, Event, Invitation, MessageKind, Multiplier, Terms, Token,
        Who,
    },
    store::{
        Change, Changed, Filter, Invitations as _, NewInvitation, NewMessage, Outcome, Standing,
        StoreError,
    },
};

use super::made::Made;

pub const DAY: u64 = 24 * 3600;

pub fn team() -> Actor {
    Actor::Team("Grace".into())
}

pub fn message(kind: MessageKind) -> NewMessage {
    NewMessage { kind, channel: Channel::Folder, message_id: "<1@example.org>".into() }
}

/// An invitation to the tiny challenge: six days, kept for thirty more.
pub fn new(name: &str, token: &Token) -> NewInvitation {
    NewInvitation {
        code: Code::new(),
        mailbox: format!("{name} <{name}@example.org>").parse().expect("a mailbox"),
        zone: None,
        challenge: "tiny".into(),
        token: token.hash(),
        terms: Terms {
            from_ms: 0,
            base_deadline_ms: 6 * DAY as i64 * 1000,
            base_time_box: "90m".parse().expect("a period"),
            multiplier: Multiplier::NONE,
            retain: "30d".parse().expect("a period"),
        },
        attempts: Attempts::default(),
        message: message(MessageKind::Invitation),
    }
}

pub fn change(of: &Invitation, event: Event) -> Change {
    Change {
        code: of.code.clone(),
        version: of.version,
        event,
        terms: None,
        token: None,
        message: None,
    }
}

impl Made {
    /// A draft.
    pub async fn draft(&self, name: &str) -> Changed {
        let made = self.store.invite(&[new(name, &Token::new())], &team()).await;
        made.expect("recorded").remove(0)
    }

    /// An invitation whose message has left.
    pub async fn invited(&self, name: &str) -> Invitation {
        let draft = self.draft(name).await;
        let sent = self.store.settle(draft.message.expect("a message"), &Outcome::Sent(None)).await;
        sent.expect("settled");
        self.standing(&draft.invitation.code).await.invitation
    }

    pub async fn standing(&self, code: &Code) -> Standing {
        let filter = Filter { who: Some(Who::Code(code.clone())), ..Filter::default() };
        self.store.invitations(&filter).await.expect("a list").remove(0)
    }

    pub async fn happens(
        &self,
        code: &Code,
        event: Event,
        actor: &Actor,
    ) -> Result<Changed, StoreError> {
        let now = self.standing(code).await.invitation;
        self.store.change(&change(&now, event), actor).await
    }
}
