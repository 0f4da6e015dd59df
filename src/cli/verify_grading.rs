//! The gradings that verification is made of.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    context::workers,
    exit::{Exit, Failure},
    grade,
};
use crate::{
    challenge::{Challenge, Equivalent},
    domain::Report,
    run::{
        GradeRequest, Job, Listener, MutatorError, Runner, Shutdown, TestOrder, make_mutants,
        run_batch,
    },
    sandbox::{ImagePair, docker::DockerSandbox},
    submission::{IntakeLimits, Submission},
    verify::{
        CpuLoad, Fate, Judged, Matrix, Mutant, Strength, Subject, Turn, at_a_time, doubtful,
        equivalent, mutated_files, sample,
    },
};

/// Seed of the data that mutants are graded with: that of the reference's first grading.
const SEED: u64 = 1;

/// One challenge with everything that it takes to grade by it.
pub(super) struct Bench<'a> {
    pub(super) sandbox: &'a Arc<DockerSandbox>,
    pub(super) challenge: Arc<Challenge>,
    pub(super) images: ImagePair,
    pub(super) shutdown: &'a Shutdown,
    pub(super) jobs: Option<usize>,
    pub(super) shuffle: bool,
    /// The reference, graded as shipped with nothing else running.
    pub(super) reference: Option<Report>,
}

/// A subject's index, and its report unless the run was stopped before.
pub(super) type Graded = (usize, Option<Report>);

