//! Times a submission beside another solution: three containers, one of them the judge's, and the
//! protocol of docs/timing.md between them.

mod calibrating;
mod collect;
mod graded;
mod lane;
mod trio;

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

pub(super) use graded::of_grading;
pub use lane::{HeldLane, LaneError};

use self::{collect::Collected, trio::Trio};
use super::plan::Pinned;
use crate::{
    challenge::{Challenge, TimingPlan},
    domain::timing::{LaneFacts, PlanTiming, Side, StopReason, TimingFailure, TimingReport},
    sandbox::{
        ImagePair, Sandbox, SandboxError,
        lane::{Cores, core_ticks},
    },
    submission::Submission,
    timing::{ClockStoodStill, Step, next_step, report},
};

/// Two solutions of a challenge that are to be compared.
#[derive(Debug, Clone)]
pub struct TimeRequest {
    /// The challenge.
    pub challenge: Arc<Challenge>,
    /// Which of its plans.
    pub plan: TimingPlan,
    /// What is timed.
    pub candidate: Arc<Submission>,
    /// What it is compared with.
    pub reference: Arc<Submission>,
    /// The other's name in the report.
    pub against: String,
    /// The images.
    pub images: ImagePair,
    /// What runs where.
    pub cores: Cores,
    /// How long the lane had to be waited for.
    pub waited: Duration,
    /// Whether gradings are kept off the timed core.
    pub alone: bool,
}

/// Why there is no timing.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
    /// The engine, or the machine.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The author's driver or suite.
    #[error("the timing plan cannot be carried out: {0}")]
    Driver(String),
    /// The reference did not do its own task.
    #[error("the reference failed while it was timed: {0}")]
    Reference(String),
    /// The task is too small for any clock.
    #[error(transparent)]
    Clock(#[from] ClockStoodStill),
    /// Somebody said so.
    #[error("the timing was stopped")]
    Stopped,
}

/// How far a timing is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Pairs of processes so far.
    pub process_pairs: usize,
    /// As many will be needed at least.
    pub planned: usize,
}

/// Times one plan. A submission that does not do the task is told in the result; what only the engine
/// or the author can mend is an error.
///
/// # Errors
/// [`TimeError`]; every container is removed all the same.
pub async fn time(
    sandbox: &Arc<dyn Sandbox>,
    request: &TimeRequest,
    stop: &CancellationToken,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<PlanTiming, TimeError> {
    let mut trio = Trio::new(sandbox.clone(), request);
    let measured = tokio::select! {
        measured = measure(&mut trio, request, progress) => measured,
        () = stop.cancelled() => Err(TimeError::Stopped),
    };
    let removed = trio.remove().await;
    let (collected, stopped, failed) = measured?;
    removed?;
    Ok(conclude(request, collected, stopped, failed))
}

/// Process pairs after which everything is started anew. Now and then a pair of containers is off by some per
/// cent for all its life; several of them in a measurement make that part of its spread instead of its result.
const RENEW_AFTER: usize = 10;

type Measured = (Collected, StopReason, Option<TimingFailure>);

async fn measure(
    trio: &mut Trio,
    request: &TimeRequest,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Measured, TimeError> {
    let plan = &request.plan.plan;
    let planned = plan.process_pairs as usize
        + plan.growth_process_pairs as usize * plan.sizes.len().saturating_sub(1);
    let mut collected = Collected::new(
        request.plan.memory,
        LaneFacts {
            host_cores: request.cores.all,
            pinned_core: request.cores.timed,
            alone: request.alone,
            waited_ms: u64::try_from(request.waited.as_millis()).unwrap_or(u64::MAX),
        },
    );
    trio.open().await?;
    let mut inners: Vec<Option<u32>> = vec![None; plan.sizes.len()];
    let ticks = core_ticks(request.cores.timed);
    let mut spent = Duration::ZERO;
    loop {
        if let (Some(before), Some(now)) = (ticks, core_ticks(request.cores.timed)) {
            collected.measurement.steal_share = Some(now.stolen_since(before));
        }
        let turn = match next_step(&collected.measurement, plan, spent) {
            Step::Stop(reason) => return Ok((collected, reason, None)),
            Step::Continue(turn) => turn,
        };
        if turn.index > 0 && turn.index.is_multiple_of(RENEW_AFTER) {
            trio.remove().await?;
            trio.open().await?;
        }
        let inner = match inners[turn.size_index] {
            Some(inner) => inner,
            None => {
                let found = calibrating::inner(trio, &request.plan, turn.size_index).await?;
                *inners[turn.size_index].insert(found)
            }
        };
        match trio.process_pair(&request.plan, turn, inner).await? {
            Ok(pair) => {
                // What the engine, calibration and starts of processes take is not the plan's.
                spent += pair.sampled();
                collected.add(turn, inner, pair);
            }
            Err(failure) if failure.side == Some(Side::Reference) => {
                return Err(TimeError::Reference(failure.message));
            }
            Err(failure) => return Ok((collected, StopReason::Unusable, Some(failure))),
        }
        let process_pairs = collected.measurement.process_pairs.len();
        progress(Progress { process_pairs, planned: planned.max(process_pairs) });
    }
}

fn conclude(
    request: &TimeRequest,
    collected: Collected,
    stopped: StopReason,
    failed: Option<TimingFailure>,
) -> PlanTiming {
    let plan = &request.plan;
    let (ideal, latency_us) = (collected.ideal(plan.plan.main_size), collected.latency_us());
    let report: Option<TimingReport> =
        failed.is_none().then(|| report(collected.measurement, plan.plan.clone(), stopped));
    PlanTiming {
        name: plan.name.clone(),
        summary: plan.summary.clone(),
        unit: plan.unit.clone(),
        against: request.against.clone(),
        report,
        failed,
        ideal,
        latency_us,
    }
}

/// Where the two sides and the judge run.
fn pinned(cores: &Cores) -> Option<Pinned> {
    let core = cores.timed?;
    Some(Pinned { judge: cores.others.clone(), candidate: vec![core] })
}
