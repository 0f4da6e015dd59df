use std::{path::Path, sync::Arc};

use super::{
    args::{GradeArgs, ReportFormat},
    batch::{Ended, Machine, Plan, counted, work},
    context::Context,
    exit::{Exit, Failure},
    regrade, results, round,
};
use crate::{
    batch::{Chosen, Folders, Records, name_paths, read_list, receive, seed_of},
    challenge::Challenge,
    domain::{Report, Verdict},
    run::{GradeRequest, Job, TestOrder, not_run},
    sandbox::ImagePair,
    store::{
        Batch, BatchId, BatchKind, BatchOptions, Content, Enqueued, Hold, NewBatch, NewEntry,
        Queued, StoreError,
    },
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
    let chosen = choose(context, args)?;
    round::one_page_each(args, chosen.len())?;
    let records = context.records().await?;
    let machine = match chosen.first() {
        Some((challenge, _)) => Some(Machine::ready(context, challenge).await?),
        None => None,
    };
    let count: usize = chosen.iter().map(|(_, chosen)| chosen.entries.len()).sum();
    if !context.quiet && count > 20 {
        eprintln!("taking in {count} submissions");
    }
    // Until the records name them, nobody may take the same bytes for somebody's who is forgotten.
    let hold = hold(&records).await?;
    let mut batches = Vec::new();
    for (challenge, chosen) in chosen {
        let entries = receive(&records, &challenge, chosen.entries, args.seed, || {}).await?;
        let new = NewBatch {
            kind: BatchKind::Grade,
            challenge: challenge.manifest.id.to_string(),
            suite_sha256: challenge.suite.sha256,
            options: BatchOptions { single: chosen.single, seed: args.seed },
            again: args.again,
            entries,
        };
        batches.push((challenge, new));
    }
    begin(context, args, &records, batches, machine, Some(hold)).await
}

/// Waits, in a thread that may, while a purge removes bytes.
async fn hold(records: &Records) -> Result<Hold, Failure> {
    let blobs = records.blobs.clone();
    let hold = tokio::task::spawn_blocking(move || blobs.hold()).await;
    let hold = hold.unwrap_or_else(|_| records.blobs.hold());
    Ok(hold.map_err(StoreError::from)?)
}

/// What is to be graded by which challenge.
fn choose(context: &Context, args: &GradeArgs) -> Result<Vec<(Arc<Challenge>, Chosen)>, Failure> {
    if let Some(list) = &args.csv {
        let listed = read_list(list, args.challenge.as_deref())?;
        return round::by_challenge(context, listed);
    }
    let challenge = context.challenge(args.challenge.as_deref().unwrap_or_default())?;
    let folders = match (args.inbox, args.single) {
        (true, _) => Folders::Inbox,
        (_, true) => Folders::Single,
        _ => Folders::ByContent,
    };
    let chosen = name_paths(&args.paths, folders, &challenge.manifest.interface.required)?;
    Ok(vec![(Arc::new(challenge), chosen)])
}

/// Queues batches, one a challenge, says what became of their entries, and works on them.
async fn begin(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    batches: Vec<(Arc<Challenge>, NewBatch)>,
    mut machine: Option<Machine>,
    hold: Option<Hold>,
) -> Result<Exit, Failure> {
    let (challenges, new): (Vec<_>, Vec<_>) = batches.into_iter().unzip();
    let queued = records.store.enqueue_round(&new).await?;
    drop(hold);
    for (new, queued) in new.iter().zip(&queued) {
        say(context, new, queued, challenges.len() > 1);
    }
    let mut refused =
        new.iter().flat_map(|new| &new.entries).filter_map(|entry| match &entry.content {
            Content::Refused(report) => Some(&**report),
            Content::Kept { .. } => None,
        });
    let fails = |report: &Report| args.fails(report);
    let at_once = args.fail_fast && refused.any(fails);
    if at_once && let Some(machine) = machine.take() {
        machine.sandbox.close().await;
    }
    let round: Vec<_> =
        challenges.into_iter().zip(queued.iter().map(|queued| queued.batch)).collect();
    let ended = work_through(context, args, records, &round, machine, at_once).await?;
    results::print(context, args, records, &ended).await
}