impl Bench<'_> {
    /// Grades what `turns` names: without load first, then with it.
    pub(super) async fn grade(
        &self,
        subjects: &[Subject],
        turns: &[Turn],
        listener: Listener,
    ) -> Result<Vec<Graded>, Failure> {
        self.grade_with(self.side_by_side(), subjects, turns, listener).await
    }

    /// Grades what `turns` names as a submission is graded, at most `at_a_time` side by side.
    pub(super) async fn grade_as_shipped(
        &self,
        at_a_time: usize,
        subjects: &[Subject],
        turns: &[Turn],
        listener: Listener,
    ) -> Result<Vec<Graded>, Failure> {
        let limits = &self.challenge.manifest.limits;
        let at_a_time = workers(Some(at_a_time), self.sandbox.facts(), limits);
        self.grade_with((self.challenge.clone(), at_a_time), subjects, turns, listener).await
    }

    async fn grade_with(
        &self,
        (challenge, at_a_time): (Arc<Challenge>, usize),
        subjects: &[Subject],
        turns: &[Turn],
        listener: Listener,
    ) -> Result<Vec<Graded>, Failure> {
        let scratch = tempfile::tempdir().map_err(no_folder)?;
        // What progress calls it.
        let empty = scratch.path().join("empty");
        std::fs::create_dir(&empty).map_err(no_folder)?;
        let runner = Runner::new(self.sandbox.clone(), listener).await?;
        let mut graded = Vec::new();
        for load in [false, true] {
            let turns: Vec<&Turn> = turns.iter().filter(|turn| turn.load == load).collect();
            let _load =
                (load && !turns.is_empty()).then(|| CpuLoad::start(self.sandbox.facts().cpus));
            let jobs: Vec<Job> = turns
                .iter()
                .map(|turn| {
                    let dir = subjects[turn.subject].dir.as_deref().unwrap_or(&empty);
                    let order = match self.shuffle {
                        true => TestOrder::Shuffled(turn.seed),
                        false => TestOrder::default(),
                    };
                    grade::job(&challenge, dir, Some(turn.seed), &self.images, order)
                })
                .collect();
            let results = run_batch(&runner, jobs, at_a_time, self.shutdown).await;
            graded.extend(turns.iter().map(|turn| turn.subject).zip(results));
        }
        Ok(graded)
    }

    /// Gradings that run side by side. Where the reference alone shows how long a suite takes, many
    /// gradings are about throughput: one pair of containers for each, and more gradings at a time.
    fn side_by_side(&self) -> (Arc<Challenge>, usize) {
        let mut challenge = Challenge::clone(&self.challenge);
        let limits = &mut challenge.manifest.limits;
        let lanes = std::mem::replace(&mut limits.lanes, 1);
        limits.grading_timeout *= u32::try_from(lanes).unwrap_or(1);
        let cpus = self.sandbox.facts().cpus;
        let fitting = || at_a_time(cpus, lanes, self.reference.as_ref());
        let asked = self.jobs.unwrap_or_else(fitting);
        let at_a_time = workers(Some(asked), self.sandbox.facts(), limits);
        (Arc::new(challenge), at_a_time)
    }

    /// How many gradings run side by side.
    pub(super) fn at_a_time(&self) -> usize {
        self.side_by_side().1
    }

    /// Sorts reports by subject.
    pub(super) fn matrix(&self, subjects: &[Subject], reports: &[Graded]) -> Matrix {
        let manifest = &self.challenge.manifest;
        let groups = manifest.groups.iter().map(|group| group.name.clone()).collect();
        Matrix::new(manifest.id.as_str(), groups, subjects, reports)
    }

    /// Makes mutants of the reference and grades a sample of them, each to its first failure.
    /// `begun` is told how many there are to grade, and gives the listener.
    pub(super) async fn strength(
        &self,
        image: &str,
        plan: &MutantPlan,
        reference: &Report,
        begun: impl FnOnce(usize) -> Listener,
    ) -> Result<Strength, Failure> {
        let solution = self.open("reference")?;
        let files = mutated_files(&solution, self.open("starter").ok().as_ref());
        let made = make_mutants(&**self.sandbox, image, &solution.tar, files.clone())
            .await
            .map_err(|error| match error {
                MutatorError::Sandbox(error) => error.into(),
                other => Failure {
                    exit: Exit::Author,
                    message: other.to_string(),
                    remedy: "correct the reference".into(),
                },
            })?;
        let dropped = made.dropped;
        let all = Mutant::check(made, &files, &solution).map_err(|message| Failure {
            exit: Exit::Infra,
            message: format!("a mutant cannot be right: {message}"),
            remedy: "report this with the challenge".into(),
        })?;
        let possible = all.len();
        let (stale, unclear) = doubtful(&plan.equivalents, &all);
        if possible == 0 {
            return Ok(Strength::unmeasured(plan.seed, "there is nothing to mutate"));
        }
        let mutants = sample(all, plan.count as usize, plan.seed);
        let marked = |mutant: &Mutant| equivalent(&plan.equivalents, mutant);
        let to_grade: Vec<&Mutant> =
            mutants.iter().filter(|mutant| marked(mutant).is_none()).collect();
        let reports = self.grade_mutants(&solution, &to_grade, reference, begun).await?;
        let mut reports = reports.into_iter();
        let judged = mutants
            .iter()
            .map(|mutant| {
                let fate = match marked(mutant) {
                    Some(entry) => Fate::Equivalent { reason: entry.reason.clone() },
                    None => Fate::of(reports.next().flatten().as_ref()),
                };
                Judged { mutant: mutant.clone(), fate }
            })
            .collect();
        let strength = Strength::new(plan.seed, possible, dropped, judged);
        Ok(Strength { stale, unclear, ..strength })
    }

    async fn grade_mutants(
        &self,
        solution: &Submission,
        mutants: &[&Mutant],
        reference: &Report,
        begun: impl FnOnce(usize) -> Listener,
    ) -> Result<Vec<Option<Report>>, Failure> {
        let runner = Runner::new(self.sandbox.clone(), begun(mutants.len())).await?;
        let took: BTreeMap<String, u64> =
            reference.tests.iter().map(|test| (test.id.clone(), test.duration_ms)).collect();
        let order = TestOrder::ShortestFirst(Arc::new(took));
        let (challenge, at_a_time) = self.side_by_side();
        let jobs = mutants
            .iter()
            .map(|mutant| {
                let submission = Arc::new(mutant.apply(solution));
                let images = self.images.clone();
                let request = GradeRequest::new(challenge.clone(), submission, SEED, images);
                let order = order.clone();
                Job::Grade(Arc::new(GradeRequest { order, stop_at_first_failure: true, ..request }))
            })
            .collect();
        Ok(run_batch(&runner, jobs, at_a_time, self.shutdown).await)
    }

    /// A folder of the challenge as a submission.
    pub(super) fn open(&self, folder: &str) -> Result<Submission, Failure> {
        let required = &self.challenge.manifest.interface.required;
        let limits = IntakeLimits::default().with_anchors(required);
        Submission::open(&self.challenge.dir.join(folder), &limits).map_err(|refusal| Failure {
            exit: Exit::Author,
            message: format!("the {folder} is refused: {refusal}"),
            remedy: refusal.remedy(),
        })
    }
}

fn no_folder(error: std::io::Error) -> Failure {
    Failure {
        exit: Exit::Infra,
        message: format!("could not make an empty folder: {error}"),
        remedy: "free some space in the temporary directory".into(),
    }
}

/// Which mutants to grade.
pub(super) struct MutantPlan {
    pub(super) count: u32,
    pub(super) seed: u64,
    pub(super) equivalents: Vec<Equivalent>,
}
