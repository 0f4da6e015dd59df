//! Rounds: what one command grades by several challenges, a batch each.

use std::sync::Arc;

use super::{
    args::{GradeArgs, ReportFormat},
    context::Context,
    exit::Failure,
};
use crate::{
    batch::{Chosen, Listed, Records},
    challenge::Challenge,
    store::Batch,
};

/// The rows of a list by their challenges, in the order in which they are met.
pub(super) fn by_challenge(
    context: &Context,
    listed: Vec<Listed>,
) -> Result<Vec<(Arc<Challenge>, Chosen)>, Failure> {
    let mut round: Vec<(Arc<Challenge>, Chosen)> = Vec::new();
    for Listed { named, challenge: id } in listed {
        match round.iter_mut().find(|(challenge, _)| challenge.manifest.id.as_str() == id) {
            Some((_, chosen)) => chosen.entries.push(named),
            None => {
                let challenge = Arc::new(context.challenge(&id)?);
                round.push((challenge, Chosen { entries: vec![named], single: false }));
            }
        }
    }
    Ok(round)
}

/// The batches of the round that `batch` belongs to: all of them, or the one for `--challenge`.
pub(super) async fn of(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    batch: Batch,
) -> Result<Vec<(Arc<Challenge>, Batch)>, Failure> {
    let mut round = records.store.round(batch.id).await?;
    if let Some(asked) = &args.challenge {
        round.retain(|one| one.challenge == *asked);
    }
    if let (Some(asked), []) = (&args.challenge, round.as_slice()) {
        return Err(Failure::usage(
            format!("batch {} is for {}, not for {asked}", batch.id, batch.challenge),
            "leave out --challenge, or name another batch",
        ));
    }
    one_page_each(args, round.len())?;
    round
        .into_iter()
        .map(|batch| Ok((Arc::new(context.challenge(&batch.challenge)?), batch)))
        .collect()
}

/// A page has one challenge's tests; that it was asked for of several is said before hours of grading.
pub(super) fn one_page_each(args: &GradeArgs, challenges: usize) -> Result<(), Failure> {
    if args.format == ReportFormat::Html && challenges > 1 {
        return Err(Failure::usage(
            format!("a page is about one challenge, and this round has {challenges}"),
            "choose another --format, then `takehome grade --resume BATCH --challenge ID --format \
             html` writes each page",
        ));
    }
    Ok(())
}
