//! `takehome challenge verify`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    args::{Format, VerifyArgs},
    context::Context,
    exit::{Exit, Failure},
    progress::{self, Ended},
    signals, table,
    verify_grading::{Bench, Graded, MutantPlan},
    verify_text::render,
};
use crate::{
    challenge::{Canary, Challenge, SuiteLock},
    domain::{Report, Verdict},
    image::Provisioner,
    run::{GradeRequest, Listener, Runner, Shutdown},
    sandbox::{ImagePair, docker::DockerSandbox},
    verify::{
        Estimate, Fate, Repeats, Strength, Subject, SubjectKind, SuiteTime, Turn, Verification,
        subjects, turns,
    },
};

/// What busy cores make of a grading's time, and the part of a suite that a mutant lives to see;
/// for the estimate of the time left alone.
const UNDER_LOAD: f64 = 2.0;
const OF_A_MUTANT: f64 = 0.6;
/// Expected of a suite whose time was not measured.
const UNKNOWN_SUITE: Duration = Duration::from_secs(20);

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit, Failure> {
    let sandbox = context.engine().await?;
    let shutdown = signals::watch(sandbox.clone())?;
    let done = verify_all(context, &args, &sandbox, &shutdown).await;
    sandbox.close().await;
    let done = done?;
    if args.format == Format::Json {
        println!("{}", json!(done));
    }
    if shutdown.drain.is_cancelled() {
        return Err(Failure::interrupted("the matrix shows what was graded until then"));
    }
    Ok(if done.iter().all(|one| one.holds) { Exit::Ok } else { Exit::Below })
}

async fn verify_all(
    context: &Context,
    args: &VerifyArgs,
    sandbox: &Arc<DockerSandbox>,
    shutdown: &Shutdown,
) -> Result<Vec<Verification>, Failure> {
    let ids = if args.all {
        Challenge::ids(&context.roots)?.into_iter().map(|(id, _)| id).collect()
    } else {
        args.ids.clone()
    };
    let known = Challenge::ids(&context.roots)?;
    let is_challenge = |id: &str| known.iter().any(|(known, _)| known == id);
    let number = ids.iter().find(|id| id.parse::<u32>().is_ok() && !is_challenge(id));
    if let (Some(_), Some(number)) = (args.mutants, number) {
        let message = format!("there is no challenge {number}");
        return Err(Failure::usage(
            message,
            format!("for {number} mutants write --mutants={number}"),
        ));
    }
    // What is wrong with the last challenge should not show after an hour with the others.
    let mut trials = Vec::new();
    for id in &ids {
        trials.push(Trial::prepare(context, args, id, sandbox, shutdown).await?);
    }
    for trial in &mut trials {
        trial.time_the_suite(context, shutdown).await?;
    }
    let clock = Clock::new(&trials, context.quiet);
    let mut done = Vec::new();
    for trial in &trials {
        if shutdown.drain.is_cancelled() && !done.is_empty() {
            break;
        }
        let verification = trial.verify(args, &clock).await?;
        if args.format == Format::Human {
            print!("{}", render(&verification));
        }
        done.push(verification);
    }
    Ok(done)
}

/// One challenge that is being verified.
struct Trial<'a> {
    bench: Bench<'a>,
    subjects: Vec<Subject>,
    turns: Vec<Turn>,
    /// The image that makes mutants and what to do with it, where that is asked.
    mutants: Option<(String, MutantPlan)>,
}

impl<'a> Trial<'a> {
    async fn prepare(
        context: &Context,
        args: &VerifyArgs,
        id: &str,
        sandbox: &'a Arc<DockerSandbox>,
        shutdown: &'a Shutdown,
    ) -> Result<Self, Failure> {
        let mut challenge = context.challenge(id)?;
        let equivalents = challenge.equivalents()?;
        let images = async {
            let images = context.images(sandbox, &challenge).await?;
            let shown = progress::image_reporter(context.quiet);
            let provisioner = Provisioner::new(sandbox, &context.home, &shown)?;
            let mutator = match args.mutants {
                Some(_) => Some(provisioner.mutator().await?),
                None => None,
            };
            Ok::<_, Failure>((images, mutator))
        };
        let (images, mutator) = tokio::select! {
            images = images => images?,
            () = shutdown.drain.cancelled() => {
                return Err(Failure::interrupted("the images that are ready are kept"));
            }
        };
        if args.seal {
            seal(sandbox, &mut challenge, &images).await?;
            eprintln!("sealed {}", challenge.lock_path().display());
        }
        check_lock(context, &challenge)?;
        let wanted = |subject: &Subject| {
            args.only.is_empty() || args.only.iter().any(|prefix| subject.name.starts_with(prefix))
        };
        let all = subjects(&challenge)?;
        let names = all.iter().map(|subject| subject.name.as_str()).collect::<Vec<_>>().join(", ");
        let subjects: Vec<Subject> = all.into_iter().filter(wanted).collect();
        if subjects.is_empty() {
            let message =
                format!("nothing of {id} has a name that starts with what --only asks for");
            return Err(Failure::usage(message, format!("the names are {names}")));
        }
        let repeats = Repeats {
            right: args.repeat,
            wrong: args.repeat_wrong,
            cap: challenge.manifest.verify.repeat,
            load: args.load,
        };
        let plan = |count| MutantPlan { count, seed: args.mutant_seed, equivalents };
        Ok(Self {
            turns: turns(&subjects, &repeats),
            subjects,
            mutants: mutator.zip(args.mutants.map(plan)),
            bench: Bench {
                sandbox,
                challenge: Arc::new(challenge),
                images,
                shutdown,
                jobs: args.jobs,
                shuffle: args.shuffle,
                reference: None,
            },
        })
    }

