use std::time::Duration;

use super::{
    interval::EARLY_CONFIDENCE,
    ratio::log_ratio,
    schedule::Turn,
    verdict::{disturbances, is_clear, verdict},
};
use crate::domain::timing::{Doubt, Measurement, NoFigure, Plan, StopReason};

/// Process pairs from which it may stop early: the fewest whose signed ranks are sure enough of a charge for
/// imports, without which work that was moved there would look like speed.
pub const EARLY_FROM: u32 = 15;

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Run this process pair, push it to the measurement, and ask again.
    Continue(Turn),
    /// Make the report.
    Stop(StopReason),
}

/// What to do after the process pairs of `measurement`, `elapsed` after the first of them began: first
/// process pairs of the main size until the ratio is settled or `cap_s` is over, then those of the other
/// sizes in turns, until `cap_s` and `growth_cap_s` are over. No cap cuts a process pair short.
pub fn next_step(measurement: &Measurement, plan: &Plan, elapsed: Duration) -> Step {
    let elapsed = elapsed.as_secs_f64();
    let turn =
        |size_index| Step::Continue(Turn::of(plan, measurement.process_pairs.len(), size_index));
    let growth_began =
        measurement.process_pairs.iter().any(|process| process.size_index != plan.main_size);
    let Some(reason) = settled(measurement, plan, growth_began || elapsed >= plan.cap_s) else {
        return turn(plan.main_size);
    };
    if reason == StopReason::Unusable || elapsed >= plan.cap_s + plan.growth_cap_s {
        return Step::Stop(reason);
    }
    let others = (0..plan.sizes.len()).filter(|size_index| *size_index != plan.main_size);
    let fewest = others
        .map(|size_index| (measurement.of_size(size_index).count(), size_index))
        .min()
        .filter(|(count, _)| *count < plan.growth_process_pairs as usize);
    fewest.map_or(Step::Stop(reason), |(_, size_index)| turn(size_index))
}

/// Why no more process pairs of the main size are run; none where they are.
fn settled(measurement: &Measurement, plan: &Plan, time_is_up: bool) -> Option<StopReason> {
    let n = measurement.of_size(plan.main_size).count() as u32;
    let (_, doubts) = verdict(measurement, plan);
    let unusable = |doubt: &Doubt| match doubt {
        Doubt::NoRatio { why } => !matches!(why, NoFigure::TooFewProcessPairs { .. }),
        _ => false,
    };
    if doubts.iter().any(unusable) {
        return Some(StopReason::Unusable);
    }
    if n >= plan.process_pairs && doubts.is_empty() {
        let late = n > plan.process_pairs;
        return Some(if late { StopReason::Extended } else { StopReason::Planned });
    }
    if n < plan.process_pairs
        && n >= plan.least_process_pairs.max(EARLY_FROM)
        && early(measurement, plan)
    {
        return Some(StopReason::Early);
    }
    if n >= plan.most_process_pairs {
        return Some(StopReason::MostProcessPairs);
    }
    time_is_up.then_some(StopReason::Cap)
}

fn early(measurement: &Measurement, plan: &Plan) -> bool {
    disturbances(measurement, plan).is_empty()
        && log_ratio(measurement, plan, plan.clock, EARLY_CONFIDENCE)
            .is_ok_and(|interval| is_clear(&interval, plan.band))
}
