/// Pairs of marks from which on a kappa is given: below, its interval covers nearly everything.
pub const LEAST_FOR_KAPPA: usize = 20;
/// The marks that there are.
const LEVELS: usize = 4;

/// Two reviewers' marks of the same criterion of the same submission, each from 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The first reviewer's.
    pub one: u8,
    /// The second reviewer's.
    pub other: u8,
}

/// How far two reviewers agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Pairs of marks that it is made of.
    pub pairs: usize,
    /// The share of pairs that are equal, 0 to 1.
    pub exact: f64,
    /// The share of pairs at most one mark apart.
    pub near: f64,
    /// Cohen's kappa with quadratic weights, where [`LEAST_FOR_KAPPA`] pairs support it and the marks
    /// differ at all.
    pub kappa: Option<f64>,
}

/// Of two reviewers, always in the same order; nothing without a pair. Marks beyond the scale do not count.
pub fn agreement(pairs: &[Pair]) -> Option<Agreement> {
    let valid = |mark: u8| (1..=LEVELS).contains(&usize::from(mark));
    let pairs: Vec<Pair> =
        pairs.iter().copied().filter(|pair| valid(pair.one) && valid(pair.other)).collect();
    if pairs.is_empty() {
        return None;
    }
    let share = |most: u8| {
        let near = pairs.iter().filter(|pair| pair.one.abs_diff(pair.other) <= most).count();
        near as f64 / pairs.len() as f64
    };
    Some(Agreement {
        pairs: pairs.len(),
        exact: share(0),
        near: share(1),
        kappa: (pairs.len() >= LEAST_FOR_KAPPA).then(|| kappa(&pairs)).flatten(),
    })
}

/// 1 - observed disagreement / disagreement by chance, each weighted with the square of the distance. None
/// where chance leaves nothing to disagree about: both always gave the same one mark.
fn kappa(pairs: &[Pair]) -> Option<f64> {
    let mut seen = [[0.0_f64; LEVELS]; LEVELS];
    for pair in pairs {
        seen[usize::from(pair.one) - 1][usize::from(pair.other) - 1] += 1.0;
    }
    let n = pairs.len() as f64;
    let rows = seen.map(|row| row.iter().sum::<f64>());
    let column = |at: usize| seen.iter().map(|row| row[at]).sum::<f64>();
    let (mut observed, mut expected) = (0.0, 0.0);
    for (one, row) in seen.iter().enumerate() {
        for (other, count) in row.iter().enumerate() {
            let weight = (one as f64 - other as f64).powi(2);
            observed += weight * count;
            expected += weight * rows[one] * column(other) / n;
        }
    }
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(u8, u8, usize)]) -> Vec<Pair> {
        of.iter()
            .flat_map(|(one, other, count)| {
                std::iter::repeat_n(Pair { one: *one, other: *other }, *count)
            })
            .collect()
    }

    #[test]
    fn quadratic_kappa_is_one_minus_the_mean_square_over_that_of_all_pairs() {
        let of = pairs(&[
            (1, 1, 5),
            (1, 2, 1),
            (2, 2, 6),
            (2, 3, 2),
            (3, 3, 5),
            (3, 2, 1),
            (3, 4, 1),
            (4, 4, 3),
            (4, 2, 1),
        ]);
        let found = agreement(&of).expect("an agreement");
        let (mut observed, mut expected) = (0.0, 0.0);
        for a in &of {
            observed += f64::from(a.one.abs_diff(a.other)).powi(2);
            for b in &of {
                expected += f64::from(a.one.abs_diff(b.other)).powi(2) / of.len() as f64;
            }
        }
        let kappa = found.kappa.expect("enough pairs");
        assert!((kappa - (1.0 - observed / expected)).abs() < 1e-12, "{kappa}");
        assert_eq!((found.pairs, found.exact, found.near), (25, 0.76, 0.96));
    }

    #[test]
    fn the_extremes_are_one_and_minus_one_and_chance_is_about_nothing() {
        let same = pairs(&[(1, 1, 10), (4, 4, 10)]);
        assert_eq!(agreement(&same).and_then(|found| found.kappa), Some(1.0));
        let opposite = pairs(&[(1, 4, 10), (4, 1, 10)]);
        assert_eq!(agreement(&opposite).and_then(|found| found.kappa), Some(-1.0));
        let chance = pairs(&[(1, 1, 5), (1, 4, 5), (4, 1, 5), (4, 4, 5)]);
        assert_eq!(agreement(&chance).and_then(|found| found.kappa), Some(0.0));
    }

    #[test]
    fn few_pairs_and_a_single_mark_get_shares_and_no_kappa() {
        assert_eq!(agreement(&[]), None);
        assert_eq!(agreement(&pairs(&[(9, 1, 30), (0, 1, 30)])), None);
        let few = agreement(&pairs(&[(1, 2, LEAST_FOR_KAPPA - 1)])).expect("an agreement");
        assert_eq!((few.kappa, few.exact, few.near), (None, 0.0, 1.0));
        let one = agreement(&pairs(&[(3, 3, 40)])).expect("an agreement");
        assert_eq!((one.kappa, one.exact), (None, 1.0));
    }
}
