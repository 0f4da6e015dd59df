//! Readings of the pairs, with what the candidate's import cost in excess added to them.
//!
//! Work that is done at import is work all the same: a table built there would make every call look
//! cheap. So what the candidate's import takes *more than the reference's* is spread in equal parts
//! over its samples of that process pair. What both take alike is not added to either: it would pull
//! the ratio towards 1.
//!
//! Each cost is read once a process, on a host whose speed differs 1.5 to 1.9 times from moment to moment, and
//! it is only ever added to the candidate: what chance is charged for makes identical code look slower. So
//! both rules ask for more than chance gives. One process that takes more than [`BEYOND`] times the
//! *slowest* of the reference's in the measurement is charged with what is above that. And what the
//! candidate's processes usually take more than the reference's *beside them* is charged, less [`ALIKE`] of
//! what the reference's take, where the signed ranks' interval of [`SURE`] of these differences lies above 0:
//! two processes that start side by side meet nearly the same speed, so little remains that could be hidden.
//! The candidate's code cannot move the reference's figures.

use super::interval::{Interval, median};
use crate::domain::timing::{Clock, Measurement, NoFigure, Pair, ProcessPair, Sample, Side, Sides};

/// How sure it has to be that the candidate's imports take more, at every look: at 95 % one identical pair in forty was called
/// slower for it, and more where single imports are far off.
const SURE: f64 = 0.9999;
/// Two containers differ by up to a tenth in what starting the same code in them costs, for all their life.
const ALIKE: f64 = 0.15;
/// One import in eleven is slower than ten others by chance; hardly any is by as much as hosts change their speed.
const BEYOND: f64 = 1.5;

pub(super) fn read(sample: &Sample, clock: Clock) -> u64 {
    match clock {
        Clock::Cpu => sample.cpu_ns,
        Clock::Wall => sample.wall_ns,
    }
}

/// The pairs of one process pair, each side's nanoseconds of a whole sample, the excess of import
/// included.
pub(super) struct Charged<'a> {
    process_pair: &'a ProcessPair,
    clock: Clock,
    share_ns: f64,
}

impl<'a> Charged<'a> {
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Sides<f64>, &'a Pair)> {
        let (clock, share_ns) = (self.clock, self.share_ns);
        self.process_pair.pairs.iter().map(move |pair| {
            let sides = Sides {
                candidate: read(&pair.candidate, clock) as f64 + share_ns,
                reference: read(&pair.reference, clock) as f64,
            };
            (sides, pair)
        })
    }

    /// ln(candidate / reference) of each pair.
    pub(super) fn logs(&self) -> Vec<f64> {
        self.pairs().map(|(sides, _)| (sides.candidate / sides.reference).ln()).collect()
    }
}

/// The process pairs of a size.
///
/// # Errors
/// [`NoFigure`] for a process pair without pairs and for a clock that stood still.
pub(super) fn charged(
    measurement: &Measurement,
    size_index: usize,
    clock: Clock,
) -> Result<Vec<Charged<'_>>, NoFigure> {
    let slowest = measurement
        .process_pairs
        .iter()
        .map(|process_pair| read(&process_pair.import.reference, clock))
        .max()
        .unwrap_or(0);
    let believed = slowest as f64 * BEYOND;
    let usual_ns = usual_excess(measurement, size_index, clock);
    let mut charged = uncharged(measurement, size_index, clock)?;
    for one in &mut charged {
        let excess = read(&one.process_pair.import.candidate, clock) as f64 - believed;
        one.share_ns = usual_ns.max(excess) / one.process_pair.pairs.len() as f64;
    }
    Ok(charged)
}

/// What the candidate's processes of a size take more than the reference's beside them, nanoseconds; 0
/// where it may be chance.
fn usual_excess(measurement: &Measurement, size_index: usize, clock: Clock) -> f64 {
    let here = measurement.process_pairs.iter().filter(|one| one.size_index == size_index);
    let more: Vec<f64> = here
        .map(|ProcessPair { import, .. }| {
            read(&import.candidate, clock) as f64 - read(&import.reference, clock) as f64
        })
        .collect();
    if more.len() < 2 {
        return 0.0;
    }
    let usual = Interval::of_location(&more, SURE);
    let references =
        measurement.of_size(size_index).map(|one| read(&one.import.reference, clock) as f64);
    let alike = ALIKE * median(references.collect()).unwrap_or(0.0);
    if usual.from > 0.0 { (usual.value - alike).max(0.0) } else { 0.0 }
}

/// The process pairs of a size as they were read, with nothing charged.
///
/// # Errors
/// As [`charged`].
pub(super) fn uncharged(
    measurement: &Measurement,
    size_index: usize,
    clock: Clock,
) -> Result<Vec<Charged<'_>>, NoFigure> {
    let numbered = (0_u32..).zip(&measurement.process_pairs);
    numbered
        .filter(|(_, process_pair)| process_pair.size_index == size_index)
        .map(|(number, process_pair)| {
            usable(number, process_pair, clock)?;
            Ok(Charged { process_pair, clock, share_ns: 0.0 })
        })
        .collect()
}

fn usable(number: u32, process_pair: &ProcessPair, clock: Clock) -> Result<(), NoFigure> {
    if process_pair.pairs.is_empty() {
        return Err(NoFigure::NoPairs { process_pair: number });
    }
    for (place, pair) in (0_u32..).zip(&process_pair.pairs) {
        for (side, sample) in
            [(Side::Candidate, &pair.candidate), (Side::Reference, &pair.reference)]
        {
            if read(sample, clock) == 0 {
                return Err(NoFigure::ZeroReading {
                    process_pair: number,
                    pair: place,
                    side,
                    clock,
                });
            }
        }
    }
    Ok(())
}
