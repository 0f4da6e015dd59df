//! The rules of the hiring team: who may do what, how a sign-in is kept and refused, who sees a name when,
//! what a scorecard says, how far two reviewers agree, and what a candidate is told. Nothing here reads a
//! clock, a disk or a network, but the system's random numbers for passwords' salts.

mod account;
mod agreement;
mod blind;
mod decision;
mod feedback;
mod lockout;
mod mask;
mod password;
mod role;
mod scorecard;
mod session;

pub use account::{Account, AccountId};
pub use agreement::{Agreement, LEAST_FOR_KAPPA, Pair, agreement};
pub use blind::Sight;
pub use decision::{Decision, Outcome};
pub use feedback::{GroupResult, draft};
pub use lockout::{Failures, LOCK_AFTER, LOCKED_FOR_MS, WATCHED_MS, is_locked};
pub use mask::Mask;
pub use password::{InvalidPassword, Password, PasswordHash};
pub use role::{Right, Role};
pub use scorecard::{
    Comment, InvalidWords, MOST_WORDS, Mark, Recommendation, Scorecard, Words, missing,
};
pub use session::{ABSOLUTE_MS, IDLE_MS, LINK_MS, SEEN_STEP_MS, is_live};