    fn id(&self) -> &str {
        self.bench.challenge.manifest.id.as_str()
    }

    /// Grades the reference with nothing else running. That is its first repeat, too.
    async fn time_the_suite(
        &mut self,
        context: &Context,
        shutdown: &Shutdown,
    ) -> Result<(), Failure> {
        let among = self.subjects.iter().position(|one| one.kind == SubjectKind::Reference);
        if (among.is_none() && self.mutants.is_none()) || shutdown.drain.is_cancelled() {
            return Ok(());
        }
        let all = subjects(&self.bench.challenge)?;
        let turn = all.iter().position(|one| one.kind == SubjectKind::Reference);
        let turn = turn.map(|subject| Turn { subject, seed: 1, load: false });
        let prefix = self.id().to_owned();
        let ended = move |report: &Report| Ended {
            name: format!("{prefix} {}", report.submission),
            result: format!("{}, alone", table::result(report)),
            left: None,
        };
        let listener = progress::reporter(1, context.quiet, Arc::new(ended));
        let graded = self.bench.grade_as_shipped(1, &all, turn.as_slice(), listener).await?;
        self.bench.reference = graded.into_iter().next().and_then(|(_, report)| report);
        let first = |turn: &Turn| Some(turn.subject) == among && !turn.load && turn.seed == 1;
        if self.bench.reference.is_some() {
            self.turns.retain(|turn| !first(turn));
        }
        Ok(())
    }

    async fn verify(&self, args: &VerifyArgs, clock: &Clock) -> Result<Verification, Failure> {
        let mut reports: Vec<Graded> = Vec::new();
        let among = self.subjects.iter().position(|one| one.kind == SubjectKind::Reference);
        reports
            .extend(among.zip(self.bench.reference.clone()).map(|(at, report)| (at, Some(report))));
        let expected = self.of_each(&self.turns);
        let listener = clock.listener(self.id(), self.turns.len(), expected, table::result);
        reports.extend(self.bench.grade(&self.subjects, &self.turns, listener).await?);
        let matrix = self.bench.matrix(&self.subjects, &reports);
        let limit = self.bench.challenge.manifest.verify.suite_time;
        let suite_time = self.bench.reference.as_ref().filter(|report| report.score.is_some());
        let suite_time = suite_time.map(|report| SuiteTime::new(report.resources.wall_ms, limit));
        let mutation = match &self.mutants {
            None => None,
            Some((image, plan)) => Some(self.strength(image, plan, clock).await?),
        };
        Ok(Verification::new(matrix, suite_time, mutation, args.strict_time))
    }

    async fn strength(
        &self,
        image: &str,
        plan: &MutantPlan,
        clock: &Clock,
    ) -> Result<Strength, Failure> {
        let unmeasured = |reason| Ok(Strength::unmeasured(plan.seed, reason));
        let Some(reference) = &self.bench.reference else {
            return unmeasured("the run was stopped");
        };
        if reference.verdict != Verdict::Graded || reference.score != Some(100.0) {
            return unmeasured("the reference itself does not pass");
        }
        let fate = |report: &Report| match Fate::of(Some(report)) {
            Fate::Killed { by } => format!("killed by {by}"),
            Fate::NotGraded { reason } => format!("not graded: {reason}"),
            _ => "survived".into(),
        };
        let listener = |count: usize| {
            clock.skip(self.of_a_mutant() * plan.count.saturating_sub(count as u32));
            clock.listener(self.id(), count, self.of_a_mutant(), fate)
        };
        self.bench.strength(image, plan, reference, listener).await
    }

    /// What a grading takes of the run's time, as far as is known: its pair does what several pairs did
    /// for the reference, and others run beside it.
    fn suite(&self) -> Duration {
        let as_shipped = self.bench.reference.as_ref().map_or(UNKNOWN_SUITE, |report| {
            Duration::from_millis(report.resources.wall_ms.max(1000))
        });
        let lanes = self.bench.challenge.manifest.limits.lanes;
        as_shipped.mul_f64(lanes as f64 / self.bench.at_a_time() as f64)
    }

