use std::{collections::BTreeSet, slice};

use serde::Serialize;

use super::mutants::Mutant;
use crate::{
    challenge::Equivalent,
    domain::{Report, TestOutcome, Verdict},
    wire::Dropped,
};

/// A suite that lets more than a tenth of the mutants live does not look at what it is for.
pub const LEAST_PERCENT: u32 = 90;

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// A test did not pass, or it could not be graded by its own fault.
    Killed {
        /// The test, or the fault's code.
        by: String,
    },
    /// Every test passed.
    Survived,
    /// Its author says why no test can kill it; not graded.
    Equivalent {
        /// Why.
        reason: String,
    },
    /// The machine failed, or the run was stopped; it counts neither way.
    NotGraded {
        /// Why.
        reason: String,
    },
}

/// One mutant of the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The mutant.
    #[serde(flatten)]
    pub mutant: Mutant,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// How much of what a reference does is looked at by its suite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strength {
    /// Seed of the sample.
    pub seed: u64,
    /// All mutants of which the sample was drawn.
    pub possible: usize,
    /// Those that were left out before.
    pub dropped: Dropped,
    /// The sample, in the order of the files.
    pub mutants: Vec<Judged>,
    /// How many of it were killed.
    pub killed: usize,
    /// How many survived.
    pub survived: usize,
    /// How many are marked as equivalent.
    pub equivalent: usize,
    /// How many could not be graded.
    pub not_graded: usize,
    /// `killed` of `killed + survived`, two decimals; absent when both are 0.
    pub percent: Option<f64>,
    /// [`LEAST_PERCENT`].
    pub least_percent: u32,
    /// Entries of `equivalent-mutants.toml` that mean no mutant any more.
    pub stale: Vec<Equivalent>,
    /// Entries that mean mutants of several places, so that nobody knows which was thought of.
    pub unclear: Vec<Unclear>,
    /// Why nothing was measured, where that is so.
    pub unmeasured: Option<String>,
}

/// An entry of `equivalent-mutants.toml` that fits more than one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unclear {
    /// The entry.
    pub entry: Equivalent,
    /// The lines, from 1.
    pub lines: Vec<usize>,
}

impl Fate {
    /// From the grading of a mutant, `None` when it was not done.
    pub fn of(report: Option<&Report>) -> Self {
        let Some(report) = report else {
            return Self::NotGraded { reason: "the run was stopped".into() };
        };
        let fault = || report.fault.as_ref();
        match report.verdict {
            Verdict::CandidateFault => {
                Self::Killed { by: fault().map_or("fault", |fault| fault.code.as_str()).to_owned() }
            }
            Verdict::AuthorFault | Verdict::InfraFault => Self::NotGraded {
                reason: fault().map_or("no result", |fault| fault.message.as_str()).to_owned(),
            },
            Verdict::Graded => {
                // The first failure ends the grading, so that most others have not run.
                let with = |wanted: fn(TestOutcome) -> bool| {
                    report.tests.iter().find(|test| wanted(test.outcome))
                };
                let killer =
                    with(|outcome| !matches!(outcome, TestOutcome::Passed | TestOutcome::NotRun))
                        .or_else(|| with(|outcome| outcome == TestOutcome::NotRun));
                killer.map_or(Self::Survived, |test| Self::Killed { by: test.id.clone() })
            }
        }
    }
}

impl Strength {
    /// Sums up what became of a sample.
    pub fn new(seed: u64, possible: usize, dropped: Dropped, mutants: Vec<Judged>) -> Self {
        let count = |of: fn(&Fate) -> bool| mutants.iter().filter(|one| of(&one.fate)).count();
        let killed = count(|fate| matches!(fate, Fate::Killed { .. }));
        let survived = count(|fate| matches!(fate, Fate::Survived));
        let share = killed as f64 * 100.0 / (killed + survived).max(1) as f64;
        Self {
            seed,
            possible,
            dropped,
            killed,
            survived,
            equivalent: count(|fate| matches!(fate, Fate::Equivalent { .. })),
            not_graded: count(|fate| matches!(fate, Fate::NotGraded { .. })),
            percent: (killed + survived > 0).then_some((share * 100.0).round() / 100.0),
            least_percent: LEAST_PERCENT,
            mutants,
            stale: Vec::new(),
            unclear: Vec::new(),
            unmeasured: None,
        }
    }

    /// No strength, with the reason.
    pub fn unmeasured(seed: u64, reason: impl Into<String>) -> Self {
        let nothing = Self::new(seed, 0, Dropped::default(), Vec::new());
        Self { unmeasured: Some(reason.into()), ..nothing }
    }

    /// Whether enough was killed, of everything that was to be graded. Nothing killed and nothing
    /// survived shows nothing.
    pub fn holds(&self) -> bool {
        self.killed > 0
            && self.not_graded == 0
            && self.killed * 100 >= (self.killed + self.survived) * LEAST_PERCENT as usize
    }

