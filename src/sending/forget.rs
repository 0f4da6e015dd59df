use crate::{
    domain::Digest,
    hiring::{Actor, Code},
    store::{Blobs, Invitations, Purged, StoreError},
};

/// What was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// In the records.
    pub purged: Purged,
    /// Submissions whose bytes were removed.
    pub removed: usize,
}

/// Forgets whose these invitations were, then removes the bytes that nobody else has sent. Should the
/// process end in between, [`sweep`] removes them the next time.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(
    invitations: &dyn Invitations,
    blobs: &Blobs,
    codes: &[Code],
    also: &[String],
    actor: &Actor,
) -> Result<Forgotten, StoreError> {
    let purged = invitations.purge(codes, also, actor).await?;
    Ok(Forgotten { purged, removed: sweep(invitations, blobs).await? })
}

/// Removes the bytes that an earlier purge left behind; of how many submissions.
///
/// # Errors
/// [`StoreError`].
pub async fn sweep(invitations: &dyn Invitations, blobs: &Blobs) -> Result<usize, StoreError> {
    let remove = |digest: &Digest| Ok(blobs.remove(digest).map(drop)?);
    let mut removed = 0;
    for digest in invitations.doomed().await? {
        removed += usize::from(invitations.remove_bytes(&digest, &remove).await?);
    }
    Ok(removed)
}
