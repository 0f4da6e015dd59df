//! What is to be measured, and how long at most.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which clock gives the main figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// User and system time of the process.
    Cpu,
    /// The host's monotonic clock: for tasks that sleep, do I/O or use threads.
    Wall,
}

impl Clock {
    /// The one beside it.
    pub fn other(self) -> Self {
        match self {
            Self::Cpu => Self::Wall,
            Self::Wall => Self::Cpu,
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Wall => "wall",
        }
    }
}

/// What one timing is to do. [`Plan::default`] is the protocol of docs/timing.md for one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// From it come the hash seeds and the orders.
    pub seed: u64,
    /// Which clock gives the main figure.
    pub clock: Clock,
    /// The difference that matters, as a share: 0.05 is 5 %.
    pub band: f64,
    /// Process pairs of the main size.
    pub process_pairs: u32,
    /// Process pairs without which there is no verdict.
    pub least_process_pairs: u32,
    /// Process pairs at which a ratio that is still too noisy is left alone.
    pub most_process_pairs: u32,
    /// How long the pairs of one process pair take, seconds.
    pub process_pair_s: f64,
    /// How long the samples of the main size may take in all, seconds; starts of processes are not counted.
    pub cap_s: f64,
    /// Sizes of the inputs, in elements, ascending.
    pub sizes: Vec<u64>,
    /// Which of them the ratio is of.
    pub main_size: usize,
    /// Process pairs of each other size, for growth.
    pub growth_process_pairs: u32,
    /// How long the samples of those may take in all, seconds.
    pub growth_cap_s: f64,
    /// The growth of memory that is to be told from none, bytes an element.
    pub memory_bytes_per_element: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 0,
            clock: Clock::Cpu,
            band: 0.05,
            process_pairs: 20,
            least_process_pairs: 6,
            most_process_pairs: 40,
            process_pair_s: 0.3,
            cap_s: 30.0,
            sizes: vec![1],
            main_size: 0,
            growth_process_pairs: 6,
            growth_cap_s: 30.0,
            memory_bytes_per_element: 8.0,
        }
    }
}

/// A plan that cannot be carried out.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum BadPlan {
    /// No share, or one that no measurement here can tell.
    #[error("band is {0}: give a share from 0.01 to 1, such as 0.05 for 5 %")]
    Band(f64),
    /// Nothing can be told from so few.
    #[error("least_process_pairs is {0}: give at least 6")]
    LeastProcessPairs(u32),
    /// These three do not ascend.
    #[error(
        "least_process_pairs, process_pairs and most_process_pairs have to ascend, not {0}, {1}, {2}; \
         100 is the most"
    )]
    ProcessPairs(u32, u32, u32),
    /// A duration that is none, or longer than an hour.
    #[error("{name} is {seconds}: give seconds above 0, at most 3600")]
    Seconds {
        /// The field.
        name: &'static str,
        /// Its value.
        seconds: f64,
    },
    /// No sizes, too many of them, not ascending, or zero.
    #[error("sizes have to be 1 to 16 ascending numbers above 0, not {0:?}")]
    Sizes(Vec<u64>),
    /// The main size is none of them.
    #[error("main_size is {0}, but the first of {1} sizes has number 0")]
    MainSize(usize, usize),
    /// With one process pair there is no spread to look at.
    #[error("growth_process_pairs is {0}: give 2 to 100")]
    GrowthProcessPairs(u32),
    /// No amount of memory.
    #[error("memory_bytes_per_element is {0}: give a number above 0")]
    Memory(f64),
}

impl Plan {
    /// This plan, where it can be carried out.
    ///
    /// # Errors
    /// [`BadPlan`] names the first field that does not hold.
    pub fn checked(self) -> Result<Self, BadPlan> {
        if !(0.01..=1.0).contains(&self.band) {
            return Err(BadPlan::Band(self.band));
        }
        if self.least_process_pairs < 6 {
            return Err(BadPlan::LeastProcessPairs(self.least_process_pairs));
        }
        let counts = [self.least_process_pairs, self.process_pairs, self.most_process_pairs];
        if !counts.is_sorted() || self.most_process_pairs > 100 {
            return Err(BadPlan::ProcessPairs(counts[0], counts[1], counts[2]));
        }
        for (name, seconds) in [
            ("process_pair_s", self.process_pair_s),
            ("cap_s", self.cap_s),
            ("growth_cap_s", self.growth_cap_s),
        ] {
            if !(seconds > 0.0 && seconds <= 3600.0) {
                return Err(BadPlan::Seconds { name, seconds });
            }
        }
        let ascend = self.sizes.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascend || !(1..=16).contains(&self.sizes.len()) || self.sizes[0] == 0 {
            return Err(BadPlan::Sizes(self.sizes));
        }
        if self.main_size >= self.sizes.len() {
            return Err(BadPlan::MainSize(self.main_size, self.sizes.len()));
        }
        if !(2..=100).contains(&self.growth_process_pairs) {
            return Err(BadPlan::GrowthProcessPairs(self.growth_process_pairs));
        }
        if !(self.memory_bytes_per_element > 0.0 && self.memory_bytes_per_element.is_finite()) {
            return Err(BadPlan::Memory(self.memory_bytes_per_element));
        }
        Ok(self)
    }
}
