use std::sync::Arc;

use super::{Carrier, CarryError, DeskError, Parcel, facts};
use crate::{
    challenge::Challenge,
    hiring::{
        Actor, Attempts, Code, Due, Event, Invitation, Mailbox, MessageKind, Multiplier, Period,
        PortalUrl, Terms, Token, Zone,
    },
    mail::{Attachment, Letter, new_message_id},
    package::Package,
    render::Occasion,
    store::{
        Change, Changed, Clock, Invitations, MessageId, NewInvitation, NewMessage, Outcome,
        Standing,
    },
};

/// Who writes, and where the portal is.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// Who sends messages.
    pub from: Mailbox,
    /// Whom candidates ask, and who gets their answers.
    pub contact: Mailbox,
    /// The portal; without one the package goes by mail.
    pub portal: Option<PortalUrl>,
}

/// What is asked of the invited.
#[derive(Debug, Clone)]
pub struct Task {
    /// By when, unless somebody has a deadline of their own.
    pub deadline: Due,
    /// How long it should take; the challenge's own time box without it.
    pub time_box: Option<Period>,
    /// How often they may submit.
    pub attempts: Attempts,
    /// How long after the deadline personal data are kept.
    pub retain: Period,
}

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who.
    pub mailbox: Mailbox,
    /// Where their clocks are.
    pub zone: Option<Zone>,
    /// A deadline of their own.
    pub deadline: Option<Due>,
    /// A time box of their own.
    pub time_box: Option<Period>,
}

/// What came of it for one invitation.
#[derive(Debug)]
pub struct Done {
    /// The invitation as it was recorded.
    pub invitation: Invitation,
    /// Whether its message left: where it was written, if it was. None where there was no message.
    pub message: Option<Result<Option<String>, CarryError>>,
}

/// Where invitations are written, sent and changed.
pub struct Desk {
    /// The records.
    pub invitations: Arc<dyn Invitations>,
    /// How messages leave.
    pub carrier: Arc<dyn Carrier>,
    /// Who writes.
    pub head: Letterhead,
    /// Who asks for it.
    pub actor: Actor,
    /// The time that deadlines are counted from.
    pub clock: Arc<dyn Clock>,
}

/// Something that is to happen, with the message about it.
struct Step<'a> {
    event: Event,
    terms: Option<Terms>,
    token: Option<&'a Token>,
    kind: MessageKind,
    occasion: Occasion<'a>,
}

/// What a message says, and what it takes along.
struct Said<'a> {
    occasion: Occasion<'a>,
    message: &'a NewMessage,
    token: Option<&'a Token>,
    package: Option<&'a [u8]>,
    /// The Message-ID that it follows.
    earlier: Option<String>,
}

impl Desk {
    /// Invites people, all recorded or none, then sends to each. A message that is refused is no reason
    /// not to send the next one; a server that cannot be used is.
    ///
    /// # Errors
    /// [`DeskError`]: nobody was invited.
    pub async fn send(
        &self,
        challenge: &Challenge,
        task: &Task,
        asked: &[Asked],
    ) -> Result<Vec<Done>, DeskError> {
        let package = Package::of(challenge)?.to_zip();
        let tokens: Vec<Token> = asked.iter().map(|_| Token::new()).collect();
        let new = asked
            .iter()
            .zip(&tokens)
            .map(|(one, token)| self.new_invitation(challenge, task, one, token));
        let new: Vec<NewInvitation> = new.collect::<Result<_, DeskError>>()?;
        let recorded = self.invitations.invite(&new, &self.actor).await?;
        let mut done = Vec::with_capacity(recorded.len());
        let mut stopped = None;
        for ((changed, token), new) in recorded.into_iter().zip(&tokens).zip(&new) {
            let invitation = &changed.invitation;
            let said = Said {
                occasion: Occasion::Invitation,
                message: &new.message,
                token: Some(token),
                package: Some(&package),
                earlier: None,
            };
            let parcel = self.parcel(challenge, invitation, said)?;
            let one = self.leave(changed, parcel, stopped.clone()).await?;
            if let Some(Err(error)) = &one.message
                && error.stops_others()
            {
                stopped.get_or_insert_with(|| error.to_string());
            }
            done.push(one);
        }
        Ok(done)
    }

