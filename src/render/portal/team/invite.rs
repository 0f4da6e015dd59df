use askama::Template;

use super::{Choice, Tabs, Top, TrailRow};
use crate::render::portal::{Frame, Line, Lines};

/// Inviting people.
#[derive(Debug, Template)]
#[template(path = "team_invite.html")]
pub struct InvitePage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// Challenges to choose from.
    pub challenges: Vec<Choice>,
    /// Somebody said who writes, so messages can be made.
    pub ready: bool,
    /// What was typed.
    pub name: Line,
    /// What was typed.
    pub mail: Line,
    /// What was typed.
    pub deadline: Line,
    /// What was typed.
    pub time_box: Line,
    /// What was typed.
    pub zone: Line,
    /// What was typed.
    pub retain: Line,
    /// What is wrong with it.
    pub wrong: Line,
    /// What became of those who were invited.
    pub invited: Vec<InvitedRow>,
}

/// Somebody who was invited.
#[derive(Debug)]
pub struct InvitedRow {
    /// What the invitation is called.
    pub code: Line,
    /// Who.
    pub name: Line,
    /// Their address.
    pub mail: Line,
    /// Why the message did not leave; empty where it did.
    pub problem: Line,
}

/// What an admin does with one invitation.
#[derive(Debug, Template)]
#[template(path = "team_manage.html")]
pub struct ManagePage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The invitation.
    pub tabs: Tabs,
    /// Their address.
    pub mail: Line,
    /// What is due and when, in words.
    pub facts: Vec<(&'static str, Line)>,
    /// Grants of more time.
    pub accommodations: Vec<Line>,
    /// What was sent.
    pub messages: Vec<MessageRow>,
    /// What happened.
    pub history: Vec<TrailRow>,
    /// The invitation's version.
    pub version: u32,
    /// Messages can be made.
    pub ready: bool,
    /// What the state allows.
    pub can: Vec<&'static str>,
    /// What the person may be told about themselves.
    pub purged: bool,
    /// What is wrong with what was typed.
    pub wrong: Lines,
}

impl ManagePage {
    /// Whether the state allows it.
    pub fn may(&self, what: &str) -> bool {
        self.can.contains(&what)
    }
}

/// A message.
#[derive(Debug)]
pub struct MessageRow {
    /// When.
    pub at: String,
    /// About what.
    pub kind: &'static str,
    /// What became of it.
    pub delivery: &'static str,
    /// Where to, or why not.
    pub detail: Line,
}
