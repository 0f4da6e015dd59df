use statrs::distribution::{ContinuousCDF as _, StudentsT};

use crate::domain::timing::{Ratio, Slope};

/// What every interval in a report holds.
pub const CONFIDENCE: f64 = 0.95;
/// What the interval holds that decides whether to stop early, and on which side of 1 a wide one lies.
/// Each look at the readings is another chance to be misled by them, so a look that ends the measurement
/// for what it shows has to be surer.
pub const EARLY_CONFIDENCE: f64 = 0.99;

/// How many standard errors Student's distribution with `freedom` degrees of freedom takes on either
/// side to hold `confidence`, which is above 0 and below 1. Endless without a degree of freedom.
pub fn t_quantile(freedom: usize, confidence: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, freedom as f64) {
        Ok(student) => student.inverse_cdf(f64::midpoint(1.0, confidence)),
        Err(_) => f64::INFINITY,
    }
}

/// The place, from 1, of the mean of two at which the interval of `n` values begins, counted from the least:
/// the largest for which the signed ranks' sum is below it with a probability of at most half of what
/// `confidence` leaves. 0 where even the least mean is not sure enough.
fn means_beyond(n: usize, confidence: f64) -> usize {
    // Subsets of the ranks 1 to n by their sum, as shares of all.
    let mut shares = vec![1.0];
    for rank in 1..=n {
        let mut next = vec![0.0; shares.len() + rank];
        for (sum, share) in shares.iter().enumerate() {
            next[sum] += share / 2.0;
            next[sum + rank] += share / 2.0;
        }
        shares = next;
    }
    let tail = (1.0 - confidence) / 2.0;
    let mut below = 0.0;
    shares
        .iter()
        .take_while(|share| {
            below += **share;
            below <= tail
        })
        .count()
}

