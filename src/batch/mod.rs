//! Many submissions, one after another and side by side: paths become candidates, candidates' bytes
//! become queued gradings, and gradings become reports in the store. Whatever ends this process,
//! the next one goes on where it stopped.

mod claimed;
mod compare;
mod error;
mod held;
mod intake;
mod list;
mod naming;
mod records;
mod work;

pub use claimed::{damaged, lost_too_often, ours, submission_of};
pub use compare::{Cause, Change, TestChange};
pub use error::BatchError;
pub use held::{LEASE, Leased, LeasedGrading, hold};
pub use intake::{receive, seed_of};
pub use list::{ListError, Listed, parse_list, read_list};
pub use naming::{Chosen, Folders, Named, NamingError, name_paths};
pub use records::Records;
pub use work::{Work, announce_after_commit};
