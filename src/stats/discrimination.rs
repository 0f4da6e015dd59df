use super::{DISCRIMINATION_FROM, EACH_SIDE_FROM, Figure, WhyNot};

/// What the correlation of a test with the rest of its suite is made of: whole numbers, so that nothing
/// is lost however many are added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) n: u64,
    pub(super) passed: u64,
    /// Of the rest scores.
    rest: u64,
    rest_squared: u64,
    rest_of_passed: u64,
}

impl Sums {
    /// Another submission: whether it passed the test, and how many of the other tests it passed.
    pub(super) fn add(&mut self, passed: bool, rest: u64) {
        self.n += 1;
        self.rest += rest;
        self.rest_squared += rest * rest;
        if passed {
            self.passed += 1;
            self.rest_of_passed += rest;
        }
    }

    /// The point-biserial correlation of passing with the rest score, from -1 to 1: how well the test
    /// tells those who pass the other tests from those who do not. Corrected, in that a test is no part
    /// of what it is compared with. Henrysson (1963), "Correction of item-total correlations in item
    /// analysis", Psychometrika 28(2).
    pub(super) fn discrimination(&self) -> Figure<f64> {
        if self.n < DISCRIMINATION_FROM {
            return Figure::none(self.n, WhyNot::TooFew { least: DISCRIMINATION_FROM });
        }
        if self.passed.min(self.n - self.passed) < EACH_SIDE_FROM {
            return Figure::none(self.n, WhyNot::OneSided { least: EACH_SIDE_FROM });
        }
        match self.correlation() {
            Some(value) => Figure::of(self.n, value),
            None => Figure::none(self.n, WhyNot::NoSpread),
        }
    }

    /// Pearson's, of a variable that is 0 or 1 with the rest score; absent where one of them is the same
    /// for all.
    fn correlation(&self) -> Option<f64> {
        let [n, passed, rest, squared, both] =
            [self.n, self.passed, self.rest, self.rest_squared, self.rest_of_passed]
                .map(i128::from);
        let of_test = n * passed - passed * passed;
        let of_rest = n * squared - rest * rest;
        let together = n * both - passed * rest;
        let spread = (of_test as f64).sqrt() * (of_rest as f64).sqrt();
        (of_test > 0 && of_rest > 0).then(|| (together as f64 / spread).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Sums;
    use crate::stats::WhyNot;

    fn sums(of: &[(bool, u64)]) -> Sums {
        let mut sums = Sums::default();
        of.iter().for_each(|(passed, rest)| sums.add(*passed, *rest));
        sums
    }

    #[test]
    fn the_correlation_is_that_of_scipy() {
        // SciPy's documentation of `pointbiserialr`: 0.8660254037844386.
        let of: Vec<(bool, u64)> = (0..7).map(|value| (value >= 3, value)).collect();
        let found = sums(&of).correlation().expect("a correlation");
        assert!((found - 0.866_025_403_784_438_6).abs() < 1e-15, "{found}");
    }

    #[test]
    fn too_few_one_sided_and_equal_observations_have_none() {
        let many = |n: u64, passed: u64, rest: fn(u64) -> u64| {
            let of: Vec<(bool, u64)> = (0..n).map(|i| (i < passed, rest(i))).collect();
            sums(&of).discrimination()
        };
        assert_eq!(many(29, 15, |i| i % 7).why_not, Some(WhyNot::TooFew { least: 30 }));
        assert_eq!(many(30, 4, |i| i % 7).why_not, Some(WhyNot::OneSided { least: 5 }));
        assert_eq!(many(30, 26, |i| i % 7).why_not, Some(WhyNot::OneSided { least: 5 }));
        assert_eq!(many(30, 15, |_| 3).why_not, Some(WhyNot::NoSpread));
        let shown = many(30, 25, |i| i % 7);
        assert!(shown.value.is_some() && shown.n == 30, "{shown:?}");
    }

    /// Submissions as the outcomes of their tests.
    fn outcomes() -> impl Strategy<Value = Vec<Vec<bool>>> {
        (2_usize..8).prop_flat_map(|tests| {
            prop::collection::vec(prop::collection::vec(any::<bool>(), tests), 2..40)
        })
    }

    /// The mean product of two variables' deviations from their means.
    fn covariance(a: &[f64], b: &[f64]) -> f64 {
        let n = a.len() as f64;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
        let (mean_a, mean_b) = (mean(a), mean(b));
        a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / n
    }

    proptest! {
        #[test]
        fn henryssons_formula_gives_the_same(of in outcomes()) {
            let number = |passed: bool| f64::from(u8::from(passed));
            let total = |row: &Vec<bool>| row.iter().filter(|passed| **passed).count() as u64;
            let of: Vec<(bool, u64)> = of.iter().map(|row| (row[0], total(row))).collect();
            let test: Vec<f64> = of.iter().map(|(passed, _)| number(*passed)).collect();
            let totals: Vec<f64> = of.iter().map(|(_, total)| *total as f64).collect();
            let rests: Vec<(bool, u64)> =
                of.iter().map(|(passed, total)| (*passed, total - u64::from(*passed))).collect();
            let found = sums(&rests).correlation();
            let rest: Vec<f64> = rests.iter().map(|(_, rest)| *rest as f64).collect();
            let (of_test, of_rest) = (covariance(&test, &test), covariance(&rest, &rest));
            prop_assert_eq!(found.is_none(), of_test == 0.0 || of_rest == 0.0);
            if let Some(found) = found {
                // From the total score, as Henrysson corrects it: without a rest score.
                let together = covariance(&test, &totals);
                let rest_squared = of_test + covariance(&totals, &totals) - 2.0 * together;
                let corrected = (together - of_test) / (of_test * rest_squared).sqrt();
                prop_assert!((found - corrected).abs() < 1e-9, "{found} {corrected}");
                let plain = covariance(&test, &rest) / (of_test * of_rest).sqrt();
                prop_assert!((found - plain).abs() < 1e-9, "{found} {plain}");
            }
        }
    }
}
