//! The life of an invitation: who may do what to it and when, what it is due by, and what the words on
//! the command line mean. Pure: nothing here reads a clock, a disk or a network, but the system's random
//! numbers for tokens and codes.

mod code;
mod due;
mod invitation;
mod list;
mod message;
mod multiplier;
mod period;
mod person;
mod portal;
mod state;
mod token;
mod who;
mod zone;

pub use code::{Code, InvalidCode};
pub use due::{Due, InvalidDue};
pub use invitation::{Accommodation, Attempts, Counts, Invitation, Person, PersonId, Terms};
pub use list::{Invitee, InviteeError, MOST_INVITEES, parse_invitees};
pub use message::{Channel, Delivery, LoggedMessage, MessageKind};
pub use multiplier::{InvalidMultiplier, Multiplier};
pub use period::{InvalidPeriod, Period};
pub use person::{InvalidMailbox, MailAddress, Mailbox, PersonName};
pub use portal::{InvalidPortal, PortalUrl};
pub use state::{Actor, CandidateStage, Event, Refused, State};
pub use token::{InvalidToken, Token, TokenHash};
pub use who::{InvalidWho, Who};
pub use zone::{UnknownZone, Zone, instant};
