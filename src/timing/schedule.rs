use std::{collections::HashSet, time::Duration};

use rand::{Rng as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;

use crate::domain::timing::{Order, Plan};

/// Pairs among which both orders are equally frequent: two of each, in a random order (permuted blocks).
pub const BLOCK: usize = 4;
/// Pairs of one process pair, however slow they are: with one, the reference could not be compared with
/// itself.
pub const LEAST_PAIRS: usize = 2;

/// One process pair that is to be run. All of it comes from the plan's seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Its place among all process pairs, from 0.
    pub index: usize,
    /// Which of the plan's sizes its inputs have.
    pub size_index: usize,
    /// `PYTHONHASHSEED` of both sides: never 0, which would turn hashing's randomness off, and another
    /// one in each process pair.
    pub hash_seed: u32,
    seed: u64,
}

/// One pair that is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairTurn {
    /// Which side goes first.
    pub order: Order,
    /// For whoever makes the input, which is the same for both sides and another one in each pair.
    pub input_seed: u64,
}

impl Turn {
    /// The process pair number `index`, counted from 0 over all sizes.
    pub fn of(plan: &Plan, index: usize, size_index: usize) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
        let mut seen = HashSet::new();
        let mut hash_seed = 0;
        while seen.len() <= index {
            hash_seed = random.random_range(1..=u32::MAX);
            seen.insert(hash_seed);
        }
        Self { index, size_index, hash_seed, seed: plan.seed }
    }

    /// Its pairs, without end: take them until [`Turn::is_over`].
    pub fn pairs(&self) -> PairTurns {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        // Stream 0 is that of the hash seeds.
        random.set_stream(self.index as u64 + 1);
        PairTurns { random, block: Vec::new() }
    }

    /// Whether that many pairs are enough, `elapsed` after the first of them began: the plan's time is
    /// over and the block is complete, or twice that time is over.
    pub fn is_over(&self, plan: &Plan, pairs: usize, elapsed: Duration) -> bool {
        let elapsed = elapsed.as_secs_f64();
        let complete = pairs.is_multiple_of(BLOCK);
        pairs >= LEAST_PAIRS
            && elapsed >= plan.process_pair_s
            && (complete || elapsed >= 2.0 * plan.process_pair_s)
    }
}

/// The pairs of a process pair, without end.
#[derive(Debug, Clone)]
pub struct PairTurns {
    random: ChaCha8Rng,
    block: Vec<Order>,
}

impl Iterator for PairTurns {
    type Item = PairTurn;

    fn next(&mut self) -> Option<PairTurn> {
        if self.block.is_empty() {
            self.block = [[Order::Ab, Order::Ba]; BLOCK / 2].concat();
            self.block.shuffle(&mut self.random);
        }
        let order = self.block.pop()?;
        Some(PairTurn { order, input_seed: self.random.random() })
    }
}
