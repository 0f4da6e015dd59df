use serde::Serialize;

use super::{Drift, Figure, NoDrift, Quartiles, REMARK_FROM, Rate, Tally, tally::TestTally};
use crate::domain::{Digest, IntegrityKind, Occurrences, TestOutcome, Verdict};

/// The version of the statistics' JSON; `docs/statistics.schema.json` describes it.
pub const STATISTICS_SCHEMA: u32 = 1;
/// Bins of the scores: ten of ten points, the last with 100 in it.
pub const BINS: usize = 10;

/// What the gradings of one suite say about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistics {
    /// [`STATISTICS_SCHEMA`].
    pub schema: u32,
    /// Which gradings these are.
    #[serde(flatten)]
    pub about: About,
    /// Finished gradings, whatever came of them.
    pub gradings: u64,
    /// Submissions that they are of.
    pub submissions: u64,
    /// Submissions whose newest result is a score: the observations of what follows.
    pub graded: u64,
    /// Submissions whose newest result is that they cannot be graded.
    pub candidate_faults: u64,
    /// Submissions of which there are only faults of the machine or the challenge.
    pub without_result: u64,
    /// Of all gradings; several may be of one submission.
    pub verdicts: Vec<Occurrence<Verdict>>,
    /// Of all gradings.
    pub faults: Vec<Occurrence<FaultOf>>,
    /// Of all tests of all observations.
    pub outcomes: Vec<Occurrence<TestOutcome>>,
    /// Of all submissions with a result: those with at least one note of a kind.
    pub integrity: Vec<Occurrence<IntegrityKind>>,
    /// How the scores are distributed.
    pub score: ScoreSummary,
    /// From a submission in hand to its verdict, milliseconds.
    pub wall_ms: Figure<Quartiles>,
    /// In the suite's order.
    pub groups: Vec<GroupStatistics>,
    /// In the suite's order.
    pub tests: Vec<TestStatistics>,
    /// What changed between the two newest batches.
    pub drift: Option<Drift>,
    /// Why that cannot be told; present where `drift` is not.
    pub no_drift: Option<NoDrift>,
}

/// Which gradings statistics are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// The challenge's id.
    pub challenge: String,
    /// The suite that graded.
    pub suite_sha256: Digest,
    /// Only this batch, where one was asked for.
    pub batch: Option<i64>,
    /// Suites by which the challenge's submissions were graded, too; nothing of them is mixed in.
    pub other_suites: Vec<OtherSuite>,
}

/// A suite that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherSuite {
    /// Its digest.
    pub suite_sha256: Digest,
    /// Finished gradings by it.
    pub gradings: u64,
}

/// How often something occurred.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Occurrence<K> {
    /// What.
    pub kind: K,
    /// How often, of how many.
    pub rate: Rate,
}

/// A fault, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultOf {
    /// Whose.
    pub verdict: Verdict,
    /// Its code in the report.
    pub code: String,
}

/// The distribution of the scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreSummary {
    /// From 0 to 100.
    pub mean: Figure<f64>,
    /// From 0 to 100.
    pub quartiles: Figure<Quartiles>,
    /// How many fall into each of [`BINS`] bins.
    pub bins: [u64; BINS],
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupStatistics {
    /// Its name.
    pub name: String,
    /// Tests in it.
    pub tests: u64,
    /// The mean share of its tests that a submission passes, 0 to 1.
    pub mean_share: Figure<f64>,
    /// Submissions that pass all of it.
    pub passed_whole: Rate,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestStatistics {
    /// Its sealed id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// Who passes it: the item difficulty of classical test theory, which is high for an easy test.
    pub difficulty: Rate,
    /// Corrected point-biserial correlation of passing with the number of other tests passed.
    pub discrimination: Figure<f64>,
    /// Wall time where it passed or failed, milliseconds.
    pub duration_ms: Figure<Quartiles>,
    /// What is worth a look about it.
    pub remark: Option<Remark>,
}

/// A test that tells nobody from anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// All pass it.
    EverybodyPasses,
    /// None passes it.
    NobodyPasses,
}

impl Statistics {
    /// Statistics of what was counted.
    pub fn new(
        about: About,
        occurrences: &Occurrences,
        tally: &Tally,
        drift: Result<Drift, NoDrift>,
    ) -> Self {
        let gradings = occurrences.verdicts.iter().map(|(_, count)| count).sum();
        let results = tally.n() + occurrences.candidate_faults;
        let tests: u64 = tally.outcomes.values().sum();
        let together = Rate::without_interval;
        let (drift, no_drift) = match drift {
            Ok(drift) => (Some(drift), None),
            Err(reason) => (None, Some(reason)),
        };
        Self {
            schema: STATISTICS_SCHEMA,
            about,
            gradings,
            submissions: occurrences.submissions,
            graded: tally.n(),
            candidate_faults: occurrences.candidate_faults,
            without_result: occurrences.submissions.saturating_sub(results),
            verdicts: each(occurrences.verdicts.iter().copied(), gradings, together),
            faults: each(
                occurrences.faults.iter().map(|(verdict, code, count)| {
                    (FaultOf { verdict: *verdict, code: code.clone() }, *count)
                }),
                gradings,
                together,
            ),
            outcomes: each(
                tally.outcomes.iter().map(|(kind, count)| (*kind, *count)),
                tests,
                together,
            ),
            integrity: each(occurrences.integrity.iter().copied(), results, Rate::of),
            score: ScoreSummary {
                mean: tally.scores.mean(),
                quartiles: tally.scores.quartiles(),
                bins: bins(tally.scores.values()),
            },
            wall_ms: tally.wall_ms.quartiles(),
            groups: tally
                .groups
                .iter()
                .map(|group| GroupStatistics {
                    name: group.name.clone(),
                    tests: group.tests,
                    mean_share: group.shares.mean(),
                    passed_whole: group.passed_whole(),
                })
                .collect(),
            tests: tally.tests.iter().map(test).collect(),
            drift,
            no_drift,
        }
    }
}

/// How many scores fall into each of [`BINS`] bins.
pub fn bins(scores: &[f64]) -> [u64; BINS] {
    let mut bins = [0; BINS];
    for score in scores {
        bins[((score / 10.0).max(0.0) as usize).min(BINS - 1)] += 1;
    }
    bins
}

fn each<K>(
    counts: impl Iterator<Item = (K, u64)>,
    of: u64,
    rate: fn(u64, u64) -> Rate,
) -> Vec<Occurrence<K>> {
    counts.map(|(kind, count)| Occurrence { kind, rate: rate(count, of) }).collect()
}

fn test(test: &TestTally) -> TestStatistics {
    let difficulty = test.passed();
    let remark = match (difficulty.count, difficulty.n) {
        (_, n) if n < REMARK_FROM => None,
        (0, _) => Some(Remark::NobodyPasses),
        (count, n) if count == n => Some(Remark::EverybodyPasses),
        _ => None,
    };
    TestStatistics {
        id: test.name.id.clone(),
        group: test.name.group.clone(),
        difficulty,
        discrimination: test.sums.discrimination(),
        duration_ms: test.durations_ms.quartiles(),
        remark,
    }
}

#[cfg(test)]
mod tests {
    use super::bins;

    #[test]
    fn full_marks_are_in_the_last_bin() {
        assert_eq!(bins(&[0.0, 9.99, 10.0, 89.9, 90.0, 100.0]), [2, 1, 0, 0, 0, 0, 0, 0, 1, 2]);
    }
}
