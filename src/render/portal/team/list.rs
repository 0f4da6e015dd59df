use askama::Template;

use super::{Choice, Top};
use crate::render::portal::{Frame, Line, NavLink};

/// Invitations.
#[derive(Debug, Template)]
#[template(path = "team_list.html")]
pub struct ListPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The heading.
    pub heading: &'static str,
    /// How many there are in each state.
    pub tallies: Vec<Tally>,
    /// Challenges to choose from.
    pub challenges: Vec<Choice>,
    /// Orders to choose from.
    pub orders: Vec<Choice>,
    /// The state that is chosen; empty for all.
    pub state: Line,
    /// What was searched for.
    pub text: Line,
    /// What a search looks at.
    pub searched: &'static str,
    /// Only what is to be reviewed.
    pub to_review: bool,
    /// Somebody who reviews looks at it.
    pub reviews: bool,
    /// Names are shown to whoever looks, where there are any.
    pub names: bool,
    /// Deadlines are shown to whoever looks.
    pub terms: bool,
    /// What is kept for too long may be erased from here.
    pub erase: bool,
    /// The rows.
    pub rows: Vec<ListView>,
    /// `1 to 25 of 300`.
    pub range: String,
    /// The page before.
    pub before: Option<String>,
    /// The page after.
    pub after: Option<String>,
    /// The same as CSV.
    pub csv: String,
    /// The same as a page to keep.
    pub html: String,
}

/// How many invitations are in a state.
#[derive(Debug)]
pub struct Tally {
    /// Where they are listed.
    pub link: NavLink,
    /// How many.
    pub count: u32,
}

/// An invitation in a list.
#[derive(Debug)]
pub struct ListView {
    /// What it is called.
    pub code: Line,
    /// Whose, where it may be seen.
    pub name: Line,
    /// Likewise.
    pub mail: Line,
    /// The challenge's id.
    pub challenge: Line,
    /// Where it stands.
    pub state: &'static str,
    /// The tag's colour.
    pub tone: &'static str,
    /// By when, where it may be seen.
    pub deadline: String,
    /// Until when it is kept, likewise.
    pub kept: String,
    /// Submissions.
    pub received: u32,
    /// What came of it: the score, or words.
    pub result: String,
    /// The score for a bar; empty without one.
    pub share: String,
    /// Scorecards that are in.
    pub cards: u32,
    /// One's own is in.
    pub own_card: bool,
}
