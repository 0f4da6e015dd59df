use serde::Serialize;

/// The standard normal distribution's 0.975 quantile: intervals hold 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// How many of how many, with what that says about the share behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub n: u64,
    /// From 0 to 1; absent where there is nothing to count.
    pub share: Option<f64>,
    /// Where the true share lies, 95 %: Wilson's score interval. Absent likewise, and where what is
    /// counted hangs together.
    pub interval: Option<[f64; 2]>,
}

/// By how much a later share differs from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Later less earlier.
    pub value: f64,
    /// Where the true difference lies, 95 %: Newcombe's hybrid score interval.
    pub interval: [f64; 2],
}

impl Rate {
    /// `count` of `n`.
    pub fn of(count: u64, n: u64) -> Self {
        let share = (n > 0).then(|| count as f64 / n as f64);
        Self { count, n, share, interval: share.map(|share| wilson(share, n)) }
    }

    /// `count` of `n` that hang together, such as all tests of some submissions: there are fewer than `n`
    /// independent observations, so an interval would say too much.
    pub(super) fn without_interval(count: u64, n: u64) -> Self {
        Self { interval: None, ..Self::of(count, n) }
    }

    /// What `later` differs by from this; absent where either counts nothing.
    ///
    /// The hybrid score interval, method 10 of Newcombe (1998), "Interval estimation for the difference
    /// between independent proportions", Statistics in Medicine 17.
    pub fn to(self, later: Self) -> Option<Difference> {
        let ((a, [a_low, a_high]), (b, [b_low, b_high])) =
            (self.share.zip(self.interval)?, later.share.zip(later.interval)?);
        let value = b - a;
        let below = (b - b_low).hypot(a_high - a);
        let above = (b_high - b).hypot(a - a_low);
        Some(Difference { value, interval: [value - below, value + above] })
    }
}

/// The score interval of Wilson (1927), "Probable inference, the law of succession, and statistical
/// inference", Journal of the American Statistical Association 22: it stays within 0 and 1, and keeps its
/// level for few observations and for shares near either end.
fn wilson(share: f64, n: u64) -> [f64; 2] {
    let n = n as f64;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    [((middle - half) / whole).clamp(0.0, share), ((middle + half) / whole).clamp(share, 1.0)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use statrs::distribution::{ContinuousCDF as _, Normal};

    use super::{Rate, Z};

    #[test]
    fn intervals_of_a_share_are_those_of_newcombe() {
        // Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in
        // Medicine 17, table I, method 3.
        for (count, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let [found_low, found_high] = Rate::of(count, n).interval.expect("an interval");
            assert!((found_low - low).abs() < 5e-5, "{count}/{n}: {found_low}");
            assert!((found_high - high).abs() < 5e-5, "{count}/{n}: {found_high}");
        }
        assert_eq!(Rate::of(0, 0).interval, None);
        assert_eq!(Rate::of(0, 0).share, None);
    }

    #[test]
    fn intervals_of_a_difference_are_those_of_newcombe() {
        // Newcombe (1998), "Interval estimation for the difference between independent proportions",
        // Statistics in Medicine 17, table II, method 10: the first share less the second.
        for (first, second, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let of = |(count, n)| Rate::of(count, n);
            let found = of(second).to(of(first)).expect("a difference");
            assert!((found.interval[0] - low).abs() < 5e-5, "{first:?} {second:?}: {found:?}");
            assert!((found.interval[1] - high).abs() < 5e-5, "{first:?} {second:?}: {found:?}");
        }
        assert_eq!(Rate::of(0, 0).to(Rate::of(1, 2)), None);
        assert_eq!(Rate::of(1, 2).to(Rate::of(0, 0)), None);
    }

    #[test]
    fn the_intervals_are_of_95_per_cent() {
        let standard = Normal::new(0.0, 1.0).expect("a distribution");
        assert!((standard.inverse_cdf(0.975) - Z).abs() < 1e-9);
    }

    fn rate() -> impl Strategy<Value = Rate> {
        (1_u64..500).prop_flat_map(|n| (0..=n).prop_map(move |count| Rate::of(count, n)))
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_narrows_with_more(of in rate(), times in 2_u64..50) {
            let (share, [low, high]) = (of.share.expect("a share"), of.interval.expect("an interval"));
            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
            let more = Rate::of(of.count * times, of.n * times).interval.expect("an interval");
            prop_assert!(more[1] - more[0] < high - low);
        }

        #[test]
        fn a_difference_turns_round_with_its_sides(a in rate(), b in rate()) {
            let (there, back) = (a.to(b).expect("a difference"), b.to(a).expect("a difference"));
            prop_assert!((there.value + back.value).abs() < 1e-12);
            prop_assert!((there.interval[0] + back.interval[1]).abs() < 1e-12);
            let [low, high] = there.interval;
            prop_assert!(-1.0 - 1e-12 <= low && low <= there.value);
            prop_assert!(there.value <= high && high <= 1.0 + 1e-12);
        }
    }
}
