use super::{
    charge::{Charged, charged},
    interval::{CONFIDENCE, Interval, median},
};
use crate::domain::timing::{Clock, Measurement, NoFigure, Plan, Ratio};

/// The candidate's time as a multiple of the reference's at the plan's main size, on the given clock:
/// ln(candidate / reference) of each pair, the median of each process pair, of these the location by their
/// signed ranks with its exact 95 % interval, exponentiated.
///
/// The median takes care of pairs that the host's speed changed within; none is left out. The interval is
/// over process pairs, because pairs of one process share its memory layout and hash seed. Now and then a
/// process is off by a tenth or a third for all its life: ranks give it its vote and no more, where a mean
/// would follow it and Student's interval would be wide.
///
/// # Errors
/// [`NoFigure`] for fewer than two process pairs, one without pairs, or a clock that stood still.
pub fn ratio(measurement: &Measurement, plan: &Plan, clock: Clock) -> Result<Ratio, NoFigure> {
    Ok(log_ratio(measurement, plan, clock, CONFIDENCE)?.exponentiated())
}

/// What [`ratio`] is made of: ln(candidate / reference) of each pair, in the order in which they ran, a
/// list for each process pair of the plan's main size; the excess of import is in it.
///
/// # Errors
/// [`NoFigure`] for a process pair without pairs, or a clock that stood still.
pub fn pair_logs(
    measurement: &Measurement,
    plan: &Plan,
    clock: Clock,
) -> Result<Vec<Vec<f64>>, NoFigure> {
    let charged = charged(measurement, plan.main_size, clock)?;
    Ok(charged.iter().map(Charged::logs).collect())
}

pub(super) fn log_ratio(
    measurement: &Measurement,
    plan: &Plan,
    clock: Clock,
    confidence: f64,
) -> Result<Interval, NoFigure> {
    let medians: Vec<f64> = charged(measurement, plan.main_size, clock)?
        .iter()
        .filter_map(|process_pair| median(process_pair.logs()))
        .collect();
    if medians.len() < 2 {
        return Err(NoFigure::TooFewProcessPairs { n: medians.len() as u32, least: 2 });
    }
    Ok(Interval::of_location(&medians, confidence))
}
