use super::{charge::read, interval::median};
use crate::domain::timing::{Measurement, NullCheck, Plan};

/// The reference compared with itself at the main size, on the plan's clock: ln(odd / even) of each two
/// of its samples that follow one another in a process, the median of each process pair, their mean,
/// exponentiated. 1 where nothing disturbs. None where no process sampled it twice, or a clock stood
/// still.
pub fn null(measurement: &Measurement, plan: &Plan) -> Option<NullCheck> {
    let mut medians = Vec::new();
    for process_pair in measurement.of_size(plan.main_size) {
        let mut calls = Vec::with_capacity(process_pair.pairs.len());
        for pair in &process_pair.pairs {
            let ns = read(&pair.reference, plan.clock);
            if ns == 0 {
                return None;
            }
            calls.push((ns as f64 / f64::from(pair.inner.max(1))).ln());
        }
        let signed = calls.windows(2).enumerate().map(|(place, two)| {
            // The first sample is odd: sample 1.
            if place % 2 == 0 { two[0] - two[1] } else { two[1] - two[0] }
        });
        medians.extend(median(signed.collect()));
    }
    let mean = medians.iter().sum::<f64>() / medians.len() as f64;
    (!medians.is_empty()).then(|| NullCheck { ratio: mean.exp() })
}
