//! What was found.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Clock, Side, Sides};

/// The candidate's time as a multiple of the reference's, with its 95 % interval: 1.42 is 42 % more time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// The estimate.
    pub value: f64,
    /// The interval begins here.
    pub from: f64,
    /// And ends here.
    pub to: f64,
}

/// Why there is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NoFigure {
    /// Fewer process pairs than an interval takes.
    TooFewProcessPairs {
        /// How many there are.
        n: u32,
        /// How many it takes.
        least: u32,
    },
    /// A process pair without a single pair in it.
    NoPairs {
        /// Its place among all process pairs, from 0.
        process_pair: u32,
    },
    /// A clock that did not move while code ran.
    ZeroReading {
        /// The place of its process pair among all, from 0.
        process_pair: u32,
        /// The place of its pair in that, from 0.
        pair: u32,
        /// Whose code it was.
        side: Side,
        /// Which clock.
        clock: Clock,
    },
    /// Fewer sizes were measured than it takes.
    TooFewSizes {
        /// How many were.
        n: u32,
        /// How many it takes.
        least: u32,
    },
    /// A side went over the memory limit.
    OutOfMemory {
        /// Which.
        side: Side,
        /// At which of the plan's sizes.
        size_index: u32,
    },
}

/// Two halves of the reference's samples, compared as if they were two sides: 1 where nothing disturbs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NullCheck {
    /// Odd samples as a multiple of the even ones.
    pub ratio: f64,
}

/// An exponent, or a difference of two, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slope {
    /// The estimate.
    pub value: f64,
    /// The interval begins here.
    pub from: f64,
    /// And ends here.
    pub to: f64,
}

/// How time grows with the size, in words that people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrowthLaw {
    /// Not at all.
    Constant,
    /// As log n.
    Logarithmic,
    /// As n.
    Linear,
    /// As n log n.
    Linearithmic,
    /// As n².
    Quadratic,
    /// As n³.
    Cubic,
}

/// How the time of one side grows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideGrowth {
    /// The slope of log time over log size: 1 is proportional, 2 is quadratic.
    pub exponent: Slope,
    /// The laws that the times agree with, best first; more than one where the sizes do not tell them
    /// apart, none where no law fits.
    pub laws: Vec<GrowthLaw>,
}

/// Times of one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeTimes {
    /// Elements of an input.
    pub size: u64,
    /// Process pairs behind it.
    pub process_pairs: u32,
    /// The least time of one call, nanoseconds: the host's fastest phase.
    pub least_ns: Sides<f64>,
    /// The candidate's time as a multiple of the reference's.
    pub ratio: f64,
}

/// How time grows with the size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// One entry a size that was measured, ascending.
    pub sizes: Vec<SizeTimes>,
    /// Each side's growth.
    pub sides: Sides<SideGrowth>,
    /// The candidate's exponent less the reference's, from the ratios: what the host's speed does to
    /// both cancels out.
    pub difference: Slope,
}

/// The peaks of memory of one size, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemorySize {
    /// Elements of an input.
    pub size: u64,
    /// The median of the peaks of each side, bytes.
    pub peak_bytes: Sides<f64>,
}

/// Whether memory grows with the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryTrend {
    /// It does.
    Grows,
    /// By less than the plan's bytes an element.
    Bounded,
    /// The sizes are too close together to tell.
    Unknown,
}

/// How the peak of memory grows with the size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryGrowth {
    /// One entry a size that was measured, ascending.
    pub sizes: Vec<MemorySize>,
    /// Bytes an element, from a straight line through the peaks.
    pub bytes_per_element: Sides<f64>,
    /// The least growth that could be seen, bytes an element.
    pub visible_bytes_per_element: f64,
    /// What that means.
    pub trend: Sides<MemoryTrend>,
}

impl GrowthLaw {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Constant => "does not grow with n",
            Self::Logarithmic => "like log n",
            Self::Linear => "like n",
            Self::Linearithmic => "like n log n",
            Self::Quadratic => "like n²",
            Self::Cubic => "like n³",
        }
    }
}

impl SideGrowth {
    /// For people.
    pub fn words(&self) -> String {
        let laws: Vec<&str> = self.laws.iter().map(|law| law.words()).collect();
        let laws =
            if laws.is_empty() { "like no law known here".to_owned() } else { laws.join(" or ") };
        format!("{laws} (exponent {:.2})", self.exponent.value)
    }
}

impl MemoryTrend {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Grows => "grows with n",
            Self::Bounded => "does not grow with n",
            Self::Unknown => "cannot be told from these sizes",
        }
    }
}

impl Side {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Reference => "reference",
        }
    }
}

impl fmt::Display for NoFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewProcessPairs { n, least } => {
                write!(f, "{n} process pairs were measured, and it takes {least}")
            }
            Self::NoPairs { process_pair } => {
                write!(f, "process pair {process_pair} has no pairs")
            }
            Self::ZeroReading { process_pair, pair, side, clock } => write!(
                f,
                "the {} clock stood still for the {} in pair {pair} of process pair {process_pair}",
                clock.words(),
                side.words()
            ),
            Self::TooFewSizes { n, least } => {
                write!(f, "{n} sizes were measured, and it takes {least}")
            }
            Self::OutOfMemory { side, size_index } => {
                write!(f, "the {} went over the memory limit at size {size_index}", side.words())
            }
        }
    }
}
