use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::judges::KEPT;
use crate::{
    challenge::Challenge,
    domain::Digest,
    sandbox::{ContainerLimits, ContainerSpec, ImagePair, Role, Tmpfs},
    submission::Submission,
    wire::{CallLimits, ToAgent},
};

const MIB: u64 = 1024 * 1024;
/// The judge holds pytest, the suite and its servers; hostile values are capped before they reach it.
const JUDGE_MEMORY_BYTES: u64 = 768 * MIB;
/// Containers of a run that its owner lost are free for any reaper this long after its deadline.
const REAP_MARGIN: Duration = Duration::from_secs(300);
/// First user id of the containers; far from those of people and system services.
const FIRST_UID: u32 = 40_000;
const UIDS: u32 = 10_000;

/// One submission to be graded by one challenge.
#[derive(Debug, Clone)]
pub struct GradeRequest {
    /// Unique to this grading.
    pub grading_id: String,
    /// The challenge, sealed.
    pub challenge: Arc<Challenge>,
    /// The submission, as intake made it.
    pub submission: Arc<Submission>,
    /// Seed of the data that the suite generates.
    pub seed: u64,
    /// The images.
    pub images: ImagePair,
    /// The order of the tests.
    pub order: TestOrder,
    /// Whether the first test that does not pass ends the grading: what has not run by then is
    /// `not_run`, and the score says nothing.
    pub stop_at_first_failure: bool,
    /// Whether the challenge's timing plans for gradings are carried out.
    pub timed: bool,
    /// The cores of its containers, where they are not free to run on any.
    pub pinned: Option<Pinned>,
}

/// Which cores the two sides have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The judge's.
    pub judge: Vec<u32>,
    /// The candidate's.
    pub candidate: Vec<u32>,
}

/// In which order tests run. A sound suite gives the same outcomes in any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TestOrder {
    /// As collected; units with more tests first.
    #[default]
    Collected,
    /// Units, and tests within a unit, in an order drawn from this seed.
    Shuffled(u64),
    /// Units that took less time, by the duration of their tests in milliseconds, come first: where
    /// one failure is enough, it comes soonest.
    ShortestFirst(Arc<BTreeMap<String, u64>>),
}

impl GradeRequest {
    /// A request with a new id, which sorts by time.
    pub fn new(
        challenge: Arc<Challenge>,
        submission: Arc<Submission>,
        seed: u64,
        images: ImagePair,
    ) -> Self {
        Self {
            grading_id: new_grading_id(),
            challenge,
            submission,
            seed,
            images,
            order: TestOrder::default(),
            stop_at_first_failure: false,
            timed: false,
            pinned: None,
        }
    }

    pub(super) fn call_limits(&self) -> CallLimits {
        call_limits(&self.challenge)
    }

    pub(super) fn judge_spec(&self) -> ContainerSpec {
        let cores = self.pinned.as_ref().map(|pinned| pinned.judge.clone());
        ContainerSpec { cores, ..judge_spec(&self.challenge, &self.images, &self.grading_id) }
    }

    pub(super) fn candidate_spec(&self, judge_container: &str) -> ContainerSpec {
        let limits = &self.challenge.manifest.limits;
        let writable = |path| Tmpfs { path, bytes: limits.work, inodes: limits.inodes };
        ContainerSpec {
            role: Role::Candidate,
            image: self.images.candidate.clone(),
            module: "takehome_agent",
            join: Some(judge_container.to_owned()),
            uid: next_uid(),
            limits: ContainerLimits {
                memory_bytes: limits.memory,
                // One core is a limit of its own; a quota beside it would stop what is timed.
                cpus: self
                    .pinned
                    .as_ref()
                    .map_or(limits.cpus, |pinned| pinned.candidate.len() as f64 + 1.0),
                pids: limits.pids,
            },
            tmpfs: vec![
                writable("/work"),
                writable("/state"),
                writable("/tmp"),
                Tmpfs { path: "/dev/shm", bytes: 16 * MIB, inodes: 256 },
            ],
            run: self.grading_id.clone(),
            cores: self.pinned.as_ref().map(|pinned| pinned.candidate.clone()),
            seeded_layout: self.pinned.is_some(),
            lifetime: limits.grading_timeout + KEPT + REAP_MARGIN,
        }
    }

    /// What the agent can be told before there is a submission.
    pub(super) fn prepare(&self) -> ToAgent {
        let dependencies = &self.challenge.manifest.dependencies;
        ToAgent::Prepare {
            preload: dependencies.preload.clone(),
            warm_programs: dependencies.warm_programs,
            env: candidate_env(),
            limits: self.call_limits(),
        }
    }

    /// The seed that the candidate's side is told: the judge's cannot be computed from it.
    pub(super) fn candidate_seed(&self) -> u64 {
        self.seed_for("candidate")
    }

    /// The seed that the suite makes its data from. Even a small `--seed` cannot be guessed and tried,
    /// because a secret of the challenge goes into it.
    pub(super) fn judge_seed(&self) -> u64 {
        self.seed_for("judge")
    }

    fn seed_for(&self, role: &str) -> u64 {
        let text = format!("{role} {} {}", self.seed, self.challenge.secret());
        u64::from_str_radix(&Digest::of(text.as_bytes()).short(12), 16).unwrap_or(0)
    }

    /// Further modules for the agent to import: a library that the submission never names would only
    /// cost.
    pub(super) fn named_preload(&self) -> Vec<String> {
        let named = &self.challenge.manifest.dependencies.preload_if_named;
        let named = named.iter().filter(|(word, _)| self.submission.mentions(word));
        named.flat_map(|(_, modules)| modules).cloned().collect()
    }
}

/// Environment of the candidate's processes; an allow-list, so nothing of ours leaks.
fn candidate_env() -> BTreeMap<String, String> {
    BTreeMap::from([("LANG".into(), "C.UTF-8".into())])
}

pub(super) fn call_limits(challenge: &Challenge) -> CallLimits {
    let limits = &challenge.manifest.limits;
    CallLimits {
        call_timeout_s: limits.call_timeout.as_secs_f64(),
        output_bytes: limits.output,
        value_bytes: 8 * MIB,
    }
}

pub(super) fn judge_spec(challenge: &Challenge, images: &ImagePair, run: &str) -> ContainerSpec {
    let writable = |path| Tmpfs { path, bytes: 128 * MIB, inodes: 20_000 };
    ContainerSpec {
        role: Role::Judge,
        image: images.judge.clone(),
        module: "takehome_pytest.judge",
        join: None,
        uid: next_uid(),
        limits: ContainerLimits { memory_bytes: JUDGE_MEMORY_BYTES, cpus: 2.0, pids: 1024 },
        tmpfs: vec![writable("/suite"), writable("/tmp")],
        run: run.to_owned(),
        cores: None,
        seeded_layout: false,
        lifetime: challenge.manifest.limits.grading_timeout + KEPT + REAP_MARGIN,
    }
}

/// Sorts by time; unique without coordination (RFC 9562, version 7).
pub(super) fn new_grading_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A user id that no other container of this process has, so that two candidates share no limit
/// or permission that the kernel keeps per user.
pub(super) fn next_uid() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Two processes start at different places.
    let start = std::process::id().wrapping_mul(97);
    FIRST_UID + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % UIDS
}
