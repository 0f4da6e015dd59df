use std::{io::IsTerminal as _, path::Path, sync::Arc, time::Duration};

use serde::Serialize;

use super::{
    context::Context,
    exit::{Exit, Failure},
    self_check, signals,
    time_args::{TimeArgs, TimeFormat},
    time_text,
};
use crate::{
    challenge::{Challenge, TimingPlan},
    domain::timing::{PlanTiming, Sides},
    render::{
        RenderError,
        html::{self, TimedSubmission},
    },
    run::{HeldLane, LaneError, TimeError, TimeProgress, TimeRequest, time},
    sandbox::{ImagePair, Sandbox, docker::DockerSandbox},
    submission::{IntakeLimits, Submission, display_name},
};

/// Whoever waits sees that, and may press Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// What was timed of one submission.
#[derive(Debug, Serialize)]
pub(super) struct Timed {
    pub(super) submission: String,
    pub(super) challenge: String,
    pub(super) timings: Vec<PlanTiming>,
}

pub(super) async fn run(context: &Context, args: TimeArgs) -> Result<Exit, Failure> {
    if args.self_check {
        return self_check::run(context, &args).await;
    }
    let challenge = Arc::new(context.challenge(args.challenge.as_deref().unwrap_or_default())?);
    let plans = plans(&challenge, &args)?;
    let (reference, against) = match &args.against {
        Some(path) => (open(path, &challenge)?, display_name(path)),
        None => (open(&challenge.dir.join("reference"), &challenge)?, "reference".to_owned()),
    };
    let submissions: Vec<(String, Arc<Submission>)> = args
        .paths
        .iter()
        .map(|path| Ok((display_name(path), open(path, &challenge)?)))
        .collect::<Result<_, Failure>>()?;
    let mut stand = Stand::ready(context, &challenge).await?;
    let mut all = Vec::new();
    for (name, submission) in submissions {
        let mut timings = Vec::new();
        for plan in &plans {
            let shown = Shown::new(context.quiet, format!("{name}: {}", plan.name));
            let sides = Sides { candidate: &submission, reference: &reference };
            let timed = stand.time(&challenge, plan, sides, &against, &|at| shown.at(at)).await;
            shown.done();
            timings.push(timed?);
        }
        let challenge = challenge.manifest.id.to_string();
        all.push(Timed { submission: name, challenge, timings });
    }
    stand.leave().await;
    match args.format {
        TimeFormat::Human => print!("{}", time_text::text(&all)),
        TimeFormat::Html => print!("{}", super::results::rendered(page(&challenge, &all))?),
        TimeFormat::Json => println!("{}", super::results::rendered(crate::render::pretty(&all))?),
    }
    let failed = all.iter().flat_map(|timed| &timed.timings).any(|timing| timing.failed.is_some());
    Ok(if failed { Exit::Candidate } else { Exit::Ok })
}

fn page(challenge: &Challenge, all: &[Timed]) -> Result<String, RenderError> {
    let timed: Vec<TimedSubmission<'_>> = all
        .iter()
        .map(|one| TimedSubmission { name: &one.submission, timings: &one.timings })
        .collect();
    html::timings(&challenge.manifest.title, &timed)
}

/// All that a timing needs of this machine: engine, images, lane.
pub(super) struct Stand {
    pub(super) sandbox: Arc<DockerSandbox>,
    engine: Arc<dyn Sandbox>,
    images: ImagePair,
    shutdown: signals::Watch,
    lane: HeldLane,
}

impl Stand {
    /// Makes the images where they are missing, and waits for the lane of this host.
    pub(super) async fn ready(context: &Context, challenge: &Challenge) -> Result<Self, Failure> {
        let sandbox = context.engine().await?;
        let images = context.images(&sandbox, challenge).await?;
        let shutdown = signals::watch(sandbox.clone())?;
        let engine: Arc<dyn Sandbox> = sandbox.clone();
        let waits = || {
            if !context.quiet {
                eprintln!("waiting: somebody else times on this machine");
            }
        };
        let lane = HeldLane::take(&engine, &shutdown.drain, PATIENCE, waits).await;
        Ok(Self { lane: lane.map_err(no_lane)?, sandbox, engine, images, shutdown })
    }