/// What became of a batch's entries; `several` batches are told apart by their challenges.
fn say(context: &Context, new: &NewBatch, queued: &Enqueued, several: bool) {
    let count = |which: Queued| queued.gradings.iter().filter(|(_, what)| *what == which).count();
    let mut said = Vec::new();
    if several {
        let count = counted(new.entries.len(), "submission");
        said.push(format!("{count} for {}", new.challenge));
    } else if new.entries.len() > 1 {
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
    let only_refused = new.entries.len() == 1 && count(Queued::Decided) == 1;
    if !context.quiet && !said.is_empty() && !only_refused {
        eprintln!("batch {}: {}", queued.batch, said.join("; "));
    }
}

/// Works on the batches of a round, one after the other; what stops one stops those after it.
async fn work_through(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    round: &[(Arc<Challenge>, BatchId)],
    mut machine: Option<Machine>,
    mut stopped: bool,
) -> Result<Vec<(Arc<Challenge>, Ended)>, Failure> {
    let ends = |report: &Report| args.fail_fast && args.fails(report);
    let mut done = Vec::new();
    for (challenge, batch) in round {
        let plan = plan(args, records, challenge, *batch, &ends);
        let ended = if stopped {
            super::batch::stopped(context, plan).await?
        } else {
            work(context, plan, machine.take()).await?
        };
        stopped |= ended.stops();
        done.push((challenge.clone(), ended));
    }
    Ok(done)
}

/// The batch goes on, and with it those of its round.
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
    let round = round::of(context, args, &records, batch).await?;
    if !context.quiet {
        for (_, Batch { id, challenge, total, open, .. }) in &round {
            let done = total - open;
            eprintln!("batch {id} for {challenge}: {done} of {total} are done, {open} to go");
        }
    }
    let kind = round.first().map(|(_, batch)| batch.kind);
    let round: Vec<_> = round.into_iter().map(|(challenge, batch)| (challenge, batch.id)).collect();
    let ended = work_through(context, args, &records, &round, None, false).await?;
    match (kind, ended.as_slice()) {
        (Some(BatchKind::Regrade), [(_, ended)]) => {
            regrade::print(context, args.format.plain(), &records, ended).await
        }
        _ => results::print(context, args, &records, &ended).await,
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
    let round = round::of(context, args, &records, batch).await?;
    let asked: Vec<String> = round.iter().map(|(_, batch)| batch.id.to_string()).collect();
    let mut batches = Vec::new();
    for (challenge, batch) in round {
        let entries = failed(args, &records, &challenge, &batch).await?;
        if entries.is_empty() {
            continue;
        }
        let new = NewBatch {
            kind: BatchKind::Grade,
            challenge: challenge.manifest.id.to_string(),
            suite_sha256: challenge.suite.sha256,
            options: BatchOptions { single: false, seed: args.seed.or(batch.options.seed) },
            again: false,
            entries,
        };
        batches.push((challenge, new));
    }
    let Some((challenge, _)) = batches.first() else {
        let asked = asked.join(", ");
        eprintln!("nothing in batch {asked} failed by the machine's or the challenge's fault");
        if args.format == ReportFormat::Json {
            println!("[]");
        }
        return Ok(Exit::Ok);
    };
    let machine = Machine::ready(context, challenge).await?;
    begin(context, args, &records, batches, Some(machine), None).await
}

/// What of a batch failed through no fault of the candidate.
async fn failed(
    args: &GradeArgs,
    records: &Records,
    challenge: &Challenge,
    batch: &Batch,
) -> Result<Vec<NewEntry>, Failure> {
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
        let seed = seed.unwrap_or_else(|| seed_of(&sha256, challenge));
        entries.push(NewEntry {
            candidate: entry.candidate,
            original_name: entry.original_name,
            content: Content::Kept { sha256, seed },
            previous: Some(entry.grading),
        });
    }
    Ok(entries)
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
