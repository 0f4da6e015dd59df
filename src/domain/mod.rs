//! The words of the system: ids, outcomes, verdicts and the report. Knows no other module.

mod check;
mod digest;
mod integrity;
mod observation;
mod outcome;
mod report;
mod text;
pub mod timing;
mod words;

pub use check::{Checked, VisibleCheck, VisibleTest};
pub use digest::{Digest, InvalidDigest};
pub use integrity::{IntegrityKind, IntegrityNote};
pub use observation::{Observation, Occurrences, TestName};
pub use outcome::{Fault, TestOutcome, Verdict};
pub use report::{
    Engine, GroupScore, LimitsUsed, Provenance, REPORT_SCHEMA, Report, Resources, TestReport,
};
pub use text::hides;
