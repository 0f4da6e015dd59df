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