    /// Times one plan. It is short, so the first Ctrl-C ends it.
    pub(super) async fn time(
        &mut self,
        challenge: &Arc<Challenge>,
        plan: &TimingPlan,
        sides: Sides<&Arc<Submission>>,
        against: &str,
        progress: &(dyn Fn(TimeProgress) + Send + Sync),
    ) -> Result<PlanTiming, Failure> {
        let request = TimeRequest {
            challenge: challenge.clone(),
            plan: plan.clone(),
            candidate: sides.candidate.clone(),
            reference: sides.reference.clone(),
            against: against.to_owned(),
            images: self.images.clone(),
            cores: self.lane.cores.clone(),
            waited: std::mem::take(&mut self.lane.waited),
            alone: self.lane.alone,
        };
        let timed = time(&self.engine, &request, &self.shutdown.drain, progress).await;
        timed.map_err(|error| failure(error, challenge))
    }

    /// Leaves the lane, and nothing behind.
    pub(super) async fn leave(self) {
        self.lane.release().await;
        self.sandbox.close().await;
    }
}

fn no_lane(error: LaneError) -> Failure {
    let remedy = match &error {
        LaneError::Stopped => return Failure::interrupted("the same command starts again"),
        LaneError::Busy { .. } => "see which takehome process it is, and try again",
        LaneError::File { .. } => {
            "timings on one machine take turns by this file; remove it, or set TMPDIR"
        }
    };
    Failure { exit: Exit::Infra, message: error.to_string(), remedy: remedy.into() }
}

/// The plans that were asked for, each with a seed.
fn plans(challenge: &Challenge, args: &TimeArgs) -> Result<Vec<TimingPlan>, Failure> {
    let all = &challenge.manifest.timing;
    let known: Vec<&str> = all.iter().map(|plan| plan.name.as_str()).collect();
    if all.is_empty() {
        return Err(Failure::usage(
            format!("{} has no timing plan", challenge.manifest.id),
            "its author adds a [[timing]] to challenge.toml (docs/timing.md)",
        ));
    }
    if let Some(unknown) = args.plan.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure::usage(
            format!("{} has no timing plan {unknown:?}", challenge.manifest.id),
            format!("it has {}", known.join(", ")),
        ));
    }
    let asked = |plan: &&TimingPlan| args.plan.is_empty() || args.plan.contains(&plan.name);
    let seed = args.seed.unwrap_or_else(rand::random);
    let prepared = all.iter().filter(asked).cloned().map(|mut plan| {
        plan.plan.seed = seed;
        if args.ratio_only {
            plan.plan.sizes = vec![plan.plan.sizes[plan.plan.main_size]];
            plan.plan.main_size = 0;
            plan.memory = false;
        }
        plan
    });
    Ok(prepared.collect())
}

fn open(path: &Path, challenge: &Challenge) -> Result<Arc<Submission>, Failure> {
    let required = &challenge.manifest.interface.required;
    let limits = IntakeLimits::default().with_anchors(required);
    let refused = |message: String, remedy: String| Failure {
        exit: Exit::Candidate,
        message: format!("{}: {message}", path.display()),
        remedy,
    };
    let submission = Submission::open(path, &limits)
        .map_err(|refusal| refused(refusal.to_string(), refusal.remedy()))?;
    let missing = submission.missing(required);
    if !missing.is_empty() {
        let remedy = "send the files at the paths that the challenge's README gives";
        return Err(refused(format!("it has no {}", missing.join(", no ")), remedy.into()));
    }
    Ok(Arc::new(submission))
}

pub(super) fn failure(error: TimeError, challenge: &Challenge) -> Failure {
    match error {
        TimeError::Sandbox(error) => error.into(),
        TimeError::Stopped => Failure::interrupted("the same command starts again"),
        TimeError::Driver(_) | TimeError::Reference(_) | TimeError::Clock(_) => Failure {
            exit: Exit::Author,
            message: error.to_string(),
            remedy: format!(
                "the author of {} mends its [[timing]] (docs/timing.md)",
                challenge.manifest.id
            ),
        },
    }
}

/// One line on a terminal's standard error.
pub(super) struct Shown {
    bar: Option<indicatif::ProgressBar>,
    what: String,
}

impl Shown {
    pub(super) fn new(quiet: bool, what: String) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let bar = shown.then(|| {
            let style =
                indicatif::ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}");
            let bar = indicatif::ProgressBar::new(10);
            bar.with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
        });
        if let Some(bar) = &bar {
            bar.set_message(super::table::plain(&what));
        }
        Self { bar, what }
    }

    pub(super) fn at(&self, progress: TimeProgress) {
        if let Some(bar) = &self.bar {
            bar.set_length(progress.planned as u64);
            bar.set_position(progress.process_pairs as u64);
            bar.set_message(super::table::plain(&self.what));
        }
    }

    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