    /// Those that no test told from the reference.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|one| one.fate == Fate::Survived).map(|one| &one.mutant)
    }
}

/// The entry that means `mutant`.
pub fn equivalent<'a>(entries: &'a [Equivalent], mutant: &Mutant) -> Option<&'a Equivalent> {
    entries.iter().find(|entry| {
        let Mutant { file, operator, original, mutated, after, .. } = mutant;
        entry.means(file, operator, original, mutated, after)
    })
}

/// The entries that mean none of all the mutants of a reference, and those that mean several lines.
pub fn doubtful(entries: &[Equivalent], all: &[Mutant]) -> (Vec<Equivalent>, Vec<Unclear>) {
    let (mut stale, mut unclear) = (Vec::new(), Vec::new());
    for entry in entries {
        let meant =
            all.iter().filter(|mutant| equivalent(slice::from_ref(entry), mutant).is_some());
        let lines: BTreeSet<usize> = meant.map(|mutant| mutant.line).collect();
        match lines.len() {
            0 => stale.push(entry.clone()),
            1 => {}
            _ => {
                let lines = lines.into_iter().collect();
                unclear.push(Unclear { entry: entry.clone(), lines });
            }
        }
    }
    (stale, unclear)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{run::RawMutants, verify::mutants::tests::submission, wire::MutantFrame};

    fn mutants() -> Vec<Mutant> {
        let frame = |line: usize, original: &str, mutated: &str| MutantFrame {
            file: "a.py".into(),
            line,
            operator: "core/NumberReplacer".into(),
            original: vec![original.into()],
            mutated: vec![mutated.into()],
        };
        let frames = vec![
            frame(1, "a = 1", "a = 2"),
            frame(2, "b = 1", "b = 2"),
            frame(4, "b = 1", "b = 2"),
        ];
        let raw = RawMutants { mutants: frames, ..RawMutants::default() };
        let reference = submission(&[("a.py", "a = 1\nb = 1\n\nb = 1\n")]);
        Mutant::check(raw, &["a.py".to_owned()], &reference).expect("mutants")
    }

    fn strength(killed: usize, survived: usize, others: &[Fate]) -> Strength {
        let mutant = &mutants()[0];
        let judged = |fate: Fate| Judged { mutant: mutant.clone(), fate };
        let killer = Fate::Killed { by: "test".into() };
        let fates = std::iter::repeat_n(killer, killed)
            .chain(std::iter::repeat_n(Fate::Survived, survived))
            .chain(others.iter().cloned());
        Strength::new(1, 100, Dropped::default(), fates.map(judged).collect())
    }

    #[test]
    fn nine_of_ten_have_to_be_killed_and_equivalent_ones_do_not_count() {
        let equivalent = Fate::Equivalent { reason: "the same".into() };
        let enough = strength(9, 1, std::slice::from_ref(&equivalent));
        assert_eq!((enough.percent, enough.equivalent, enough.holds()), (Some(90.0), 1, true));
        let too_few = strength(8, 1, std::slice::from_ref(&equivalent));
        assert_eq!((too_few.percent, too_few.holds()), (Some(88.89), false));
        assert!(!strength(0, 0, &[equivalent]).holds(), "nothing was shown");
        assert!(!Strength::unmeasured(1, "the reference does not pass").holds());
    }

    #[test]
    fn what_the_machine_could_not_grade_counts_neither_way_and_does_not_hold() {
        let lost = Fate::NotGraded { reason: "the engine is down".into() };
        let strength = strength(9, 1, &[lost]);
        assert_eq!(
            (strength.percent, strength.not_graded, strength.holds()),
            (Some(90.0), 1, false)
        );
    }

    #[test]
    fn entries_are_found_by_what_they_change_and_stale_ones_named() {
        let entry = |original: &str| Equivalent {
            file: "a.py".into(),
            operator: "core/NumberReplacer".into(),
            original: original.into(),
            mutated: original.replace('1', "2"),
            after: None,
            reason: "b is not used".into(),
        };
        let entries = [entry("b = 1"), entry("c = 1")];
        let all = mutants();
        assert_eq!(equivalent(&entries, &all[0]), None);
        assert_eq!(equivalent(&entries, &all[1]), Some(&entries[0]));
        let (stale, unclear) = doubtful(&entries, &all);
        assert_eq!(stale, [entries[1].clone()]);
        assert_eq!(unclear, [Unclear { entry: entries[0].clone(), lines: vec![2, 4] }]);

        let clear = Equivalent { after: Some(" a = 1".into()), ..entries[0].clone() };
        let clear = slice::from_ref(&clear);
        assert_eq!(equivalent(clear, &all[1]), Some(&clear[0]));
        assert_eq!(equivalent(clear, &all[2]), None, "it comes after another line");
        assert_eq!(doubtful(clear, &all), (Vec::new(), Vec::new()));
    }
}