    /// Sends the invitation again, with a new link; the old one is dead from now on.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn resend(&self, challenge: &Challenge, of: &Standing) -> Result<Done, DeskError> {
        let token = Token::new();
        let step = Step {
            event: Event::Resend,
            terms: None,
            token: Some(&token),
            kind: MessageKind::Invitation,
            occasion: Occasion::Invitation,
        };
        self.step(challenge, of, step, true).await
    }

    /// Reminds of the deadline.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn remind(&self, challenge: &Challenge, of: &Standing) -> Result<Done, DeskError> {
        let step = Step {
            event: Event::Remind,
            terms: None,
            token: None,
            kind: MessageKind::Reminder,
            occasion: Occasion::Reminder,
        };
        self.step(challenge, of, step, true).await
    }

    /// Moves the deadline: by a period, multiplied as the whole time is, from now or the deadline,
    /// whichever is later; or to a moment.
    ///
    /// # Errors
    /// [`DeskError`]; a deadline never comes nearer.
    pub async fn extend(
        &self,
        challenge: &Challenge,
        of: &Standing,
        to: &Due,
        tell: bool,
    ) -> Result<Done, DeskError> {
        let (now, before) = (self.clock.now_ms(), of.invitation.terms);
        let zone = of.invitation.person.zone.clone().unwrap_or_else(Zone::utc);
        let after =
            match to {
                Due::After(period) => before.extended(*period, now),
                moment => {
                    let at = moment.at(now, &zone);
                    before.due_at(at.map_err(|why| DeskError::Due {
                        whose: of.invitation.code.to_string(),
                        why,
                    })?)
                }
            };
        if after.deadline_ms() <= before.deadline_ms() {
            return Err(DeskError::Shorter {
                code: of.invitation.code.to_string(),
                deadline: Zone::utc().long(before.deadline_ms()),
            });
        }
        self.step(challenge, of, new_time(Event::Extend, after), tell).await
    }

    /// Multiplies all of the time, approved by whom this desk acts for. Neither the message nor a
    /// reviewer says that, or why.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn accommodate(
        &self,
        challenge: &Challenge,
        of: &Standing,
        multiplier: Multiplier,
        tell: bool,
    ) -> Result<Done, DeskError> {
        let terms = Terms { multiplier, ..of.invitation.terms };
        self.step(challenge, of, new_time(Event::Accommodate, terms), tell).await
    }

    /// Takes an invitation back. A draft's candidate knows of nothing and is told nothing.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn cancel(
        &self,
        challenge: &Challenge,
        of: &Standing,
        note: &str,
        tell: bool,
    ) -> Result<Done, DeskError> {
        let step = Step {
            event: Event::Cancel,
            terms: None,
            token: None,
            kind: MessageKind::Cancellation,
            occasion: Occasion::Cancellation { note },
        };
        self.step(challenge, of, step, tell && of.is_known_to_candidate()).await
    }

    async fn step(
        &self,
        challenge: &Challenge,
        of: &Standing,
        step: Step<'_>,
        tell: bool,
    ) -> Result<Done, DeskError> {
        let is_invitation = step.kind == MessageKind::Invitation;
        let package = is_invitation.then(|| Package::of(challenge)).transpose()?;
        // A draft's new time is said by its invitation, when that leaves.
        let tell = tell && (is_invitation || of.is_known_to_candidate());
        let message = self.new_message(step.kind);
        let change = Change {
            code: of.invitation.code.clone(),
            version: of.invitation.version,
            event: step.event,
            terms: step.terms,
            token: step.token.map(Token::hash),
            message: tell.then(|| message.clone()),
        };
        let changed = self.invitations.change(&change, &self.actor).await?;
        if !tell {
            return Ok(Done { invitation: changed.invitation, message: None });
        }
        let package = package.map(|package| package.to_zip());
        let said = Said {
            occasion: step.occasion,
            message: &message,
            token: step.token,
            package: package.as_deref(),
            earlier: self.earlier(&of.invitation.code).await?,
        };
        let parcel = self.parcel(challenge, &changed.invitation, said)?;
        self.leave(changed, parcel, None).await
    }

    /// The message leaves, and the record says so. What `stopped` an earlier one would stop this one.
    async fn leave(
        &self,
        changed: Changed,
        parcel: Parcel,
        stopped: Option<String>,
    ) -> Result<Done, DeskError> {
        let carried = match stopped {
            Some(why) => Err(CarryError::NotTried(why)),
            None => self.carrier.carry(parcel).await,
        };
        let outcome = match &carried {
            Ok(place) => Outcome::Sent(place.clone()),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        if let Some(message) = changed.message {
            self.settle(message, &outcome).await?;
        }
        Ok(Done { invitation: changed.invitation, message: Some(carried) })
    }

    async fn settle(&self, message: MessageId, outcome: &Outcome) -> Result<(), DeskError> {
        Ok(self.invitations.settle(message, outcome).await?)
    }

    /// The Message-ID of the invitation that was sent last, so that mail programs show them together.
    async fn earlier(&self, code: &Code) -> Result<Option<String>, DeskError> {
        let messages = self.invitations.messages(code).await?;
        let sent = messages.into_iter().rev().find(|message| message.was_invitation());
        Ok(sent.map(|message| message.message_id))
    }

    fn new_invitation(
        &self,
        challenge: &Challenge,
        task: &Task,
        one: &Asked,
        token: &Token,
    ) -> Result<NewInvitation, DeskError> {
        let now = self.clock.now_ms();
        let zone = one.zone.clone().unwrap_or_else(Zone::utc);
        let whose = || one.mailbox.address.to_string();
        let due = one.deadline.as_ref().unwrap_or(&task.deadline);
        let deadline = due.at(now, &zone).map_err(|why| DeskError::Due { whose: whose(), why })?;
        let own = Period::near(challenge.manifest.time_box);
        let time_box = one.time_box.or(task.time_box).unwrap_or(own);
        Ok(NewInvitation {
            code: Code::new(),
            mailbox: one.mailbox.clone(),
            zone: one.zone.clone(),
            challenge: challenge.manifest.id.to_string(),
            token: token.hash(),
            terms: Terms {
                from_ms: now,
                base_deadline_ms: deadline,
                base_time_box: time_box,
                multiplier: Multiplier::NONE,
                retain: task.retain,
            },
            attempts: task.attempts,
            message: self.new_message(MessageKind::Invitation),
        })
    }

    fn new_message(&self, kind: MessageKind) -> NewMessage {
        let message_id = new_message_id(&self.head.from.address);
        NewMessage { kind, channel: self.carrier.channel(), message_id }
    }

    /// What leaves, and what goes with it.
    fn parcel(
        &self,
        challenge: &Challenge,
        invitation: &Invitation,
        said: Said<'_>,
    ) -> Result<Parcel, DeskError> {
        let Said { occasion, message, token, package, earlier } = said;
        let portal = self.head.portal.as_ref();
        let link = portal.zip(token).map(|(portal, token)| portal.link(token));
        let words = facts::write(occasion, &self.head, challenge, invitation, link.as_deref())?;
        let person = &invitation.person;
        let (Some(name), Some(address)) = (person.name.clone(), person.mail.clone()) else {
            let code = invitation.code.to_string();
            return Err(crate::store::StoreError::NoInvitation(code).into());
        };
        let about = (message.kind != MessageKind::Invitation)
            .then(|| message.kind.words().replace(' ', "-"));
        Ok(Parcel {
            kind: message.kind,
            letter: Letter {
                from: self.head.from.clone(),
                to: Mailbox { name, address },
                reply_to: Some(self.head.contact.clone()),
                subject: words.subject,
                text: words.text,
                html: words.html,
                message_id: message.message_id.clone(),
                in_reply_to: earlier,
                at_ms: self.clock.now_ms(),
                attachment: None,
                unsent: false,
            },
            link,
            package: package.map(|bytes| Attachment {
                name: facts::package_name(challenge),
                bytes: bytes.to_vec(),
            }),
            attach: portal.is_none(),
            folder: facts::folder_name(invitation, about.as_deref()),
        })
    }
}

fn new_time(event: Event, terms: Terms) -> Step<'static> {
    Step {
        event,
        terms: Some(terms),
        token: None,
        kind: MessageKind::NewTime,
        occasion: Occasion::NewTime,
    }
}
