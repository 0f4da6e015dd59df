use std::fmt;

use serde::Serialize;

/// Observations from which quartiles are shown. Of fewer than 8, the chance that all lie on one side of
/// the true quartile exceeds one in ten (0.75 to the power of 8 is 0.100).
pub const QUARTILES_FROM: u64 = 8;
/// Observations from which it is remarked that everybody passes a test, or nobody does.
pub const REMARK_FROM: u64 = 8;
/// Observations from which a discrimination is shown. Of 30, where there is no correlation at all, 95 of
/// 100 samples stay between -0.36 and 0.36; of fewer, chance too often looks like a good test.
pub const DISCRIMINATION_FROM: u64 = 30;
/// How many have to have passed, and how many not, for a discrimination: with fewer on one side it is
/// the story of one or two submissions.
pub const EACH_SIDE_FROM: u64 = 5;
/// Observations of each batch from which two are compared. 8 is the least at which a test that nobody
/// fails in one batch and everybody in the other stands out among a hundred (Fisher's p is 2 of
/// 12,870 then).
pub const DRIFT_FROM: u64 = 8;

/// A figure with what it rests on, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure<T> {
    /// Observations behind it.
    pub n: u64,
    /// Absent where they do not support it.
    pub value: Option<T>,
    /// Present where there is no value.
    pub why_not: Option<WhyNot>,
}

/// Why observations do not support a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum WhyNot {
    /// There are too few.
    TooFew {
        /// How many it takes.
        least: u64,
    },
    /// Too few passed, or too few did not.
    OneSided {
        /// How many it takes on either side.
        least: u64,
    },
    /// All of them passed equally many of the other tests.
    NoSpread,
}

impl<T> Figure<T> {
    /// A figure that `n` observations support.
    pub(super) fn of(n: u64, value: T) -> Self {
        Self { n, value: Some(value), why_not: None }
    }

    /// None, and why.
    pub(super) fn none(n: u64, why_not: WhyNot) -> Self {
        Self { n, value: None, why_not: Some(why_not) }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { least: 1 } => f.write_str("nothing was observed"),
            Self::TooFew { least } => write!(f, "fewer than {least} observations"),
            Self::OneSided { least } => {
                write!(f, "fewer than {least} passed, or fewer than {least} did not")
            }
            Self::NoSpread => f.write_str("all passed equally many of the other tests"),
        }
    }
}
