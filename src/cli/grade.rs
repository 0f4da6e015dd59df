use std::{path::Path, sync::Arc};

use super::{
    args::{Format, GradeArgs},
    context::{Context, workers},
    exit::{Exit, Failure},
    progress, signals, table,
};
use crate::{
    challenge::Challenge,
    domain::{Digest, Report},
    run::{GradeRequest, Job, Runner, TestOrder, not_run, run_batch},
    sandbox::ImagePair,
    submission::{IntakeLimits, Submission, display_name},
};

pub(super) async fn run(context: &Context, args: GradeArgs) -> Result<Exit, Failure> {
    for path in &args.paths {
        if !path.exists() {
            let message = format!("there is no {}", path.display());
            return Err(Failure::usage(message, "check the path"));
        }
    }
    let challenge = Arc::new(context.challenge(&args.challenge)?);
    let sandbox = context.engine().await?;
    let images = context.images(&sandbox, &challenge).await?;
    let jobs: Vec<Job> = args
        .paths
        .iter()
        .map(|path| job(&challenge, path, args.seed, &images, TestOrder::default()))
        .collect();
    let at_a_time = workers(args.jobs, sandbox.facts(), &challenge.manifest.limits);
    let shutdown = signals::watch(sandbox.clone())?;
    let listener = progress::grading_reporter(jobs.len(), context.quiet);
    let runner = Runner::new(sandbox.clone(), listener).await?;
    let total = jobs.len();
    let results = run_batch(&runner, jobs, at_a_time, &shutdown).await;
    sandbox.close().await;

    let reports: Vec<Report> = results.into_iter().flatten().collect();
    match args.format {
        Format::Json => print_json(&reports, total)?,
        Format::Human => match reports.as_slice() {
            [report] if total == 1 => print!("{}", table::one(report, args.all_tests)),
            _ => print!("{}", table::batch(&reports)),
        },
    }
    if shutdown.drain.is_cancelled() {
        let rest = total - reports.len();
        return Err(Failure::interrupted(format!("{rest} of {total} were not graded")));
    }
    Ok(Exit::of_reports(&reports, args.fail_under))
}

/// A submission as a job: graded, or already refused by intake.
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

/// The same bytes get the same data; 48 bits, so that every JSON reader keeps the number exact. A secret
/// of the challenge goes into it, since a submission knows its own bytes.
fn seed_of(submission: &Digest, challenge: &Challenge) -> u64 {
    let digest = Digest::of(format!("seed {submission} {}", challenge.secret()).as_bytes());
    u64::from_str_radix(&digest.short(12), 16).unwrap_or(0)
}

/// One submission prints an object, several print a list.
fn print_json(reports: &[Report], asked: usize) -> Result<(), Failure> {
    let text = match reports {
        [report] if asked == 1 => serde_json::to_string_pretty(report),
        _ => serde_json::to_string_pretty(reports),
    };
    let text = text.map_err(|error| Failure {
        exit: Exit::Infra,
        message: format!("could not write the report: {error}"),
        remedy: "report this".into(),
    })?;
    println!("{text}");
    Ok(())
}
