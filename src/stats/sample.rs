use serde::Serialize;

use super::{Figure, QUARTILES_FROM, WhyNot};

/// Values, in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample(Vec<f64>);

/// The least, the quartiles and the most of some values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quartiles {
    /// The smallest value.
    pub least: f64,
    /// A quarter is not above it.
    pub lower: f64,
    /// The middle.
    pub median: f64,
    /// Three quarters are not above it.
    pub upper: f64,
    /// The largest value.
    pub most: f64,
}

impl Sample {
    /// Another value.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The values, in the order in which they came.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// How many there are.
    pub fn n(&self) -> u64 {
        self.0.len() as u64
    }

    /// Their mean.
    pub fn mean(&self) -> Figure<f64> {
        match self.n() {
            0 => Figure::none(0, WhyNot::TooFew { least: 1 }),
            n => Figure::of(n, self.0.iter().sum::<f64>() / n as f64),
        }
    }

    /// Their quartiles, from [`QUARTILES_FROM`] of them on.
    pub fn quartiles(&self) -> Figure<Quartiles> {
        match Quartiles::of(&self.0) {
            Some(quartiles) if self.n() >= QUARTILES_FROM => Figure::of(self.n(), quartiles),
            _ => Figure::none(self.n(), WhyNot::TooFew { least: QUARTILES_FROM }),
        }
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Quartiles {
    /// Those of `values`, however few; none of nothing. Between two values they are interpolated, as R,
    /// NumPy and spreadsheets do unless told otherwise: definition 7 of Hyndman and Fan (1996), "Sample
    /// Quantiles in Statistical Packages", The American Statistician 50(4).
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let at = |share: f64| {
            let place = (sorted.len() - 1) as f64 * share;
            let below = sorted[place.floor() as usize];
            let above = sorted[place.ceil() as usize];
            below + (above - below) * place.fract()
        };
        Some(Self { least, lower: at(0.25), median: at(0.5), upper: at(0.75), most })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Quartiles, Sample};
    use crate::stats::{QUARTILES_FROM, WhyNot};

    #[test]
    fn quartiles_are_those_of_r() {
        // R's documentation of `summary`, for `mtcars$mpg`: 10.40, 15.43, 19.20, 22.80 and 33.90.
        let mpg = [
            21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2,
            10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4,
            15.8, 19.7, 15.0, 21.4,
        ];
        let known = Quartiles { least: 10.4, lower: 15.425, median: 19.2, upper: 22.8, most: 33.9 };
        assert_eq!(Quartiles::of(&mpg), Some(known));
        // The mean in the same place is 20.09.
        let mean = mpg.into_iter().collect::<Sample>().mean().value.expect("a mean");
        assert!((mean - 20.090_625).abs() < 1e-9, "{mean}");
        // R: quantile(1:8)
        let eight: Vec<f64> = (1..=8).map(f64::from).collect();
        let known = Quartiles { least: 1.0, lower: 2.75, median: 4.5, upper: 6.25, most: 8.0 };
        assert_eq!(Quartiles::of(&eight), Some(known));
        assert_eq!(Quartiles::of(&[]), None);
    }

    #[test]
    fn quartiles_are_shown_from_eight_values_on_and_a_mean_from_one() {
        let of = |count: u64| (0..count).map(|value| value as f64).collect::<Sample>();
        let few = of(QUARTILES_FROM - 1).quartiles();
        assert_eq!((few.n, few.value), (7, None));
        assert_eq!(few.why_not, Some(WhyNot::TooFew { least: 8 }));
        let enough = of(QUARTILES_FROM).quartiles();
        assert_eq!((enough.n, enough.why_not), (8, None));
        assert_eq!(enough.value.expect("quartiles").median, 3.5);
        assert_eq!(of(1).mean().value, Some(0.0));
        assert_eq!(of(0).mean().why_not, Some(WhyNot::TooFew { least: 1 }));
    }

    proptest! {
        #[test]
        fn quartiles_part_the_values_as_they_say(values in prop::collection::vec(-1e9..1e9, 1..60)) {
            let found = Quartiles::of(&values).expect("values");
            let ordered = [found.least, found.lower, found.median, found.upper, found.most];
            prop_assert!(ordered.is_sorted(), "{ordered:?}");
            let share = |limit: f64| {
                values.iter().filter(|value| **value <= limit).count() as f64 / values.len() as f64
            };
            for (limit, least) in [(found.lower, 0.25), (found.median, 0.5), (found.upper, 0.75)] {
                prop_assert!(share(limit) >= least - 1.0 / values.len() as f64);
            }
            let mut turned = values.clone();
            turned.reverse();
            prop_assert_eq!(Quartiles::of(&turned), Some(found));
        }
    }
}
