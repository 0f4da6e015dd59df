//! From what the judge says of process pairs to what the statistics need.

use std::time::Duration;

use crate::{
    domain::timing::{
        Ideal, LaneFacts, Measurement, MemoryReading, Pair, ProcessPair, Sample, Sides,
    },
    timing::Turn,
    wire::{MeasuredPair, MeasuredSides, Reading, Whole},
};

/// What one pair of processes gave.
pub(super) struct Given {
    pub(super) pairs: Vec<MeasuredPair>,
    pub(super) whole: MeasuredSides<Whole>,
}

impl Given {
    /// How long all of its samples took.
    pub(super) fn sampled(&self) -> Duration {
        let wall_ns = |reading: &Reading| reading.wall_ns;
        let both = |pair: &MeasuredPair| {
            let candidate = pair.candidate.as_ref().map_or(0, wall_ns);
            candidate.saturating_add(wall_ns(&pair.reference))
        };
        Duration::from_nanos(self.pairs.iter().map(both).fold(0, u64::saturating_add))
    }
}

/// Everything that was read so far.
pub(super) struct Collected {
    pub(super) measurement: Measurement,
    with_memory: bool,
    /// By size: the ideal, and each side's wall time, nanoseconds.
    ideals: Vec<(usize, f64, Sides<f64>)>,
    latencies: Vec<Sides<[u64; 3]>>,
}

impl Collected {
    pub(super) fn new(with_memory: bool, lane: LaneFacts) -> Self {
        Self {
            measurement: Measurement { lane, ..Measurement::default() },
            with_memory,
            ideals: Vec::new(),
            latencies: Vec::new(),
        }
    }

    /// Takes a pair of processes; one in which the candidate has no part is passed over.
    pub(super) fn add(&mut self, turn: Turn, inner: u32, given: Given) {
        let Some(candidate) = given.whole.candidate else { return };
        let both: Vec<(&MeasuredPair, Reading)> = given
            .pairs
            .iter()
            .filter_map(|pair| pair.candidate.map(|candidate| (pair, candidate)))
            .collect();
        let pairs = both.iter().map(|(pair, candidate)| Pair {
            order: pair.order,
            inner,
            candidate: sample(candidate),
            reference: sample(&pair.reference),
        });
        // The discarded sample is work that was asked for: it counts as the median of the others, so that
        // what is done in it besides, such as the import, remains.
        let outside = |whole: &Whole, of: &dyn Fn(&(&MeasuredPair, Reading)) -> u64| {
            let inside = both.iter().map(of).fold(0, u64::saturating_add);
            let usual = median(both.iter().map(|one| of(one) as f64).collect()).unwrap_or(0.0);
            let discarded = whole.warm_up_ns.min(usual as u64);
            let spent = inside.saturating_add(discarded);
            Sample { cpu_ns: whole.cpu_ns.saturating_sub(spent), wall_ns: 0 }
        };
        let reference = given.whole.reference;
        self.measurement.process_pairs.push(ProcessPair {
            hash_seed: turn.hash_seed,
            size_index: turn.size_index,
            import: Sides {
                candidate: outside(&candidate, &|(_, candidate)| candidate.cpu_ns),
                reference: outside(&reference, &|(pair, _)| pair.reference.cpu_ns),
            },
            pairs: pairs.collect(),
        });
        if self.with_memory {
            let peak = |whole: &Whole, of: &dyn Fn(&(&MeasuredPair, Reading)) -> Option<u64>| {
                Some(both.iter().filter_map(of).max().unwrap_or(whole.peak_bytes))
            };
            self.measurement.memory.push(MemoryReading {
                size_index: turn.size_index,
                peak_bytes: Sides {
                    candidate: peak(&candidate, &|(_, candidate)| candidate.peak_anon_bytes),
                    reference: peak(&reference, &|(pair, _)| pair.reference.peak_anon_bytes),
                },
            });
        }
        for (pair, candidate) in &both {
            if let Some(ideal) = candidate.ideal_ns.or(pair.reference.ideal_ns) {
                let wall = Sides {
                    candidate: candidate.wall_ns as f64,
                    reference: pair.reference.wall_ns as f64,
                };
                self.ideals.push((turn.size_index, ideal as f64, wall));
            }
        }
        if let (Some(candidate), Some(reference)) = (candidate.latency_us, reference.latency_us) {
            self.latencies.push(Sides { candidate, reference });
        }
    }

    /// How far each side was from the ideal at a size.
    pub(super) fn ideal(&self, size_index: usize) -> Option<Ideal> {
        let here = || self.ideals.iter().filter(|(size, ..)| *size == size_index);
        let of = |side: &dyn Fn(&Sides<f64>) -> f64| {
            median(here().map(|(_, ideal, walls)| side(walls) / ideal.max(1.0)).collect())
        };
        Some(Ideal {
            seconds: median(here().map(|(_, ideal, _)| *ideal).collect())? / 1e9,
            times: Sides {
                candidate: of(&|walls| walls.candidate)?,
                reference: of(&|walls| walls.reference)?,
            },
        })
    }

    /// Medians of the percentiles over all processes.
    pub(super) fn latency_us(&self) -> Option<Sides<[u64; 3]>> {
        let of = |side: &dyn Fn(&Sides<[u64; 3]>) -> [u64; 3]| {
            let mut medians = [0; 3];
            for (at, figure) in medians.iter_mut().enumerate() {
                let all = self.latencies.iter().map(|sides| side(sides)[at] as f64).collect();
                *figure = median(all)? as u64;
            }
            Some(medians)
        };
        Some(Sides {
            candidate: of(&|sides| sides.candidate)?,
            reference: of(&|sides| sides.reference)?,
        })
    }
}

fn sample(reading: &Reading) -> Sample {
    Sample { cpu_ns: reading.cpu_ns, wall_ns: reading.wall_ns }
}

/// The middle, or the mean of the two in the middle; `None` of nothing.
fn median(mut all: Vec<f64>) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let middle = all.len() / 2;
    let upper = *all.get(middle)?;
    Some(if all.len() % 2 == 1 { upper } else { f64::midpoint(all[middle - 1], upper) })
}
