use super::{
    charge::{Charged, uncharged},
    interval::{CONFIDENCE, Interval, median},
    laws::laws,
};
use crate::domain::timing::{Growth, Measurement, NoFigure, Plan, SideGrowth, Sides, SizeTimes};

/// Sizes without which there is no growth: a law has two unknowns.
const LEAST_SIZES: u32 = 3;
/// Process pairs of a size without which it does not count.
const LEAST_PROCESS_PAIRS: usize = 2;

/// The times of one process pair.
struct Times {
    log_size: f64,
    least_ns: Sides<f64>,
    log_ratio: f64,
}

/// How the time of one call grows with the size, on the plan's clock.
///
/// A side's time at a size is the least of one call: what disturbs only ever adds, and the host's faster
/// phase is the same for every size (Chen and Revels, 2016). A side's exponent is the slope of the line
/// through log time over log size, one point a process pair. The difference of the exponents is the slope
/// of the log ratios, which need no least because both sides of a pair share the host's phase. It is growth of
/// the calls alone: what is done at import is charged in the ratio, and would flatten every law.
///
/// # Errors
/// [`NoFigure`] for fewer than three sizes with two process pairs each, a process pair without pairs, or
/// a clock that stood still.
pub fn growth(measurement: &Measurement, plan: &Plan) -> Result<Growth, NoFigure> {
    let (mut sizes, mut all) = (Vec::new(), Vec::new());
    for (size_index, size) in plan.sizes.iter().enumerate() {
        let times: Vec<Times> = uncharged(measurement, size_index, plan.clock)?
            .iter()
            .filter_map(|process_pair| times_of(process_pair, *size))
            .collect();
        if times.len() >= LEAST_PROCESS_PAIRS {
            sizes.push(size_times(*size, &times));
            all.extend(times);
        }
    }
    if sizes.len() < LEAST_SIZES as usize {
        return Err(NoFigure::TooFewSizes { n: sizes.len() as u32, least: LEAST_SIZES });
    }
    let side = |pick: fn(&Sides<f64>) -> f64| SideGrowth {
        exponent: slope(&all, |times| pick(&times.least_ns).ln()).as_slope(),
        laws: laws(
            &sizes
                .iter()
                .map(|times| (times.size as f64, pick(&times.least_ns)))
                .collect::<Vec<_>>(),
        ),
    };
    let sides = Sides {
        candidate: side(|least| least.candidate),
        reference: side(|least| least.reference),
    };
    let difference = slope(&all, |times| times.log_ratio).as_slope();
    Ok(Growth { sizes, sides, difference })
}

fn times_of(process_pair: &Charged<'_>, size: u64) -> Option<Times> {
    let mut least_ns = Sides { candidate: f64::INFINITY, reference: f64::INFINITY };
    for (sides, pair) in process_pair.pairs() {
        let calls = f64::from(pair.inner.max(1));
        least_ns.candidate = least_ns.candidate.min(sides.candidate / calls);
        least_ns.reference = least_ns.reference.min(sides.reference / calls);
    }
    let log_ratio = median(process_pair.logs())?;
    Some(Times { log_size: (size as f64).ln(), least_ns, log_ratio })
}

fn size_times(size: u64, times: &[Times]) -> SizeTimes {
    let least = |pick: fn(&Sides<f64>) -> f64| {
        times.iter().map(|times| pick(&times.least_ns)).fold(f64::INFINITY, f64::min)
    };
    let mean = times.iter().map(|times| times.log_ratio).sum::<f64>() / times.len() as f64;
    SizeTimes {
        size,
        process_pairs: times.len() as u32,
        least_ns: Sides {
            candidate: least(|least| least.candidate),
            reference: least(|least| least.reference),
        },
        ratio: mean.exp(),
    }
}

fn slope(times: &[Times], pick: impl Fn(&Times) -> f64) -> Interval {
    let points: Vec<(f64, f64)> = times.iter().map(|times| (times.log_size, pick(times))).collect();
    Interval::of_slope(&points, CONFIDENCE)
}
