use std::fmt;

use serde::Serialize;

use super::{DRIFT_FROM, Difference, LEVEL, Rate, Tally, fisher, holm};

/// What changed from one batch to a later one, and whether chance explains it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The earlier batch's number.
    pub earlier: i64,
    /// The later batch's number.
    pub later: i64,
    /// Observations of the earlier one.
    pub earlier_n: u64,
    /// Observations of the later one; candidates of the earlier one are not among them.
    pub later_n: u64,
    /// How many groups and tests were compared.
    pub compared: u64,
    /// The chance, at most, that anything is said to differ where nothing does.
    pub level: f64,
    /// Groups, then tests, in the suite's order.
    pub changes: Vec<Change>,
}

/// One group or test in both batches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Which of the two.
    pub what: What,
    /// The group's name or the test's id.
    pub name: String,
    /// Of a test: who passed it; of a group: who passed all of it.
    pub earlier: Rate,
    /// Likewise.
    pub later: Rate,
    /// Later less earlier. Its interval is for this comparison alone.
    pub difference: Difference,
    /// Fisher's exact test, two-sided, for this comparison alone.
    pub p: f64,
    /// The same by Holm's procedure, for all comparisons together.
    pub p_holm: f64,
    /// Whether chance is no good explanation: `p_holm` is at most the level.
    pub differs: bool,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A group of tests.
    Group,
    /// A test.
    Test,
}

/// Why batches were not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NoDrift {
    /// There are no two that are large enough.
    TooFewBatches {
        /// Observations that each would need.
        least: u64,
    },
    /// A batch was asked for that cannot be compared: it is too small, or a regrade.
    Unfit {
        /// Its number.
        batch: i64,
        /// Observations that it would need.
        least: u64,
    },
    /// The later batch has too few candidates who were not in the earlier one.
    TooFewNew {
        /// The earlier batch's number.
        earlier: i64,
        /// The later batch's number.
        later: i64,
        /// How many there are.
        n: u64,
        /// How many it takes.
        least: u64,
    },
}

impl fmt::Display for NoDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewBatches { least } => {
                write!(f, "there are no two batches with at least {least} graded submissions each")
            }
            Self::Unfit { batch, least } => write!(
                f,
                "batch {batch} is a regrade, or has fewer than {least} graded submissions"
            ),
            Self::TooFewNew { earlier, later, n, least } => write!(
                f,
                "batch {later} has {n} graded candidates who were not in batch {earlier}, and it takes {least}"
            ),
        }
    }
}

/// Compares a batch with an earlier one. The submissions of the two have to be different ones: what
/// follows takes them for independent.
///
/// # Errors
/// [`NoDrift`] when either has too few.
pub fn drift(earlier: (i64, &Tally), later: (i64, &Tally)) -> Result<Drift, NoDrift> {
    let ((earlier, before), (later, after)) = (earlier, later);
    if before.n() < DRIFT_FROM {
        return Err(NoDrift::TooFewBatches { least: DRIFT_FROM });
    }
    if after.n() < DRIFT_FROM {
        return Err(NoDrift::TooFewNew { earlier, later, n: after.n(), least: DRIFT_FROM });
    }
    let mut changes = changes(before, after);
    let adjusted = holm(&changes.iter().map(|change| change.p).collect::<Vec<_>>());
    for (change, p_holm) in changes.iter_mut().zip(adjusted) {
        (change.p_holm, change.differs) = (p_holm, p_holm <= LEVEL);
    }
    Ok(Drift {
        earlier,
        later,
        earlier_n: before.n(),
        later_n: after.n(),
        compared: changes.len() as u64,
        level: LEVEL,
        changes,
    })
}

/// Of what is in both; the tests of one submission hang together, so a group is passed or not.
fn changes(before: &Tally, after: &Tally) -> Vec<Change> {
    let groups = after.groups.iter().filter_map(|group| {
        let same = before.groups.iter().find(|known| known.name == group.name)?;
        change(What::Group, &group.name, same.passed_whole(), group.passed_whole())
    });
    let tests = after.tests.iter().filter_map(|test| {
        let same = before.tests.iter().find(|known| known.name == test.name)?;
        change(What::Test, &test.name.id, same.passed(), test.passed())
    });
    groups.chain(tests).collect()
}

fn change(what: What, name: &str, earlier: Rate, later: Rate) -> Option<Change> {
    let difference = earlier.to(later)?;
    let p = fisher(earlier, later);
    let name = name.to_owned();
    Some(Change { what, name, earlier, later, difference, p, p_holm: 1.0, differs: false })
}
