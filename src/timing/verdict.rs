//! From an interval to a word. Everything is decided on logarithms, so that swapping the sides swaps
//! faster and slower and changes nothing else.
//!
//! With `b` = ln(1 + band), an interval at most `b / 2` wide that lies wholly beyond `b / 2` is slower (or
//! faster). Any other of that width lies wholly within the band: it begins below `b / 2`, so it ends below
//! `b`. That is the same. So half the band is the only width at which every interval gets exactly one
//! word. A true difference of the whole band is half a band away from the edge, which is what makes it
//! findable.
//!
//! A wider interval is slower or faster where the surer one of [`EARLY_CONFIDENCE`] lies wholly beyond
//! `b / 2`: the direction is not in doubt. The 95 % interval would not do here, because a measurement
//! that is too noisy goes on, and each look at it would be another chance of a false alarm.

use super::{
    interval::{CONFIDENCE, EARLY_CONFIDENCE, Interval},
    null::null,
    ratio::log_ratio,
};
use crate::domain::timing::{Doubt, Measurement, Plan, TimingVerdict};

/// How far the reference may be from itself, as a share.
pub const NULL_MOST: f64 = 0.01;
/// How much of the core's time the hypervisor may give to others.
pub const STEAL_MOST: f64 = 0.10;

/// The verdict, and why it is too noisy where it is. Too noisy never lowers a mark.
pub fn verdict(measurement: &Measurement, plan: &Plan) -> (TimingVerdict, Vec<Doubt>) {
    let mut doubts = disturbances(measurement, plan);
    let ratio = |confidence| log_ratio(measurement, plan, plan.clock, confidence);
    let both = ratio(CONFIDENCE).and_then(|interval| Ok((interval, ratio(EARLY_CONFIDENCE)?)));
    let word = match both {
        Err(why) => {
            doubts.insert(0, Doubt::NoRatio { why });
            None
        }
        Ok((interval, surer)) => {
            let word = word(&interval, &surer, plan.band);
            if word.is_none() {
                // JSON has no word for what is endless.
                let width = interval.width().exp_m1().min(f64::MAX);
                let most = half_band(plan.band).exp_m1();
                doubts.push(Doubt::WideInterval { width, most });
            }
            word
        }
    };
    match word {
        Some(word) if doubts.is_empty() => (word, doubts),
        _ => (TimingVerdict::TooNoisy, doubts),
    }
}

/// What makes any interval worthless.
pub(super) fn disturbances(measurement: &Measurement, plan: &Plan) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let n = measurement.of_size(plan.main_size).count() as u32;
    if n < plan.least_process_pairs {
        doubts.push(Doubt::FewProcessPairs { n, least: plan.least_process_pairs });
    }
    match null(measurement, plan) {
        None => doubts.push(Doubt::NoNull),
        Some(null) if null.ratio.ln().abs() > NULL_MOST.ln_1p() => {
            doubts.push(Doubt::NullOff { ratio: null.ratio, most: NULL_MOST });
        }
        Some(_) => {}
    }
    if let Some(share) = measurement.steal_share
        && (share > STEAL_MOST || share.is_nan())
    {
        doubts.push(Doubt::Steal { share, most: STEAL_MOST });
    }
    doubts
}

/// None where the interval is too wide for any.
fn word(interval: &Interval, surer: &Interval, band: f64) -> Option<TimingVerdict> {
    let edge = half_band(band);
    let narrow = interval.width() <= edge;
    let decides = if narrow { interval } else { surer };
    if decides.from > edge {
        Some(TimingVerdict::Slower)
    } else if decides.to < -edge {
        Some(TimingVerdict::Faster)
    } else {
        narrow.then_some(TimingVerdict::Same)
    }
}

/// Half of the band, as a logarithm.
fn half_band(band: f64) -> f64 {
    band.ln_1p() / 2.0
}

/// The interval lies wholly outside the band: more readings would not change the word.
pub(super) fn is_clear(interval: &Interval, band: f64) -> bool {
    let band = band.ln_1p();
    interval.from > band || interval.to < -band
}
