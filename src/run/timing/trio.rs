use std::{sync::Arc, time::Duration};

use super::{TimeError, TimeRequest, collect::Given, pinned};
use crate::{
    challenge::TimingPlan,
    domain::timing::{Order, TimingFailure},
    run::{
        candidates::{Candidate, Door},
        judges::{Judge, Suite, unexpected},
        link::Link,
        plan::GradeRequest,
    },
    sandbox::{Sandbox, SandboxError},
    timing::Turn,
    wire::{FromJudge, Reading, ToJudge},
};

const CONNECT: Duration = Duration::from_secs(60);
/// More pairs than fit into any process pair.
const MOST_PAIRS: usize = 1024;
/// From 1 to a million tasks in a sample.
const DOUBLINGS: usize = 21;
const CALIBRATION_S: f64 = 30.0;

/// A judge, and a container for each of the two solutions, both in its network namespace.
pub(super) struct Trio {
    sandbox: Arc<dyn Sandbox>,
    candidate_request: GradeRequest,
    reference_request: GradeRequest,
    plan: TimingPlan,
    judge: Option<Judge>,
    sides: Vec<Candidate>,
}

impl Trio {
    pub(super) fn new(sandbox: Arc<dyn Sandbox>, request: &TimeRequest) -> Self {
        let of = |submission| GradeRequest {
            pinned: pinned(&request.cores),
            ..GradeRequest::new(
                request.challenge.clone(),
                submission,
                request.plan.plan.seed,
                request.images.clone(),
            )
        };
        Self {
            sandbox,
            candidate_request: of(request.candidate.clone()),
            reference_request: of(request.reference.clone()),
            plan: request.plan.clone(),
            judge: None,
            sides: Vec::new(),
        }
    }

    /// Starts the three and introduces them to each other.
    pub(super) async fn open(&mut self) -> Result<(), TimeError> {
        let judge = Judge::launch(&*self.sandbox, &self.candidate_request).await?;
        let id = judge.link.id().to_owned();
        self.judge = Some(judge);
        for request in [&self.candidate_request, &self.reference_request] {
            self.sides.push(Candidate::launch(&*self.sandbox, request, &id).await?);
        }
        let judge = self.judge.as_mut().ok_or_else(closed)?;
        if let Suite::Broken(message) = judge.collect().await? {
            return Err(TimeError::Driver(message));
        }
        judge.begin(&self.candidate_request).await?;
        let requests = [&self.candidate_request, &self.reference_request];
        for (number, (side, request)) in self.sides.iter_mut().zip(requests).enumerate() {
            let Door { port, token } = side.hand_over(request).await?;
            let message = match number {
                0 => ToJudge::Candidate { port, token },
                _ => ToJudge::Reference { port, token },
            };
            match ask(&mut judge.link, &message, CONNECT).await? {
                FromJudge::Connected => {}
                other => return Err(unexpected(&other).into()),
            }
        }
        let message = ToJudge::Timing {
            kind: self.plan.kind.as_str(),
            driver: self.plan.driver.clone(),
            target: self.plan.target.clone().unwrap_or_default(),
        };
        match ask(&mut judge.link, &message, CONNECT).await? {
            FromJudge::TimingReady => Ok(()),
            FromJudge::Broken { message } => Err(TimeError::Driver(message)),
            other => Err(unexpected(&other).into()),
        }
    }

    /// Runs one pair of processes. The inner error is the side that did not do its task.
    pub(super) async fn process_pair(
        &mut self,
        plan: &TimingPlan,
        turn: Turn,
        inner: u32,
    ) -> Result<Result<Given, TimingFailure>, TimeError> {
        let pairs: Vec<_> = turn.pairs().take(MOST_PAIRS).collect();
        let message = ToJudge::Measure {
            size: plan.plan.sizes[turn.size_index],
            hash_seed: turn.hash_seed,
            inner,
            seed: self.seed(&format!(
                "{}:{:?}",
                turn.index,
                pairs.first().map(|pair| pair.input_seed)
            )),
            orders: pairs.iter().map(|pair| pair.order).collect(),
            seconds: plan.plan.process_pair_s,
            alone: false,
        };
        self.measure(&message).await
    }

    /// Samples of the reference with 1, 2, 4… tasks in one process, until one is long enough.
    pub(super) async fn doubling(
        &mut self,
        plan: &TimingPlan,
        size: u64,
    ) -> Result<Vec<Reading>, TimeError> {
        let message = ToJudge::Measure {
            size,
            hash_seed: 1,
            inner: 1,
            seed: self.seed(&format!("calibration:{size}")),
            orders: vec![Order::Ab; DOUBLINGS],
            seconds: CALIBRATION_S.max(plan.plan.process_pair_s),
            alone: true,
        };
        match self.measure(&message).await? {
            Ok(given) => Ok(given.pairs.into_iter().map(|pair| pair.reference).collect()),
            Err(failure) => Err(TimeError::Reference(failure.message)),
        }
    }

    /// Removes the containers: first those that live in the judge's network namespace.
    pub(super) async fn remove(&mut self) -> Result<(), SandboxError> {
        let mut first = Ok(());
        for side in self.sides.drain(..) {
            first = first.and(side.link.remove().await.map(drop));
        }
        match self.judge.take() {
            Some(judge) => first.and(judge.remove().await.map(drop)),
            None => first,
        }
    }

    async fn measure(
        &mut self,
        message: &ToJudge,
    ) -> Result<Result<Given, TimingFailure>, TimeError> {
        let bound = self.candidate_request.challenge.manifest.limits.grading_timeout;
        let judge = self.judge.as_mut().ok_or_else(closed)?;
        match ask(&mut judge.link, message, bound).await? {
            FromJudge::Measured { pairs, whole } => Ok(Ok(Given { pairs, whole })),
            FromJudge::Unmeasured { side, message, .. } => {
                Ok(Err(TimingFailure { side: Some(side), message: crate::grade::plain(&message) }))
            }
            FromJudge::Broken { message } => Err(TimeError::Driver(message)),
            other => Err(unexpected(&other).into()),
        }
    }

    /// What inputs are made from: nobody who knows only the plan's seed can compute them.
    fn seed(&self, of: &str) -> String {
        format!("{}:{of}", self.candidate_request.judge_seed())
    }
}

async fn ask(
    link: &mut Link,
    message: &ToJudge,
    bound: Duration,
) -> Result<FromJudge, SandboxError> {
    link.send(message).await.map_err(|error| error.during("timing"))?;
    link.receive_within(bound).await.map_err(|error| error.during("timing"))
}

fn closed() -> SandboxError {
    SandboxError::Stalled("a timing that is closed".into())
}
