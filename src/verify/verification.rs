use std::time::Duration;

use serde::Serialize;

use super::{matrix::Matrix, strength::Strength};

/// Everything that verifying one challenge found.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// Samples by groups.
    #[serde(flatten)]
    pub matrix: Matrix,
    /// How long the suite takes, where the reference was graded.
    pub suite_time: Option<SuiteTime>,
    /// What the suite kills, where that was asked.
    pub mutation: Option<Strength>,
    /// Whether everything is as it must be.
    pub holds: bool,
}

/// How long the whole suite took over the reference while nothing else ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SuiteTime {
    /// Milliseconds, containers included.
    pub wall_ms: u64,
    /// What the challenge may take.
    pub limit_ms: u64,
}

impl SuiteTime {
    /// Compares a grading's time with the challenge's limit.
    pub fn new(wall_ms: u64, limit: Duration) -> Self {
        Self { wall_ms, limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) }
    }

    /// Whether it is short enough.
    pub fn holds(&self) -> bool {
        self.wall_ms <= self.limit_ms
    }
}

impl Verification {
    /// Puts the parts together. A suite that takes too long does not hold only when `strict_time`:
    /// on a machine that others use too, its time says more about them.
    pub fn new(
        matrix: Matrix,
        suite_time: Option<SuiteTime>,
        mutation: Option<Strength>,
        strict_time: bool,
    ) -> Self {
        let holds = matrix.holds()
            && mutation.as_ref().is_none_or(Strength::holds)
            && (!strict_time || suite_time.is_none_or(|time| time.holds()));
        Self { matrix, suite_time, mutation, holds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verification(wall_ms: u64, strict: bool) -> Verification {
        let matrix = Matrix::new("x", Vec::new(), &[], &[]);
        let time = SuiteTime::new(wall_ms, Duration::from_secs(30));
        Verification::new(matrix, Some(time), None, strict)
    }

    #[test]
    fn a_slow_suite_fails_only_where_time_is_strict() {
        assert!(verification(30_000, true).holds);
        assert!(verification(30_001, false).holds);
        assert!(!verification(30_001, true).holds);
    }
}
