use std::{path::Path, sync::Arc};

use super::{
    args::{GradeArgs, ReportFormat},
    batch::{Machine, Plan, counted, work},
    context::Context,
    exit::{Exit, Failure},
    regrade, results,
};
use crate::{
    batch::{Chosen, Folders, Records, name_paths, read_list, receive, seed_of},
    challenge::Challenge,
    domain::{Report, Verdict},
    run::{GradeRequest, Job, TestOrder, not_run},
    sandbox::ImagePair,
    store::{Batch, BatchId, BatchKind, BatchOptions, Content, NewBatch, NewEntry, Queued},
    submission::{IntakeLimits, Submission, display_name},
};

pub(super) async fn run(context: &Context, args: GradeArgs) -> Result<Exit, Failure> {
    match (args.resume, args.only_failed) {
        (Some(batch), _) => resume(context, &args, batch).await,
        (None, Some(batch)) => only_failed(context, &args, batch).await,
        (None, None) => fresh(context, &args).await,
    }
}

/// Submissions came in.
async fn fresh(context: &Context, args: &GradeArgs) -> Result<Exit, Failure> {
    let challenge = context.challenge(args.challenge.as_deref().unwrap_or_default())?;
    let challenge = Arc::new(challenge);
    let chosen = choose(args, &challenge)?;
    let records = context.records().await?;
    let machine = Machine::ready(context, &challenge).await?;
    let taking = (!context.quiet && chosen.entries.len() > 20)
        .then(|| format!("taking in {} submissions", chosen.entries.len()));
    if let Some(taking) = taking {
        eprintln!("{taking}");
    }
    let entries = receive(&records, &challenge, chosen.entries, args.seed, || {}).await?;
    let new = NewBatch {
        kind: BatchKind::Grade,
        challenge: challenge.manifest.id.to_string(),
        suite_sha256: challenge.suite.sha256,
        options: BatchOptions { single: chosen.single, seed: args.seed },
        again: args.again,
        entries,
    };
    begin(context, args, &records, &challenge, new, machine).await
}

fn choose(args: &GradeArgs, challenge: &Challenge) -> Result<Chosen, Failure> {
    if let Some(list) = &args.csv {
        return Ok(Chosen { entries: read_list(list)?, single: false });
    }
    let folders = match (args.inbox, args.single) {
        (true, _) => Folders::Inbox,
        (_, true) => Folders::Single,
        _ => Folders::ByContent,
    };
    Ok(name_paths(&args.paths, folders, &challenge.manifest.interface.required)?)
}

/// Queues a batch, says what became of its entries, and works on it.
async fn begin(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    challenge: &Arc<Challenge>,
    new: NewBatch,
    machine: Machine,
) -> Result<Exit, Failure> {
    let queued = records.store.enqueue(&new).await?;
    let count = |which: Queued| queued.gradings.iter().filter(|(_, what)| *what == which).count();
    let mut said = Vec::new();
    if new.entries.len() > 1 {
        said.push(counted(new.entries.len(), "submission"));
    }
    for (which, what) in [
        (Queued::Decided, "refused at intake"),
        (Queued::Shared, "already waiting in an earlier batch, graded once for both"),
        (
            Queued::Reused,
            "graded before, by the same bytes: that result counts (--again grades anew)",
        ),
    ] {
        match count(which) {
            0 => {}
            1 if new.entries.len() == 1 => said.push(what.to_owned()),
            some => said.push(format!("{some} {what}")),
        }
    }
    let refused = new.entries.iter().filter_map(|entry| match &entry.content {
        Content::Refused(report) => Some(report),
        Content::Kept { .. } => None,
    });
    let fails = |report: &Report| args.fails(report);
    let at_once = args.fail_fast && refused.into_iter().any(|report| fails(report));
    let only_refused = new.entries.len() == 1 && count(Queued::Decided) == 1;
    if !context.quiet && !said.is_empty() && !only_refused {
        eprintln!("batch {}: {}", queued.batch, said.join("; "));
    }
    let ends = |report: &Report| at_once || (args.fail_fast && fails(report));
    let plan = plan(args, records, challenge, queued.batch, &ends);
    let ended = if at_once {
        machine.sandbox.close().await;
        super::batch::stopped(context, plan).await?
    } else {
        work(context, plan, Some(machine)).await?
    };
    results::print(context, args, records, challenge, &ended).await
}