/// An estimate and its interval, of logarithms of ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) value: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Interval {
    /// The mean of at least two values, with Student's interval.
    pub(super) fn of_mean(values: &[f64], confidence: f64) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        Self::around(mean, t_quantile(values.len() - 1, confidence) * error)
    }

    /// Where values lie that are as often above as below it, by their ranks: the median of all means of two of
    /// them, a value with itself included (Hodges and Lehmann 1963, Estimates of location based on rank
    /// tests, Annals of Mathematical Statistics 34, 598-611), with the interval of Wilcoxon's signed-rank
    /// test, which is exact for every symmetric distribution (Hollander, Wolfe and Chicken 2014,
    /// Nonparametric Statistical Methods, 3.3) and holds `confidence` at least. So few values that no ranks
    /// are that sure have Student's interval.
    pub(super) fn of_location(values: &[f64], confidence: f64) -> Self {
        let mut means: Vec<f64> = values
            .iter()
            .enumerate()
            .flat_map(|(place, one)| {
                values[place..].iter().map(move |two| f64::midpoint(*one, *two))
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let beyond = means_beyond(values.len(), confidence);
        match (median(means.clone()), beyond) {
            (Some(value), 1..) => {
                Self { value, from: means[beyond - 1], to: means[means.len() - beyond] }
            }
            _ => Self::of_mean(values, confidence),
        }
    }

    /// The slope of the least squares' line through at least three points, not all above one another,
    /// with Student's interval.
    pub(super) fn of_slope(points: &[(f64, f64)], confidence: f64) -> Self {
        let n = points.len() as f64;
        let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
        let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
        let xx: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        let xy: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let slope = xy / xx;
        let squares: f64 =
            points.iter().map(|(x, y)| (y - mean_y - slope * (x - mean_x)).powi(2)).sum();
        let error = (squares / (n - 2.0) / xx).sqrt();
        Self::around(slope, t_quantile(points.len() - 2, confidence) * error)
    }

    fn around(value: f64, half: f64) -> Self {
        Self { value, from: value - half, to: value + half }
    }

    pub(super) fn width(&self) -> f64 {
        self.to - self.from
    }

    pub(super) fn exponentiated(&self) -> Ratio {
        Ratio { value: self.value.exp(), from: self.from.exp(), to: self.to.exp() }
    }

    pub(super) fn as_slope(&self) -> Slope {
        Slope { value: self.value, from: self.from, to: self.to }
    }
}

/// The middle of some values, or the mean of the two in the middle; none of nothing.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    let middle = values.len().checked_sub(1)? / 2;
    values.sort_by(f64::total_cmp);
    if values.len() % 2 == 1 {
        Some(values[middle])
    } else {
        Some(f64::midpoint(values[middle], values[middle + 1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: 0.975 and 0.995.
        for (freedom, two, three) in [
            (1, 12.706, 63.657),
            (2, 4.303, 9.925),
            (5, 2.571, 4.032),
            (9, 2.262, 3.250),
            (10, 2.228, 3.169),
            (19, 2.093, 2.861),
            (29, 2.045, 2.756),
            (100, 1.984, 2.626),
        ] {
            assert!((t_quantile(freedom, 0.95) - two).abs() < 6e-4, "{freedom}");
            assert!((t_quantile(freedom, 0.99) - three).abs() < 6e-4, "{freedom}");
        }
        assert_eq!(t_quantile(0, 0.95), f64::INFINITY);
    }

    #[test]
    fn the_interval_of_a_mean_is_gossets() {
        // Student (1908), The probable error of a mean, Biometrika 6(1): additional hours of sleep by
        // two drugs. R: t.test(sleep$extra[11:20] - sleep$extra[1:10]) gives 1.58, 0.7001142 to
        // 2.4598858.
        let gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
        let found = Interval::of_mean(&gained, 0.95);
        assert!((found.value - 1.58).abs() < 1e-12);
        assert!((found.from - 0.700_114_2).abs() < 1e-6, "{found:?}");
        assert!((found.to - 2.459_885_8).abs() < 1e-6, "{found:?}");
    }

    #[test]
    #[expect(clippy::approx_constant, reason = "3.14 is a reading of a patient")]
    fn the_interval_of_a_location_is_that_of_the_signed_ranks() {
        // Hollander and Wolfe (1973), 29f: depression scale factors of nine patients before and after
        // tranquillisers. By hand: the 45 means of two, sorted, and of all 512 subsets of the ranks 12 with
        // a sum of at most 5, 2.3 %, so the sixth mean from either end.
        let first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        let second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        let fell: Vec<f64> = first.iter().zip(second).map(|(one, two)| one - two).collect();
        let found = Interval::of_location(&fell, 0.95);
        assert!((found.value - 0.46).abs() < 1e-9, "{found:?}");
        assert_eq!(means_beyond(9, 0.95), 6);
        assert!((found.from - 0.01).abs() < 1e-9 && (found.to - 0.786).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn places_are_those_of_the_printed_tables() {
        // Critical values of Wilcoxon's signed-rank test, two-sided 5 % and 1 % (NIST and most textbooks), are
        // the largest sums that are sure enough: one less.
        for (n, five, one) in [(6, 0, None), (8, 3, Some(0)), (10, 8, Some(3)), (20, 52, Some(37))]
        {
            assert_eq!(means_beyond(n, 0.95), five + 1, "{n}");
            assert_eq!(means_beyond(n, 0.99), one.map_or(0, |sum| sum + 1), "{n}");
        }
        assert_eq!(means_beyond(5, 0.95), 0);
    }

    #[test]
    fn few_values_have_students_interval_and_one_far_off_does_not_move_many() {
        let few = [0.01, 0.02, 0.03];
        assert_eq!(Interval::of_location(&few, 0.95), Interval::of_mean(&few, 0.95));
        let mut many: Vec<f64> = (-7..8).map(|value| f64::from(value) / 1000.0).collect();
        let calm = Interval::of_location(&many, 0.95);
        many.push(0.3);
        let disturbed = Interval::of_location(&many, 0.95);
        assert!((calm.value - disturbed.value).abs() < 0.001, "{calm:?} {disturbed:?}");
        assert!(disturbed.width() < 0.008, "{disturbed:?}");
    }

    #[test]
    fn the_interval_of_a_slope_is_that_of_r() {
        // Anscombe (1973), Graphs in statistical analysis, The American Statistician 27(1), first set:
        // slope 0.500, standard error 0.118. R: confint(lm(y1 ~ x1, anscombe)) gives 0.2333701 to
        // 0.7668117.
        let points = [
            (10.0, 8.04),
            (8.0, 6.95),
            (13.0, 7.58),
            (9.0, 8.81),
            (11.0, 8.33),
            (14.0, 9.96),
            (6.0, 7.24),
            (4.0, 4.26),
            (12.0, 10.84),
            (7.0, 4.82),
            (5.0, 5.68),
        ];
        let found = Interval::of_slope(&points, 0.95);
        assert!((found.value - 0.500_090_9).abs() < 1e-6, "{found:?}");
        assert!((found.from - 0.233_370_1).abs() < 1e-6, "{found:?}");
        assert!((found.to - 0.766_811_7).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn a_median_is_the_middle_or_between_the_two() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![7.0]), Some(7.0));
        assert_eq!(median(vec![]), None);
    }
}