    /// What one of `turns` takes on average.
    fn of_each(&self, turns: &[Turn]) -> Duration {
        let loaded = turns.iter().filter(|turn| turn.load).count() as f64;
        let share = loaded / turns.len().max(1) as f64;
        self.suite().mul_f64(1.0 + share * (UNDER_LOAD - 1.0))
    }

    fn of_a_mutant(&self) -> Duration {
        self.suite().mul_f64(OF_A_MUTANT)
    }

    /// What everything that is still to be graded would take.
    fn expected(&self) -> Duration {
        let mutants = self.mutants.as_ref().map_or(0, |(_, plan)| plan.count);
        self.of_each(&self.turns) * u32::try_from(self.turns.len()).unwrap_or(u32::MAX)
            + self.of_a_mutant() * mutants
    }
}

/// Tells how long the rest of all challenges takes.
struct Clock {
    begun: Instant,
    estimate: Arc<Mutex<Estimate>>,
    quiet: bool,
}

impl Clock {
    fn new(trials: &[Trial<'_>], quiet: bool) -> Self {
        let all: Duration = trials.iter().map(Trial::expected).sum();
        let estimate = Estimate::new(all);
        if !quiet && trials.len() > 1 {
            eprintln!("about {} for all", progress::rough(estimate.left(Duration::ZERO)));
        }
        Self { begun: Instant::now(), estimate: Arc::new(Mutex::new(estimate)), quiet }
    }

    /// What was expected and turns out not to be done.
    fn skip(&self, expected: Duration) {
        self.estimate.lock().unwrap_or_else(PoisonError::into_inner).done(expected);
    }

    fn listener(
        &self,
        prefix: &str,
        total: usize,
        expected: Duration,
        result: impl Fn(&Report) -> String + Send + Sync + 'static,
    ) -> Listener {
        let (begun, estimate) = (self.begun, self.estimate.clone());
        let prefix = prefix.to_owned();
        let ended = move |report: &Report| {
            let mut estimate = estimate.lock().unwrap_or_else(PoisonError::into_inner);
            estimate.done(expected);
            Ended {
                name: format!("{prefix} {}", report.submission),
                result: result(report),
                left: Some(estimate.left(begun.elapsed())),
            }
        };
        progress::reporter(total, self.quiet, Arc::new(ended))
    }
}

/// Without a lock that fits there is nothing to grade.
fn check_lock(context: &Context, challenge: &Challenge) -> Result<(), Failure> {
    let wrong = match &challenge.lock {
        None => "the hidden suite has no suite.lock".to_owned(),
        Some(lock) => match lock.check(&challenge.manifest, &challenge.suite) {
            Ok(()) => return Ok(()),
            Err(mismatch) => {
                let differences: Vec<_> =
                    mismatch.differences.iter().map(ToString::to_string).collect();
                format!("suite.lock does not fit: {}", differences.join("; "))
            }
        },
    };
    let id = &challenge.manifest.id;
    Err(Failure {
        exit: Exit::Author,
        message: format!("{id}: {wrong}"),
        remedy: format!("run `{} challenge verify {id} --seal`", context.program()),
    })
}

/// Collects the suite, seals what it collects to, and writes the lock.
pub(super) async fn seal(
    sandbox: &Arc<DockerSandbox>,
    challenge: &mut Challenge,
    images: &ImagePair,
) -> Result<(), Failure> {
    let runner = Runner::new(sandbox.clone(), crate::run::silent()).await?;
    // Collection needs a submission only for the type; the judge never sees it.
    let shutdown = Shutdown::default();
    let bench = Bench {
        sandbox,
        challenge: Arc::new(challenge.clone()),
        images: images.clone(),
        shutdown: &shutdown,
        jobs: None,
        shuffle: false,
        reference: None,
    };
    let submission = Arc::new(bench.open("reference")?);
    let request = GradeRequest::new(bench.challenge.clone(), submission, 0, images.clone());
    let author = |message: String| Failure {
        exit: Exit::Author,
        message,
        remedy: "challenges/AUTHORING.md says what a suite must look like".into(),
    };
    let tests = runner.collect(&request).await?.map_err(author)?;
    let canary = kept_canary(challenge).unwrap_or_else(Canary::random);
    let lock = SuiteLock::seal(&challenge.manifest, &challenge.suite, &tests, canary)
        .map_err(|error| author(error.to_string()))?;
    lock.save(&challenge.lock_path()).map_err(|error| author(error.to_string()))?;
    challenge.lock = Some(lock);
    Ok(())
}

/// That of the lock that is there, while it seals the same suite: sealing again changes nothing then.
fn kept_canary(challenge: &Challenge) -> Option<Canary> {
    let lock = challenge.lock.as_ref()?;
    (lock.suite_sha256 == challenge.suite.sha256).then(|| lock.canary.clone())
}
