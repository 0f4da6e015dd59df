//! What `grade` and `regrade` share: working on a batch, and saying how to go on with it.

use std::{sync::Arc, time::Duration};

use clap::ValueEnum as _;

use super::{
    args::ReportFormat,
    batch_progress,
    context::{Context, workers},
    exit::{Exit, Failure},
    signals,
};
use crate::{
    batch::{BatchError, Records, Work, announce_after_commit},
    challenge::Challenge,
    domain::Report,
    run::Runner,
    sandbox::{ImagePair, docker::DockerSandbox},
    store::{Batch, BatchId, Entry},
};

/// What gradings run on.
pub(super) struct Machine {
    pub(super) sandbox: Arc<DockerSandbox>,
    pub(super) images: ImagePair,
}

impl Machine {
    pub(super) async fn ready(context: &Context, challenge: &Challenge) -> Result<Self, Failure> {
        let sandbox = context.engine().await?;
        let images = context.images(&sandbox, challenge).await?;
        Ok(Self { sandbox, images })
    }
}

/// How a batch is worked on.
pub(super) struct Plan<'a> {
    pub(super) records: &'a Records,
    pub(super) challenge: &'a Arc<Challenge>,
    pub(super) batch: BatchId,
    pub(super) jobs: Option<usize>,
    /// Whether a result ends the batch.
    pub(super) ends: &'a (dyn Fn(&Report) -> bool + Sync),
    pub(super) format: ReportFormat,
}

/// A batch after it was worked on.
pub(super) struct Ended {
    pub(super) batch: Batch,
    /// In order, with the reports of those that have one.
    pub(super) entries: Vec<(Entry, Option<Report>)>,
    interrupted: bool,
    go_on: String,
}

/// Grades what is open of a batch. `machine` is asked for only when something is.
pub(super) async fn work(
    context: &Context,
    plan: Plan<'_>,
    machine: Option<Machine>,
) -> Result<Ended, Failure> {
    let batch = plan.records.store.batch(plan.batch).await?;
    let go_on = go_on(context, plan.batch, plan.format);
    let mut interrupted = false;
    if batch.open > 0 {
        let now = plan.challenge.suite.sha256;
        if batch.suite_sha256 != now {
            return Err(BatchError::SuiteChanged { queued: batch.suite_sha256, now }.into());
        }
        let machine = match machine {
            Some(machine) => machine,
            None => Machine::ready(context, plan.challenge).await?,
        };
        interrupted = grade(context, &plan, machine, batch.open as usize)
            .await
            .map_err(|failure| failure.and(&format!("; `{go_on}` goes on")))?;
    }
    read(&plan, interrupted, go_on).await
}

/// Whether it was interrupted.
async fn grade(
    context: &Context,
    plan: &Plan<'_>,
    machine: Machine,
    open: usize,
) -> Result<bool, Failure> {
    let Machine { sandbox, images } = machine;
    let limits = &plan.challenge.manifest.limits;
    let at_a_time = workers(plan.jobs, sandbox.facts(), limits).min(open);
    let usual = plan.records.store.usual_ms(plan.challenge.manifest.id.as_str()).await?;
    let usual = usual.map(Duration::from_millis);
    let shutdown = signals::watch(sandbox.clone())?;
    let listener = batch_progress::listener(open, at_a_time, usual, context.quiet);
    let runner = Runner::new(sandbox.clone(), announce_after_commit(&listener)).await?;
    let work = Work {
        records: plan.records,
        batch: plan.batch,
        runner: &runner,
        challenge: plan.challenge.clone(),
        images,
        workers: at_a_time,
        ends: plan.ends,
        listener,
        shutdown: &shutdown,
    };
    let done = work.run().await;
    runner.close().await;
    sandbox.close().await;
    done?;
    Ok(shutdown.drain.is_cancelled())
}

/// A batch that is not worked on after all.
pub(super) async fn stopped(context: &Context, plan: Plan<'_>) -> Result<Ended, Failure> {
    let go_on = go_on(context, plan.batch, plan.format);
    read(&plan, false, go_on).await
}

async fn read(plan: &Plan<'_>, interrupted: bool, go_on: String) -> Result<Ended, Failure> {
    let store = &plan.records.store;
    let entries = store.results(plan.batch).await?;
    Ok(Ended { batch: store.batch(plan.batch).await?, entries, interrupted, go_on })
}

impl Ended {
    /// The reports there are.
    pub(super) fn reports(&self) -> Vec<Report> {
        self.entries.iter().filter_map(|(_, report)| report.clone()).collect()
    }

    /// Whether nothing further should begin.
    pub(super) fn stops(&self) -> bool {
        self.interrupted || self.batch.open > 0
    }
}

/// The command's end: by the worst result, or interrupted. Says how to go on.
pub(super) fn conclude(
    round: &[&Ended],
    fail_under: Option<f64>,
    quiet: bool,
) -> Result<Exit, Failure> {
    let sum = |count: fn(&Batch) -> u32| round.iter().map(|ended| count(&ended.batch)).sum::<u32>();
    let (open, total) = (sum(|batch| batch.open), sum(|batch| batch.total));
    let go_on =
        round.iter().find(|ended| ended.batch.open > 0).map_or("", |ended| ended.go_on.as_str());
    let rest = format!("{open} of {total} were not graded; go on with `{go_on}`");
    let interrupted = round.iter().any(|ended| ended.interrupted);
    if interrupted && open > 0 {
        return Err(Failure::interrupted(rest));
    }
    if interrupted {
        return Err(Failure::interrupted("everything had been graded"));
    }
    if open > 0 && !quiet {
        eprintln!("stopped at the first that failed; {rest}");
    }
    let reports: Vec<Report> = round.iter().flat_map(|ended| ended.reports()).collect();
    Ok(Exit::of_reports(&reports, fail_under))
}

/// The command that goes on with a batch.
pub(super) fn go_on(context: &Context, batch: BatchId, format: ReportFormat) -> String {
    let mut words = vec![context.program(), "grade".into(), "--resume".into(), batch.to_string()];
    if let Some(value) = format.to_possible_value().filter(|_| format != ReportFormat::Human) {
        words.extend(["--format".into(), value.get_name().to_owned()]);
    }
    words.join(" ")
}

/// `1 submission`, `2 submissions`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
