//! The hiring team's pages. What may not be seen is not in what a page is made of, so that no template can
//! show it.

mod account;
mod board;
mod code;
mod figures;
mod invite;
mod list;
mod marks;
mod submission;

pub use account::{
    AccountRow, AccountsPage, PasswordPage, SetUpPage, SignInPage, TrailPage, TrailRow,
};
pub use board::{Choice, Said, Tabs, Top};
pub use code::{CodePage, CommentView, FileView, LineView, coloured};
pub use figures::{AgreementPage, AgreementRow, DistributionPage, Plots, plots};
pub use invite::{InvitePage, InvitedRow, ManagePage, MessageRow};
pub use list::{ListPage, ListView, Tally};
pub use marks::{
    CardPage, CardView, CompareColumn, ComparePage, CompareRow, CriterionView, DecisionPage,
    MarkView, Opinion,
};
pub use submission::{AttemptView, ShownResult, SubmissionPage, result};

use askama::Template;

use crate::render::RenderError;

/// The page as HTML.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn page<T: Template>(page: &T) -> Result<String, RenderError> {
    Ok(page.render()?)
}
