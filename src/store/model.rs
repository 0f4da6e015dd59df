use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::domain::{Digest, Report, Verdict};

/// A batch's number, as people type it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BatchId(pub i64);

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BatchId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err("a batch is named by its number, from 1".into()),
        }
    }
}

/// Why a batch exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchKind {
    /// Submissions came in.
    Grade,
    /// Stored submissions are graded again, beside their earlier results.
    Regrade,
    /// A candidate handed one in through the portal. No command of the command line resumes it.
    Upload,
}

/// What a batch goes by when it is resumed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchOptions {
    /// One submission was named: its result is printed as one object.
    #[serde(default)]
    pub single: bool,
    /// The seed that was asked for, where one was.
    #[serde(default)]
    pub seed: Option<u64>,
}

/// A batch to be queued, in the order of its entries.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Why.
    pub kind: BatchKind,
    /// The challenge's id.
    pub challenge: String,
    /// Its hidden suite's digest.
    pub suite_sha256: Digest,
    /// For whoever resumes it.
    pub options: BatchOptions,
    /// Grade even what has a result already.
    pub again: bool,
    /// One a submission.
    pub entries: Vec<NewEntry>,
}

/// A submission in a batch.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Whose it is.
    pub candidate: String,
    /// Its archive's or folder's name, safe to print.
    pub original_name: String,
    /// What it is.
    pub content: Content,
    /// The grading that this one is compared with, in a regrade.
    pub previous: Option<String>,
}

/// What intake made of a submission.
#[derive(Debug, Clone)]
pub enum Content {
    /// To be graded; the bytes are kept already.
    Kept {
        /// The canonical archive.
        sha256: Digest,
        /// Seed of the data that the suite generates.
        seed: u64,
    },
    /// Refused, which is final.
    Refused(Box<Report>),
}

/// What became of an entry when it was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It will be graded.
    New,
    /// The same bytes have a result already, which counts.
    Reused,
    /// The same bytes wait in an earlier batch that is not finished; graded once for both.
    Shared,
    /// It was refused.
    Decided,
}

/// A batch that was queued.
#[derive(Debug, Clone)]
pub struct Enqueued {
    /// Its number.
    pub batch: BatchId,
    /// One an entry, in order: the grading and what became of it.
    pub gradings: Vec<(String, Queued)>,
}

/// Which gradings somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Whatever waits.
    Any,
    /// Those of a batch.
    Batch(BatchId),
    /// Those of uploads for these challenges.
    Uploads(Vec<String>),
}

/// Who asks for work, and for which.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Only of these.
    pub which: Which,
    /// Names the process; see [`SqliteStore::open`](super::SqliteStore::open).
    pub owner: String,
    /// How long the lease lasts unless a heartbeat renews it.
    pub lease: Duration,
}

/// A lease of one grading: names the attempt, which fences everything that is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The grading.
    pub grading: String,
    /// From 1; grows with each lease of this grading.
    pub attempt: u32,
}

/// A grading that was claimed.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The lease.
    pub lease: Lease,
    /// Leases of it that were lost so far.
    pub lost: u32,
    /// It was lost [`MOST_LOST`](super::MOST_LOST) times: to be finished as an infrastructure
    /// fault, not tried again.
    pub exhausted: bool,
    /// Whose.
    pub candidate: String,
    /// The archive's name.
    pub original_name: String,
    /// The canonical archive.
    pub sha256: Digest,
    /// The challenge's id.
    pub challenge: String,
    /// The suite that it was queued for.
    pub suite_sha256: Digest,
    /// Seed of the data that the suite generates.
    pub seed: u64,
}

/// A batch as a whole.
#[derive(Debug, Clone, Serialize)]
pub struct Batch {
    /// Its number.
    pub id: BatchId,
    /// Why.
    pub kind: BatchKind,
    /// The challenge's id.
    pub challenge: String,
    /// The suite that it was queued for.
    pub suite_sha256: Digest,
    /// For whoever resumes it.
    pub options: BatchOptions,
    /// Milliseconds since 1970.
    pub created_ms: i64,
    /// Entries.
    pub total: u32,
    /// Entries without a result.
    pub open: u32,
}

/// One entry of a batch, without its report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its place in the batch, from 0.
    pub position: u32,
    /// Whose.
    pub candidate: String,
    /// The archive's name.
    pub original_name: String,
    /// The canonical archive, unless it was refused.
    pub sha256: Option<Digest>,
    /// The grading.
    pub grading: String,
    /// Whether its result was there before the batch.
    pub reused: bool,
    /// What it is compared with, in a regrade.
    pub previous: Option<String>,
    /// Its verdict, once there is one.
    pub verdict: Option<Verdict>,
    /// Its score, where it was graded.
    pub score: Option<f64>,
}

/// A finished grading of a stored submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finished {
    /// The grading.
    pub grading: String,
    /// Whose.
    pub candidate: String,
    /// The archive's name.
    pub original_name: String,
    /// The canonical archive.
    pub sha256: Digest,
    /// The seed it was graded with.
    pub seed: u64,
}

/// Finished gradings that are looked at together: those by one suite of one challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The challenge's id.
    pub challenge: String,
    /// The suite.
    pub suite_sha256: Digest,
    /// Only those of this batch.
    pub batch: Option<BatchId>,
    /// Without candidates who have an entry in this batch.
    pub without: Option<BatchId>,
}

/// A suite by which something was graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradedBy {
    /// The challenge's id.
    pub challenge: String,
    /// The suite.
    pub suite_sha256: Digest,
    /// Finished gradings, whatever came of them.
    pub gradings: u64,
}

/// The same bytes from several candidates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Twins {
    /// The canonical archive.
    pub sha256: Digest,
    /// Who sent it, by name.
    pub candidates: Vec<String>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Grows by the order of events.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// What happened, such as `leased`.
    pub action: String,
    /// To which batch.
    pub batch: Option<i64>,
    /// To which grading.
    pub grading: Option<String>,
    /// More of it, for people.
    pub detail: String,
}
