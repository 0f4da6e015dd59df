//! Whether two shares differ by more than chance explains, and how many such questions were asked.

use statrs::distribution::{Discrete as _, Hypergeometric};

use super::Rate;

/// How often at most any difference at all is reported where there is none.
pub const LEVEL: f64 = 0.05;
/// Tables that are equally likely may differ in the last digits of what was computed.
const TIE: f64 = 1e-7;

/// The chance of shares at least as far apart as these, if both come from the same: Fisher's exact test,
/// two-sided, the sum over all tables that are not more likely than the one observed (as R's
/// `fisher.test`). Fisher (1935), "The Logic of Inductive Inference", Journal of the Royal Statistical
/// Society 98.
pub fn fisher(a: Rate, b: Rate) -> f64 {
    let passed = a.count + b.count;
    let Ok(tables) = Hypergeometric::new(a.n + b.n, passed, a.n) else { return 1.0 };
    let chance = |count: u64| tables.ln_pmf(count).exp();
    let seen = chance(a.count) * (1.0 + TIE);
    let all = passed.saturating_sub(b.n)..=passed.min(a.n);
    all.map(chance).filter(|chance| *chance <= seen).sum::<f64>().min(1.0)
}

/// Values of p for each of several questions, so that the chance of calling anything a difference which
/// is none stays below the level however the questions hang together. Holm (1979), "A simple sequentially
/// rejective multiple test procedure", Scandinavian Journal of Statistics 6.
pub fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut adjusted = vec![0.0; values.len()];
    let mut least = 0.0_f64;
    for (place, index) in order.into_iter().enumerate() {
        least = least.max(values[index] * (values.len() - place) as f64).min(1.0);
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LEVEL, Rate, fisher, holm};

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() <= 5e-5 * known.max(1e-2), "{found} is not {known}");
    }

    #[test]
    fn fishers_values_are_those_of_r_and_scipy() {
        // R's documentation of `fisher.test`: the lady who tastes tea, and the convictions of twins.
        close(fisher(Rate::of(3, 4), Rate::of(1, 4)), 0.4857);
        close(fisher(Rate::of(2, 17), Rate::of(10, 13)), 0.000_536_7);
        // SciPy's documentation of `fisher_exact`: whales and sharks, 0.0349…
        close(fisher(Rate::of(8, 10), Rate::of(1, 6)), 0.034_965_03);
        // SciPy's, as statrs compares itself with it: large tables and small values of p.
        close(fisher(Rate::of(172, 218), Rate::of(90, 217)), 9.041_009_036_528_785e-16);
        close(fisher(Rate::of(124, 262), Rate::of(159, 319)), 0.560_176_619_310_224_3);
        assert_eq!(fisher(Rate::of(0, 9), Rate::of(0, 9)), 1.0);
        assert_eq!(fisher(Rate::of(0, 0), Rate::of(3, 9)), 1.0);
    }

    #[test]
    fn large_tables_overflow_nothing() {
        let half = fisher(Rate::of(50_000, 100_000), Rate::of(50_100, 100_000));
        assert!((0.5..0.8).contains(&half), "{half}");
        assert_eq!(fisher(Rate::of(0, 100_000), Rate::of(100_000, 100_000)), 0.0);
    }

    #[test]
    fn holms_values_are_those_of_a_table() {
        // Wikipedia, "Holm-Bonferroni method": of 0.01, 0.04, 0.03 and 0.005 the first and the last are
        // rejected at 0.05. R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, known) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - known).abs() < 1e-12, "{found} is not {known}");
        }
        assert_eq!(holm(&[]), Vec::<f64>::new());
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }

    #[test]
    fn eight_a_side_are_the_least_at_which_one_of_a_hundred_can_stand_out() {
        use crate::stats::DRIFT_FROM;
        let reversed = |n: u64| 100.0 * fisher(Rate::of(0, n), Rate::of(n, n));
        assert!(reversed(DRIFT_FROM) < LEVEL);
        assert!(reversed(DRIFT_FROM - 1) > LEVEL);
    }

    fn rate() -> impl Strategy<Value = Rate> {
        (0_u64..60).prop_flat_map(|n| (0..=n).prop_map(move |count| Rate::of(count, n)))
    }

    proptest! {
        #[test]
        fn fisher_does_not_care_about_sides(a in rate(), b in rate()) {
            let p = fisher(a, b);
            prop_assert!((0.0..=1.0).contains(&p));
            let failed = |of: Rate| Rate::of(of.n - of.count, of.n);
            for same in [fisher(b, a), fisher(failed(a), failed(b))] {
                prop_assert!((p - same).abs() < 1e-9, "{p} {same}");
            }
        }

        #[test]
        fn fisher_calls_no_more_a_difference_than_its_level(n in 1_u64..16, m in 1_u64..16, share in 0.02..0.98_f64) {
            // The chance of each table where both shares are the same, and how many are called different.
            let chance = |count: u64, of: u64| {
                let ways: f64 = (0..count).map(|i| (of - i) as f64 / (i + 1) as f64).product();
                ways * share.powi(count as i32) * (1.0 - share).powi((of - count) as i32)
            };
            let mut wrong = 0.0;
            for a in 0..=n {
                for b in 0..=m {
                    if fisher(Rate::of(a, n), Rate::of(b, m)) <= LEVEL {
                        wrong += chance(a, n) * chance(b, m);
                    }
                }
            }
            prop_assert!(wrong <= LEVEL + 1e-9, "{wrong}");
        }

        #[test]
        fn holm_lies_between_nothing_and_bonferroni_in_the_same_order(
            values in prop::collection::vec(0.0..=1.0, 0..40),
        ) {
            let adjusted = holm(&values);
            let count = values.len() as f64;
            for (p, adjusted) in values.iter().zip(&adjusted) {
                prop_assert!(p <= adjusted && *adjusted <= (p * count).min(1.0) + 1e-12);
            }
            for i in 0..values.len() {
                for j in 0..values.len() {
                    prop_assert!(values[i] > values[j] || adjusted[i] <= adjusted[j]);
                }
            }
        }
    }
}
