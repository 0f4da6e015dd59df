use askama::Template;

use super::{Choice, Top};
use crate::render::portal::{Frame, Line, NavLink};

/// Signing in.
#[derive(Debug, Template)]
#[template(path = "team_sign_in.html")]
pub struct SignInPage {
    /// Around it.
    pub frame: Frame,
    /// What the form carries.
    pub csrf: String,
    /// Where to go then.
    pub next: Line,
    /// What was typed before.
    pub mail: Line,
    /// Why it did not work.
    pub wrong: &'static str,
    /// What has just been done.
    pub done: &'static str,
}

/// Setting an account up by a link.
#[derive(Debug, Template)]
#[template(path = "team_set_up.html")]
pub struct SetUpPage {
    /// Around it.
    pub frame: Frame,
    /// What the form carries.
    pub csrf: String,
    /// The first account of all: name and address are asked for.
    pub first: bool,
    /// Whose.
    pub name: Line,
    /// What they sign in with.
    pub mail: Line,
    /// What is wrong with what was typed.
    pub wrong: Line,
}

/// One's own password.
#[derive(Debug, Template)]
#[template(path = "team_password.html")]
pub struct PasswordPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// What they sign in with.
    pub mail: Line,
    /// What is wrong with what was typed.
    pub wrong: Line,
}

/// All accounts.
#[derive(Debug, Template)]
#[template(path = "team_accounts.html")]
pub struct AccountsPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The accounts.
    pub rows: Vec<AccountRow>,
    /// Roles to choose from, with what each is for.
    pub roles: Vec<Choice>,
    /// A link that was just made, and for whom. It is shown once.
    pub link: Option<(Line, Line)>,
    /// What was typed.
    pub name: Line,
    /// What was typed.
    pub mail: Line,
    /// What is wrong with it.
    pub wrong: Line,
}

/// An account.
#[derive(Debug)]
pub struct AccountRow {
    /// Its row.
    pub id: i64,
    /// Its version.
    pub version: u32,
    /// Whose.
    pub name: Line,
    /// What they sign in with.
    pub mail: Line,
    /// What they may.
    pub roles: Vec<Choice>,
    /// May not sign in.
    pub disabled: bool,
    /// The link has been used.
    pub ready: bool,
    /// One's own.
    pub own: bool,
}

/// The audit trail.
#[derive(Debug, Template)]
#[template(path = "team_trail.html")]
pub struct TrailPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// Its lines, newest first.
    pub rows: Vec<TrailRow>,
    /// What was searched for.
    pub code: Line,
    /// What was searched for.
    pub actor: Line,
    /// What was searched for.
    pub action: Line,
    /// Older ones.
    pub older: Option<NavLink>,
}

/// A line of it.
#[derive(Debug)]
pub struct TrailRow {
    /// When.
    pub at: String,
    /// What.
    pub action: Line,
    /// Who.
    pub actor: Line,
    /// To which invitation.
    pub code: Line,
    /// More of it.
    pub detail: Line,
}
