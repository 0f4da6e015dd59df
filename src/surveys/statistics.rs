use crate::{
    domain::{Digest, Occurrences},
    stats::{About, DRIFT_FROM, Drift, NoDrift, OtherSuite, Statistics, Tally, drift},
    store::{BatchId, Scope, Store, StoreError},
};

/// Statistics of the newest results by a suite: of all submissions, or of one batch. What changed is told
/// of the two newest batches that are large enough; with `batch`, of it and the one before.
///
/// # Errors
/// [`StoreError`].
pub async fn statistics(
    store: &dyn Store,
    challenge: &str,
    suite_sha256: Digest,
    batch: Option<BatchId>,
) -> Result<Statistics, StoreError> {
    let others = store
        .suites()
        .await?
        .into_iter()
        .filter(|other| other.challenge == challenge && other.suite_sha256 != suite_sha256);
    let about = About {
        challenge: challenge.to_owned(),
        suite_sha256,
        batch: batch.map(|batch| batch.0),
        other_suites: others
            .map(|other| OtherSuite { suite_sha256: other.suite_sha256, gradings: other.gradings })
            .collect(),
    };
    let whole = Scope { challenge: challenge.to_owned(), suite_sha256, batch, without: None };
    let (tally, occurrences) = tally(store, &whole).await?;
    let drift = between_batches(store, &whole).await?;
    Ok(Statistics::new(about, &occurrences, &tally, drift))
}

async fn between_batches(
    store: &dyn Store,
    whole: &Scope,
) -> Result<Result<Drift, NoDrift>, StoreError> {
    let Scope { challenge, suite_sha256, batch, .. } = whole;
    let newest = store.newest_of(challenge, suite_sha256, *batch, DRIFT_FROM).await?;
    if let Some(asked) = batch.filter(|asked| newest.first() != Some(asked)) {
        return Ok(Err(NoDrift::Unfit { batch: asked.0, least: DRIFT_FROM }));
    }
    let [later, earlier] = newest[..] else {
        return Ok(Err(NoDrift::TooFewBatches { least: DRIFT_FROM }));
    };
    // A candidate of both counts for the earlier one, so that the two are independent.
    let before = Scope { batch: Some(earlier), ..whole.clone() };
    let after = Scope { batch: Some(later), without: Some(earlier), ..whole.clone() };
    let ((before, _), (after, _)) = (tally(store, &before).await?, tally(store, &after).await?);
    Ok(drift((earlier.0, &before), (later.0, &after)))
}

async fn tally(store: &dyn Store, scope: &Scope) -> Result<(Tally, Occurrences), StoreError> {
    let mut tally = Tally::default();
    let occurrences = store.survey(scope, &mut |seen| tally.add(&seen)).await?;
    Ok((tally, occurrences))
}
