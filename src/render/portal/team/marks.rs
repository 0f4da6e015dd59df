use askama::Template;

use super::{Choice, Tabs, Top};
use crate::render::portal::{Frame, Line, Lines};

/// One's own scorecard, to be filled in.
#[derive(Debug, Template)]
#[template(path = "team_card.html")]
pub struct CardPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The invitation.
    pub tabs: Tabs,
    /// What is marked.
    pub criteria: Vec<CriterionView>,
    /// Recommendations to choose from.
    pub recommendations: Vec<Choice>,
    /// About all of it.
    pub words: Lines,
    /// The version that was read; empty for the first.
    pub version: String,
    /// Its writer knows no name.
    pub blind: bool,
    /// What is missing or wrong.
    pub wrong: Vec<Line>,
    /// The rubric's digest: marks by another one are not taken.
    pub rubric: String,
    /// The result that is looked at.
    pub grading: Line,
    /// It is in: nothing is to be filled in.
    pub is_in: bool,
    /// Why there is nothing to fill in.
    pub nothing: &'static str,
}

/// A criterion with its anchors.
#[derive(Debug)]
pub struct CriterionView {
    /// As marks name it.
    pub key: Line,
    /// As people read it.
    pub name: Line,
    /// What to look at.
    pub question: Line,
    /// Mark, what it means, and whether it is given.
    pub anchors: Vec<MarkView>,
    /// Why.
    pub words: Lines,
}

/// A mark and what it means.
#[derive(Debug)]
pub struct MarkView {
    /// 1 to 4.
    pub mark: u8,
    /// What it means.
    pub means: Line,
    /// Whether it is given.
    pub given: bool,
}

/// What a reviewer handed in.
#[derive(Debug)]
pub struct Opinion {
    /// Whose.
    pub name: Line,
    /// What they would do.
    pub recommendation: &'static str,
    /// About all of it.
    pub words: Lines,
    /// They knew no name.
    pub blind: bool,
    /// When.
    pub at: String,
    /// Criterion, mark, and why.
    pub marks: Vec<CardView>,
}

/// A mark of an opinion.
#[derive(Debug)]
pub struct CardView {
    /// The criterion's name.
    pub name: Line,
    /// 1 to 4.
    pub mark: u8,
    /// What it means, where the rubric is the same still.
    pub means: Line,
    /// Why.
    pub words: Lines,
}

/// Deciding, or what was decided.
#[derive(Debug, Template)]
#[template(path = "team_decision.html")]
pub struct DecisionPage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The invitation.
    pub tabs: Tabs,
    /// What was decided: what, by whom, when.
    pub made: Option<(&'static str, Line, String)>,
    /// Why it cannot be decided; empty where it can.
    pub nothing: &'static str,
    /// What reviewers think.
    pub opinions: Vec<Opinion>,
    /// Outcomes to choose from.
    pub outcomes: Vec<Choice>,
    /// Why, for the team.
    pub reason: Lines,
    /// What the candidate is told: a draft, or what was decided.
    pub feedback: Lines,
    /// The invitation's version.
    pub version: u32,
    /// What is wrong.
    pub wrong: Line,
}

/// Several submissions beside each other.
#[derive(Debug, Template)]
#[template(path = "team_compare.html")]
pub struct ComparePage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The challenge's title.
    pub challenge: Line,
    /// A column a submission.
    pub columns: Vec<CompareColumn>,
    /// Groups, criteria and figures.
    pub rows: Vec<CompareRow>,
    /// Why there is nothing.
    pub nothing: &'static str,
}

/// A submission of a comparison.
#[derive(Debug)]
pub struct CompareColumn {
    /// What it is called.
    pub code: Line,
    /// Whose, where it may be seen.
    pub name: Line,
    /// Where it stands.
    pub state: &'static str,
}

/// A row of a comparison: a heading where there are no cells.
#[derive(Debug)]
pub struct CompareRow {
    /// What.
    pub name: Line,
    /// Cells with a share for a bar, empty without one.
    pub cells: Vec<(Line, String)>,
}
