use crate::render::portal::{Line, NavLink};

/// What stands above the content of each page of somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Top {
    /// Who is signed in.
    pub name: Line,
    /// What they may.
    pub role: &'static str,
    /// What each form carries.
    pub csrf: String,
    /// What has just been done.
    pub said: Option<Said>,
}

/// What has just been done, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `good`, `warn` or `bad`.
    pub kind: &'static str,
    /// In a sentence.
    pub text: Line,
}

/// What the pages of one invitation have in common.
#[derive(Debug, Clone)]
pub struct Tabs {
    /// What it is called.
    pub code: Line,
    /// Whose it is, for whom that is shown to.
    pub name: Option<Line>,
    /// The challenge's title.
    pub challenge: Line,
    /// Where it stands.
    pub state: &'static str,
    /// Until when a name is hidden, where one is.
    pub until: &'static str,
    /// The pages.
    pub links: Vec<NavLink>,
}

/// One of several in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As the form sends it.
    pub value: Line,
    /// As people read it.
    pub text: Line,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// One of several.
    pub fn new(value: &str, text: &str, chosen: bool) -> Self {
        Self { value: value.into(), text: text.into(), chosen }
    }
}
