use std::{fmt::Write as _, sync::Arc};

use comfy_table::Cell;

use super::{
    args::Format,
    batch::{Ended, Machine, Plan, conclude, counted, work},
    context::Context,
    exit::{Exit, Failure},
    grade::unwritable,
    store_args::RegradeArgs,
    table,
};
use crate::{
    batch::{Change, Records, TestChange, seed_of},
    domain::{Report, TestOutcome},
    store::{BatchKind, BatchOptions, Content, Finished, NewBatch, NewEntry},
};

/// Tests named for one submission in the table; JSON names all.
const TESTS_SHOWN: usize = 5;

pub(super) async fn run(context: &Context, args: RegradeArgs) -> Result<Exit, Failure> {
    let challenge = Arc::new(context.challenge(&args.challenge)?);
    let id = challenge.manifest.id.to_string();
    let records = context.kept_records().await?;
    if let Some(batch) = args.batch {
        records.store.batch(batch).await?;
    }
    let stored = records.store.latest(&id, args.batch).await?;
    let chosen = choose(stored, &args.submissions)?;
    if chosen.is_empty() {
        return Err(Failure::usage(
            format!("no submission for {id} is in this store"),
            "grade it first; --home or TAKEHOME_HOME names another store",
        ));
    }
    let machine = Machine::ready(context, &challenge).await?;
    let entries: Vec<NewEntry> = chosen
        .into_iter()
        .map(|finished| NewEntry {
            content: Content::Kept {
                sha256: finished.sha256,
                seed: args.seed.unwrap_or_else(|| seed_of(&finished.sha256, &challenge)),
            },
            candidate: finished.candidate,
            original_name: finished.original_name,
            previous: Some(finished.grading),
        })
        .collect();
    let new = NewBatch {
        kind: BatchKind::Regrade,
        challenge: id,
        suite_sha256: challenge.suite.sha256,
        options: BatchOptions { single: false, seed: args.seed },
        again: true,
        entries,
    };
    let queued = records.store.enqueue(&new).await?;
    if !context.quiet {
        let count = counted(new.entries.len(), "submission");
        eprintln!("batch {}: {count} again, the earlier results stay", queued.batch);
    }
    let plan = Plan {
        records: &records,
        challenge: &challenge,
        batch: queued.batch,
        jobs: args.jobs,
        ends: &|_| false,
        format: args.format.into(),
    };
    let ended = work(context, plan, Some(machine)).await?;
    print(context, args.format, &records, &ended).await
}

/// Those that were asked for, by the candidate's name or the beginning of the digest.
fn choose(stored: Vec<Finished>, asked: &[String]) -> Result<Vec<Finished>, Failure> {
    const SHORTEST: usize = 6;
    let is = |finished: &Finished, word: &str| {
        finished.candidate == word
            || (word.len() >= SHORTEST && finished.sha256.to_string().starts_with(word))
    };
    if let Some(none) = asked.iter().find(|word| !stored.iter().any(|one| is(one, word))) {
        return Err(Failure::usage(
            format!("there is no submission {none:?} with a result"),
            "name a candidate, or the first 6 or more characters of a submission's digest",
        ));
    }
    Ok(stored
        .into_iter()
        .filter(|one| asked.is_empty() || asked.iter().any(|word| is(one, word)))
        .collect())
}

/// What changed, and why.
pub(super) async fn print(
    context: &Context,
    format: Format,
    records: &Records,
    ended: &Ended,
) -> Result<Exit, Failure> {
    let mut changes = Vec::new();
    for (entry, after) in &ended.entries {
        let (Some(after), Some(previous)) = (after, &entry.previous) else { continue };
        if let Some(before) = records.store.report(previous).await? {
            changes.push(Change::new(entry.candidate.clone(), before, after.clone()));
        }
    }
    match format {
        Format::Json => {
            println!("{}", serde_json::to_string_pretty(&changes).map_err(unwritable)?);
        }
        Format::Human => print!("{}", text(&changes)),
    }
    conclude(&[ended], None, context.quiet)
}

fn text(changes: &[Change]) -> String {
    let mut table =
        table::table(&["submission", "was", "is", "what changed", "what was not the same"]);
    for change in changes {
        let why = match change.causes.as_slice() {
            [] if change.is_other() => "nothing that is recorded: a test may be unreliable".into(),
            [] => "nothing".into(),
            causes => causes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        };
        table.add_row([
            Cell::new(table::plain(&change.candidate.replace('\n', " "))),
            Cell::new(short(&change.before)),
            Cell::new(short(&change.after)),
            Cell::new(tests(&change.tests)),
            Cell::new(why),
        ]);
    }
    let mut text = format!("{table}\n");
    let other = changes.iter().filter(|change| change.is_other()).count();
    let same = changes.len() - other;
    let _ = writeln!(text, "{other} changed, {same} did not; the earlier results are kept");
    text
}

fn short(report: &Report) -> String {
    report.score.map_or_else(|| report.verdict.words().to_owned(), table::number)
}

fn tests(changes: &[TestChange]) -> String {
    let word = |outcome| Option::map_or(outcome, "absent", TestOutcome::words);
    let mut lines: Vec<String> = changes
        .iter()
        .take(TESTS_SHOWN)
        .map(|test| format!("{}: {} → {}", test.id, word(test.before), word(test.after)))
        .collect();
    if changes.len() > TESTS_SHOWN {
        lines.push(format!("and {} more", changes.len() - TESTS_SHOWN));
    }
    lines.join("\n")
}