/// The batch goes on.
async fn resume(
    context: &Context,
    args: &GradeArgs,
    batch: Option<BatchId>,
) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let batch = match batch {
        Some(batch) => records.store.batch(batch).await?,
        None => match records.store.newest(true).await? {
            Some(batch) => batch,
            None => return Err(nothing_to_resume(&records).await?),
        },
    };
    let challenge = Arc::new(challenge_of(context, args, &batch)?);
    if !context.quiet {
        let done = batch.total - batch.open;
        let Batch { id, challenge, total, open, .. } = &batch;
        eprintln!("batch {id} for {challenge}: {done} of {total} are done, {open} to go");
    }
    let ends = |report: &Report| args.fail_fast && args.fails(report);
    let ended = work(context, plan(args, &records, &challenge, batch.id, &ends), None).await?;
    match batch.kind {
        BatchKind::Grade => results::print(context, args, &records, &challenge, &ended).await,
        BatchKind::Regrade => regrade::print(context, args.format.plain(), &records, &ended).await,
    }
}

async fn nothing_to_resume(records: &Records) -> Result<Failure, Failure> {
    Ok(match records.store.newest(false).await? {
        Some(newest) => Failure::usage(
            "every batch is finished",
            format!("`takehome grade --resume {}` prints the newest again", newest.id),
        ),
        None => no_batch(),
    })
}

fn no_batch() -> Failure {
    Failure::usage(
        "there is no batch in this store",
        "give `takehome grade` what is to be graded; --home or TAKEHOME_HOME names another store",
    )
}

/// Those of a batch that failed through no fault of the candidate, as a batch of their own.
async fn only_failed(
    context: &Context,
    args: &GradeArgs,
    batch: Option<BatchId>,
) -> Result<Exit, Failure> {
    let records = context.kept_records().await?;
    let batch = match batch {
        Some(batch) => records.store.batch(batch).await?,
        None => records.store.newest(false).await?.ok_or_else(no_batch)?,
    };
    let challenge = Arc::new(challenge_of(context, args, &batch)?);
    let mut entries = Vec::new();
    for entry in records.store.entries(batch.id).await? {
        if !matches!(entry.verdict, Some(Verdict::AuthorFault | Verdict::InfraFault)) {
            continue;
        }
        let Some(sha256) = entry.sha256 else {
            eprintln!(
                "{} could not be read when it came in: give its path again",
                entry.original_name
            );
            continue;
        };
        let seed = args.seed.or(batch.options.seed);
        let seed = seed.unwrap_or_else(|| seed_of(&sha256, &challenge));
        entries.push(NewEntry {
            candidate: entry.candidate,
            original_name: entry.original_name,
            content: Content::Kept { sha256, seed },
            previous: Some(entry.grading),
        });
    }
    if entries.is_empty() {
        eprintln!("nothing in batch {} failed by the machine's or the challenge's fault", batch.id);
        if args.format == ReportFormat::Json {
            println!("[]");
        }
        return Ok(Exit::Ok);
    }
    let machine = Machine::ready(context, &challenge).await?;
    let new = NewBatch {
        kind: BatchKind::Grade,
        challenge: challenge.manifest.id.to_string(),
        suite_sha256: challenge.suite.sha256,
        options: BatchOptions { single: false, seed: args.seed.or(batch.options.seed) },
        again: false,
        entries,
    };
    begin(context, args, &records, &challenge, new, machine).await
}

fn challenge_of(context: &Context, args: &GradeArgs, batch: &Batch) -> Result<Challenge, Failure> {
    if let Some(asked) = &args.challenge
        && *asked != batch.challenge
    {
        return Err(Failure::usage(
            format!("batch {} is for {}, not for {asked}", batch.id, batch.challenge),
            "leave out --challenge, or name another batch",
        ));
    }
    context.challenge(&batch.challenge)
}

fn plan<'a>(
    args: &GradeArgs,
    records: &'a Records,
    challenge: &'a Arc<Challenge>,
    batch: BatchId,
    ends: &'a (dyn Fn(&Report) -> bool + Sync),
) -> Plan<'a> {
    Plan { records, challenge, batch, jobs: args.jobs, ends, format: args.format }
}

/// A submission as a job: graded, or already refused by intake. For what is not recorded.
pub(super) fn job(
    challenge: &Arc<Challenge>,
    path: &Path,
    seed: Option<u64>,
    images: &ImagePair,
    order: TestOrder,
) -> Job {
    let limits = IntakeLimits::default().with_anchors(&challenge.manifest.interface.required);
    match Submission::open(path, &limits) {
        Ok(submission) => {
            let seed = seed.unwrap_or_else(|| seed_of(&submission.sha256, challenge));
            let submission = Arc::new(submission);
            let request = GradeRequest::new(challenge.clone(), submission, seed, images.clone());
            Job::Grade(Arc::new(GradeRequest { order, ..request }))
        }
        Err(refusal) => {
            let name = display_name(path);
            let seed = seed.unwrap_or(0);
            let (verdict, fault) = (refusal.verdict(), refusal.to_fault());
            Job::Decided(Box::new(not_run(challenge, &name, None, seed, verdict, fault)))
        }
    }
}

pub(super) fn unwritable(error: serde_json::Error) -> Failure {
    Failure {
        exit: Exit::Infra,
        message: format!("could not write the report: {error}"),
        remedy: "report this".into(),
    }
}
