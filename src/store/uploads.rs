//! The seam's part for what candidates hand in.

use async_trait::async_trait;
use serde::Serialize;

use super::StoreError;
use crate::{
    domain::{Digest, Verdict},
    hiring::{Attempts, Code, Counts},
};

/// Attempts: each with its submission, its grading and the invitation's state, or not at all.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Records an attempt, queues its grading and has the invitation submitted, all or nothing; once this
    /// returns it survives a loss of power. The same bytes as in the newest attempt are that attempt.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the invitation's state or deadline does not allow it,
    /// [`StoreError::AttemptsUsed`] when there is none left.
    async fn record(&self, new: &NewUpload) -> Result<Recorded, StoreError>;

    /// Writes into the audit trail that what a candidate handed in was refused; `why` is a stable word.
    ///
    /// # Errors
    /// [`StoreError::NoInvitation`].
    async fn refused(&self, code: &Code, why: &str) -> Result<(), StoreError>;

    /// The attempts of an invitation, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn uploads(&self, code: &Code) -> Result<Vec<Upload>, StoreError>;
}

/// An attempt to be recorded; its bytes are kept already.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// A UUID; the same one is recorded once.
    pub id: String,
    /// Of which invitation.
    pub code: Code,
    /// The challenge that it is for.
    pub challenge: String,
    /// Its hidden suite's digest.
    pub suite_sha256: Digest,
    /// Seed of the data that the suite generates.
    pub seed: u64,
    /// The canonical archive.
    pub sha256: Digest,
    /// The bytes as they were sent.
    pub received_sha256: Digest,
    /// How many those were.
    pub size: u64,
    /// What the archive was called, safe to print.
    pub original_name: String,
    /// When the upload began, milliseconds since 1970.
    pub began_ms: i64,
    /// When it was complete.
    pub received_ms: i64,
    /// How long after the deadline it may be complete if it began before.
    pub grace_ms: i64,
    /// What the receipt says.
    pub statement: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// It is an attempt.
    New(Upload),
    /// It was recorded before.
    Again(Upload),
}

impl Recorded {
    /// The attempt.
    pub fn upload(&self) -> &Upload {
        match self {
            Self::New(upload) | Self::Again(upload) => upload,
        }
    }
}

/// An attempt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Upload {
    /// A UUID.
    pub id: String,
    /// From 1, for each invitation.
    pub attempt: u32,
    /// The canonical archive.
    pub sha256: Digest,
    /// The bytes as they were sent.
    pub received_sha256: Digest,
    /// How many those were.
    pub size: u64,
    /// What the archive was called.
    pub original_name: String,
    /// When it was complete, milliseconds since 1970.
    pub received_ms: i64,
    /// The grading.
    pub grading: String,
    /// What the receipt says.
    pub statement: String,
    /// The grading's verdict, once there is one. Not for the candidate.
    pub verdict: Option<Verdict>,
    /// Its score. Not for the candidate.
    pub score: Option<f64>,
}

/// The attempt that counts: the latest, or the one with the best score, the earlier of two that are equal.
/// Until one has a score the latest stands for all.
pub fn counting(uploads: &[Upload], attempts: Attempts) -> Option<&Upload> {
    let latest = uploads.last()?;
    let best = |one: &&Upload, other: &&Upload| {
        let score = |upload: &Upload| upload.score.unwrap_or(-1.0);
        score(one).total_cmp(&score(other))
    };
    match attempts.counts {
        Counts::Latest => Some(latest),
        Counts::Best => {
            let scored = uploads.iter().filter(|upload| upload.score.is_some());
            scored.rev().max_by(best).or(Some(latest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(attempt: u32, score: Option<f64>) -> Upload {
        Upload {
            id: attempt.to_string(),
            attempt,
            sha256: Digest::of(b""),
            received_sha256: Digest::of(b""),
            size: 0,
            original_name: String::new(),
            received_ms: 0,
            grading: String::new(),
            statement: String::new(),
            verdict: None,
            score,
        }
    }

    fn counts(scores: &[Option<f64>], counts: Counts) -> Option<u32> {
        let uploads: Vec<Upload> =
            (1..).zip(scores).map(|(attempt, score)| upload(attempt, *score)).collect();
        counting(&uploads, Attempts { most: None, counts }).map(|upload| upload.attempt)
    }

    #[test]
    fn the_latest_counts_or_the_best() {
        let scores = [Some(50.0), Some(80.0), None, Some(80.0), Some(10.0)];
        assert_eq!(counts(&scores, Counts::Latest), Some(5));
        assert_eq!(counts(&scores, Counts::Best), Some(2));
        assert_eq!(counts(&[None, None], Counts::Best), Some(2));
        assert_eq!(counts(&[], Counts::Best), None);
    }
}
