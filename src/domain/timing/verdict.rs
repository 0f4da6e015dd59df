//! Faster, same, slower, or too noisy to say.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::NoFigure;

/// What the ratio means against the plan's band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingVerdict {
    /// The whole interval lies beyond half the band, below 1.
    Faster,
    /// The whole interval is within the band.
    Same,
    /// The whole interval lies beyond half the band, above 1.
    Slower,
    /// It cannot be said; this never lowers a mark.
    TooNoisy,
}

impl TimingVerdict {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Same => "same",
            Self::Slower => "slower",
            Self::TooNoisy => "too noisy",
        }
    }

    /// As the report's JSON writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Same => "same",
            Self::Slower => "slower",
            Self::TooNoisy => "too_noisy",
        }
    }
}

/// Why a ratio says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// There is no ratio.
    NoRatio {
        /// Why.
        why: NoFigure,
    },
    /// Too few process pairs.
    FewProcessPairs {
        /// How many there are.
        n: u32,
        /// How many it takes.
        least: u32,
    },
    /// The interval is wide, and does not lie on one side.
    WideInterval {
        /// Its end as a multiple of its beginning, less 1.
        width: f64,
        /// What that may be.
        most: f64,
    },
    /// Samples of the reference differ from each other.
    NullOff {
        /// Odd samples as a multiple of the even ones.
        ratio: f64,
        /// By how much that may differ from 1.
        most: f64,
    },
    /// The reference was sampled too rarely to compare it with itself.
    NoNull,
    /// The hypervisor gave the core to others.
    Steal {
        /// Share of the time.
        share: f64,
        /// What that may be.
        most: f64,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| share * 100.0;
        match self {
            Self::NoRatio { why } => write!(f, "there is no ratio: {why}"),
            Self::FewProcessPairs { n, least } => {
                write!(f, "only {n} process pairs were measured, and it takes {least}")
            }
            Self::WideInterval { width, most } => write!(
                f,
                "the interval is {:.1} % wide, more than half the band ({:.1} %), and not on one side",
                percent(*width),
                percent(*most)
            ),
            Self::NullOff { ratio, most } => write!(
                f,
                "the reference differs from itself by {:.1} %, more than {:.0} %",
                percent((ratio - 1.0).abs()),
                percent(*most)
            ),
            Self::NoNull => f.write_str(
                "the reference was sampled only once a process, so it cannot be compared with itself",
            ),
            Self::Steal { share, most } => write!(
                f,
                "the hypervisor gave {:.0} % of the core's time to others, more than {:.0} %",
                percent(*share),
                percent(*most)
            ),
        }
    }
}
