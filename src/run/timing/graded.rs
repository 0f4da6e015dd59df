//! The timing part of a grading.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{HeldLane, LaneError, TimeError, TimeRequest, time};
use crate::{
    challenge::TimingPlan,
    domain::{
        Report, Verdict,
        timing::{PlanTiming, TimingFailure},
    },
    run::{grading::Stop, plan::GradeRequest},
    sandbox::Sandbox,
    submission::{IntakeLimits, Submission},
};

const AGAINST: &str = "reference";
/// A timing of several plans takes minutes, and several gradings may wait for their turn.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Times what was graded, where the challenge's plans ask for it and every test passed: correctness
/// comes first. Whatever goes wrong is told in the result, and changes neither verdict nor score.
///
/// # Errors
/// [`Stop`] when `stop` was cancelled first.
pub(in crate::run) async fn of_grading(
    sandbox: &Arc<dyn Sandbox>,
    request: &GradeRequest,
    report: &Report,
    stop: &CancellationToken,
) -> Result<Option<Vec<PlanTiming>>, Stop> {
    let plans: Vec<&TimingPlan> =
        request.challenge.manifest.timing.iter().filter(|plan| plan.graded).collect();
    let right = report.verdict == Verdict::Graded && report.score == Some(100.0);
    if !request.timed || !right || plans.is_empty() {
        return Ok(None);
    }
    let limits =
        IntakeLimits::default().with_anchors(&request.challenge.manifest.interface.required);
    let reference = match Submission::open(&request.challenge.dir.join("reference"), &limits) {
        Ok(reference) => Arc::new(reference),
        Err(refusal) => {
            let message = format!("the reference cannot be read: {refusal}");
            return Ok(Some(plans.iter().map(|plan| not_timed(plan, &message)).collect()));
        }
    };
    let mut lane = match HeldLane::take(sandbox, stop, PATIENCE, || {}).await {
        Ok(lane) => lane,
        Err(LaneError::Stopped) => return Err(Stop),
        Err(error) => {
            let message = error.to_string();
            return Ok(Some(plans.iter().map(|plan| not_timed(plan, &message)).collect()));
        }
    };
    let mut timings = Vec::new();
    for plan in plans {
        let mut plan = plan.clone();
        plan.plan.seed = request.seed;
        let timed = TimeRequest {
            challenge: request.challenge.clone(),
            candidate: request.submission.clone(),
            reference: reference.clone(),
            against: AGAINST.into(),
            images: request.images.clone(),
            cores: lane.cores.clone(),
            waited: std::mem::take(&mut lane.waited),
            alone: lane.alone,
            plan,
        };
        timings.push(match time(sandbox, &timed, stop, &|_| {}).await {
            Ok(timing) => timing,
            Err(TimeError::Stopped) => {
                lane.release().await;
                return Err(Stop);
            }
            Err(error) => not_timed(&timed.plan, &error.to_string()),
        });
    }
    lane.release().await;
    Ok(Some(timings))
}

fn not_timed(plan: &TimingPlan, message: &str) -> PlanTiming {
    PlanTiming {
        name: plan.name.clone(),
        summary: plan.summary.clone(),
        unit: plan.unit.clone(),
        against: AGAINST.into(),
        report: None,
        failed: Some(TimingFailure { side: None, message: crate::grade::plain(message) }),
        ideal: None,
        latency_us: None,
    }
}
