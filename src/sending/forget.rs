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
    /// Submissions whose bytes were removed; none while others come in.
    pub removed: Option<usize>,
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

/// Removes the bytes that a purge left behind; of how many submissions. None, and nothing is removed,
/// while submissions come in: some may be of the same bytes, and the records do not know of them yet.
///
/// # Errors
/// [`StoreError`].
pub async fn sweep(
    invitations: &dyn Invitations,
    blobs: &Blobs,
) -> Result<Option<usize>, StoreError> {
    let doomed = invitations.doomed().await?;
    if doomed.is_empty() {
        return Ok(Some(0));
    }
    let Some(_alone) = blobs.alone()? else { return Ok(None) };
    let remove = |digest: &Digest| Ok(blobs.remove(digest).map(drop)?);
    let mut removed = 0;
    for digest in doomed {
        removed += usize::from(invitations.remove_bytes(&digest, &remove).await?);
    }
    Ok(Some(removed))
}
