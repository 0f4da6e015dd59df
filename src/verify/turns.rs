use super::plan::{Subject, SubjectKind};
use crate::challenge::SampleKind;

/// How often each kind of solution is graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeats {
    /// The reference and correct samples: they must pass every time.
    pub right: u32,
    /// All others: what a wrong one loses, one grading shows.
    pub wrong: u32,
    /// The challenge's own cap on both.
    pub cap: Option<u32>,
    /// Whether half of the repeats run while all cores are kept busy.
    pub load: bool,
}

/// One grading of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Index of the subject.
    pub subject: usize,
    /// Seed of its data and, where tests are shuffled, of their order.
    pub seed: u64,
    /// Whether cores are kept busy meanwhile.
    pub load: bool,
}

/// Seeds under load start here, so that no repeat sees the data of another.
const LOAD_SEEDS: u64 = 1_000_000;

impl Repeats {
    /// Every subject once.
    pub const ONCE: Self = Self { right: 1, wrong: 1, cap: None, load: false };

    fn of(&self, kind: SubjectKind) -> u32 {
        let asked = if kind.is_right() { self.right } else { self.wrong };
        self.cap.map_or(asked, |cap| asked.min(cap))
    }
}

/// Every grading that `repeats` asks for: those without load first, and within each part one
/// repeat of all after the other, so that a part that is cut short has seen everything.
pub fn turns(subjects: &[Subject], repeats: &Repeats) -> Vec<Turn> {
    // Hostile ones first: they tend to take longest, and the last to end decides.
    let mut order: Vec<usize> = (0..subjects.len()).collect();
    order.sort_by_key(|index| subjects[*index].kind != SubjectKind::Sample(SampleKind::Hostile));
    let mut turns = Vec::new();
    for load in [false, true] {
        let count = |subject: usize| {
            let all = repeats.of(subjects[subject].kind);
            let loaded = if repeats.load { all / 2 } else { 0 };
            if load { loaded } else { all - loaded }
        };
        let most = order.iter().map(|subject| count(*subject)).max().unwrap_or(0);
        for repeat in 0..most {
            let seed = 1 + u64::from(repeat) + if load { LOAD_SEEDS } else { 0 };
            let in_turn = order.iter().filter(|subject| repeat < count(**subject));
            turns.extend(in_turn.map(|subject| Turn { subject: *subject, seed, load }));
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects() -> Vec<Subject> {
        [
            SubjectKind::Reference,
            SubjectKind::Sample(SampleKind::Correct),
            SubjectKind::Sample(SampleKind::Wrong),
            SubjectKind::Sample(SampleKind::Hostile),
            SubjectKind::Empty,
        ]
        .map(|kind| Subject {
            name: format!("{kind:?}"),
            dir: None,
            kind,
            summary: String::new(),
            expected: None,
        })
        .to_vec()
    }

    fn counts(repeats: &Repeats) -> Vec<(usize, usize)> {
        let turns = turns(&subjects(), repeats);
        let of = |subject, load| {
            turns.iter().filter(|turn| turn.subject == subject && turn.load == load).count()
        };
        (0..5).map(|subject| (of(subject, false), of(subject, true))).collect()
    }

    #[test]
    fn right_solutions_are_repeated_and_wrong_ones_graded_once() {
        let repeats = Repeats { right: 5, wrong: 1, cap: None, load: false };
        assert_eq!(counts(&repeats), [(5, 0), (5, 0), (1, 0), (1, 0), (1, 0)]);
        assert_eq!(turns(&subjects(), &repeats)[0].subject, 3, "hostile ones first");
    }

    #[test]
    fn half_of_the_repeats_run_under_load_with_data_of_their_own() {
        let repeats = Repeats { right: 5, wrong: 2, cap: None, load: true };
        assert_eq!(counts(&repeats), [(3, 2), (3, 2), (1, 1), (1, 1), (1, 1)]);
        let all = turns(&subjects(), &repeats);
        let mut seeds: Vec<u64> =
            all.iter().filter(|turn| turn.subject == 0).map(|turn| turn.seed).collect();
        seeds.dedup();
        assert_eq!(seeds.len(), 5);
        assert!(all.is_sorted_by_key(|turn| turn.load));
    }

    #[test]
    fn a_challenges_cap_bounds_what_is_asked() {
        let repeats = Repeats { right: 20, wrong: 8, cap: Some(5), load: true };
        assert_eq!(counts(&repeats)[0], (3, 2));
        assert_eq!(counts(&repeats)[2], (3, 2));
    }
}
