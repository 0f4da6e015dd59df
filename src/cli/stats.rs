use super::{
    context::Context,
    exit::{Exit, Failure},
    results::rendered,
    stats_text,
    store_args::{StatsArgs, StatsFormat},
};
use crate::{
    domain::Digest,
    render::{self, html},
    store::{Batch, GradedBy, Store},
    surveys::statistics,
};

/// Beginnings of digests that are shorter name too many.
const SHORTEST: usize = 6;

pub(super) async fn run(context: &Context, args: StatsArgs) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let store = &*records.store;
    let batch = match args.batch {
        Some(batch) => Some(store.batch(batch).await?),
        None => None,
    };
    let suites = store.suites().await?;
    let challenge = challenge(context, &args, batch.as_ref(), &suites)?;
    let suites: Vec<GradedBy> =
        suites.into_iter().filter(|suite| suite.challenge == challenge).collect();
    let suite = match batch {
        Some(batch) if batch.open == batch.total => {
            return Err(nothing_graded(context, store, &challenge, Some(&batch)).await?);
        }
        Some(batch) => batch.suite_sha256,
        None if suites.is_empty() => {
            return Err(nothing_graded(context, store, &challenge, None).await?);
        }
        None => suite(context, &args, &challenge, &suites)?,
    };
    let statistics = statistics(store, &challenge, suite, args.batch).await?;
    let text = match args.format {
        StatsFormat::Human => stats_text::text(&statistics),
        StatsFormat::Json => rendered(render::statistics_json(&statistics))?,
        StatsFormat::Csv => rendered(render::statistics_csv(&statistics))?,
        StatsFormat::Html => rendered(html::statistics(&statistics))?,
    };
    print!("{text}");
    Ok(Exit::Ok)
}

/// The challenge that was named, or that of the batch, or the only one there is.
fn challenge(
    context: &Context,
    args: &StatsArgs,
    batch: Option<&Batch>,
    suites: &[GradedBy],
) -> Result<String, Failure> {
    match (&args.challenge, batch) {
        (Some(asked), Some(batch)) if *asked != batch.challenge => Err(Failure::usage(
            format!("batch {} is for {}, not for {asked}", batch.id, batch.challenge),
            "leave out --challenge, or name another batch",
        )),
        (Some(asked), _) => Ok(asked.clone()),
        (None, Some(batch)) => Ok(batch.challenge.clone()),
        (None, None) => {
            let mut known: Vec<&str> =
                suites.iter().map(|suite| suite.challenge.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            match known.as_slice() {
                [] => Err(Failure::usage(
                    "nothing in this store is graded yet",
                    format!(
                        "`{} grade PATH --challenge ID` grades something; --home or TAKEHOME_HOME \
                         names another store",
                        context.program()
                    ),
                )),
                [only] => Ok((*only).to_owned()),
                [first, ..] => Err(Failure::usage(
                    format!("the store has gradings by {}", known.join(", ")),
                    format!("name one: `{} stats --challenge {first}`", context.program()),
                )),
            }
        }
    }
}

/// The suite that was named; or the challenge's, where something was graded by it; or the newest.
fn suite(
    context: &Context,
    args: &StatsArgs,
    challenge: &str,
    suites: &[GradedBy],
) -> Result<Digest, Failure> {
    if let Some(asked) = &args.suite {
        return named(asked, challenge, suites);
    }
    // The records are enough: the challenge itself may be elsewhere by now.
    let folder = context.challenge(challenge).ok().map(|challenge| challenge.suite.sha256);
    let has = |suite: &Digest| suites.iter().any(|known| known.suite_sha256 == *suite);
    let newest = suites.first().map(|suite| suite.suite_sha256);
    match (folder, newest) {
        (Some(now), _) if has(&now) => Ok(now),
        (now, Some(newest)) => {
            if let Some(now) = now.filter(|_| !context.quiet) {
                eprintln!(
                    "{challenge} has suite {} now, by which nothing is graded yet: `{} regrade \
                     --challenge {challenge}` does that; what follows is of an earlier one",
                    now.short(12),
                    context.program()
                );
            }
            Ok(newest)
        }
        (_, None) => Err(Failure::usage("nothing is graded yet", "grade something first")),
    }
}

/// The suite whose digest begins like this.
fn named(asked: &str, challenge: &str, suites: &[GradedBy]) -> Result<Digest, Failure> {
    let known: Vec<String> = suites
        .iter()
        .map(|suite| format!("{} ({} gradings)", suite.suite_sha256.short(12), suite.gradings))
        .collect();
    let known = format!("{challenge} was graded by {}", known.join(", "));
    if asked.len() < SHORTEST {
        let message = format!("{asked:?} is too short for a suite");
        return Err(Failure::usage(
            message,
            format!("give {SHORTEST} or more characters; {known}"),
        ));
    }
    let mut fitting = suites
        .iter()
        .map(|suite| suite.suite_sha256)
        .filter(|suite| suite.to_string().starts_with(asked));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Failure::usage(format!("nothing was graded by suite {asked:?}"), known)),
        (Some(_), Some(_)) => {
            Err(Failure::usage(format!("several suites begin with {asked:?}"), known))
        }
    }
}

/// There is nothing to count, and what to do about it.
async fn nothing_graded(
    context: &Context,
    store: &dyn Store,
    challenge: &str,
    batch: Option<&Batch>,
) -> Result<Failure, Failure> {
    let program = context.program();
    let resume = |batch: &Batch| format!("`{program} grade --resume {}` goes on", batch.id);
    if let Some(batch) = batch {
        let message = format!("nothing of batch {} is graded yet", batch.id);
        return Ok(Failure::usage(message, resume(batch)));
    }
    let waiting = store.newest(true).await?.filter(|batch| batch.challenge == challenge);
    let remedy = match &waiting {
        Some(batch) => resume(batch),
        None => {
            // A mistyped name has another remedy.
            context.challenge(challenge)?;
            format!("`{program} grade PATH --challenge {challenge}` grades something")
        }
    };
    Ok(Failure::usage(format!("nothing is graded by {challenge} in this store yet"), remedy))
}
