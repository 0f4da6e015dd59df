//! From archives to what a batch is made of.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{BatchError, Named, Records};
use crate::{
    challenge::Challenge,
    domain::Digest,
    run::not_run,
    store::{BlobError, Content, NewEntry, StoreError},
    submission::{IntakeLimits, Submission, display_name},
};

/// Each may hold an archive of 128 MiB in memory.
const AT_A_TIME: usize = 2;

/// Takes submissions in: their bytes are kept, or there is a report that says why not. `each` is
/// called after each of them.
///
/// # Errors
/// [`BatchError::Store`] when the bytes cannot be kept.
#[tracing::instrument(name = "take the submissions in", skip_all)]
pub async fn receive(
    records: &Records,
    challenge: &Arc<Challenge>,
    named: Vec<Named>,
    seed: Option<u64>,
    each: impl Fn(),
) -> Result<Vec<NewEntry>, BatchError> {
    let entries =
        stream::iter(named.into_iter().map(Ok)).map(|named: Result<Named, BatchError>| {
            let (blobs, challenge) = (records.blobs.clone(), challenge.clone());
            async move {
                let named = named?;
                let path = named.path.clone();
                let taken =
                    tokio::task::spawn_blocking(move || take(&blobs, &challenge, &named, seed));
                taken.await.map_err(|error| {
                    let cause = std::io::Error::other(error);
                    BatchError::from(StoreError::from(BlobError::Io {
                        action: "read",
                        path,
                        cause,
                    }))
                })?
            }
        });
    entries.buffered(AT_A_TIME).inspect_ok(|_| each()).try_collect().await
}

fn take(
    blobs: &crate::store::Blobs,
    challenge: &Challenge,
    named: &Named,
    seed: Option<u64>,
) -> Result<NewEntry, BatchError> {
    let limits = IntakeLimits::default().with_anchors(&challenge.manifest.interface.required);
    let content = match Submission::open(&named.path, &limits) {
        Ok(submission) => {
            let sha256 = blobs.put(&submission.tar).map_err(StoreError::from)?;
            Content::Kept { sha256, seed: seed.unwrap_or_else(|| seed_of(&sha256, challenge)) }
        }
        Err(refusal) => {
            let name = display_name(&named.path);
            let (verdict, fault) = (refusal.verdict(), refusal.to_fault());
            let report = not_run(challenge, &name, None, seed.unwrap_or(0), verdict, fault);
            Content::Refused(Box::new(report))
        }
    };
    Ok(NewEntry {
        candidate: named.candidate.clone(),
        original_name: display_name(&named.path),
        content,
        previous: None,
    })
}

/// The seed that a submission is graded with.
pub fn seed_of(submission: &Digest, challenge: &Challenge) -> u64 {
    challenge.seed_for(submission)
}
