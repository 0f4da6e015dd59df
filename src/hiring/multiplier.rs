use std::{fmt, str::FromStr};

/// How many times as long somebody has: 1 to 4, in steps of a hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Multiplier {
    percent: u16,
}

/// The text is no multiplier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a multiplier of time is a number from 1 to 4 with at most two decimals, such as 1.5")]
pub struct InvalidMultiplier;

impl Multiplier {
    /// Nothing is multiplied.
    pub const NONE: Self = Self { percent: 100 };

    /// From per cent.
    ///
    /// # Errors
    /// [`InvalidMultiplier`] below 100 and above 400.
    pub fn from_percent(percent: i64) -> Result<Self, InvalidMultiplier> {
        match u16::try_from(percent) {
            Ok(percent) if (100..=400).contains(&percent) => Ok(Self { percent }),
            _ => Err(InvalidMultiplier),
        }
    }

    /// In per cent.
    pub fn percent(self) -> u16 {
        self.percent
    }

    /// That many milliseconds, multiplied.
    pub fn of(self, ms: i64) -> i64 {
        let product = i128::from(ms) * i128::from(self.percent) / 100;
        i64::try_from(product).unwrap_or(i64::MAX)
    }

    /// What has to be multiplied to get at least that many milliseconds.
    pub fn base_of(self, ms: i64) -> i64 {
        let scaled = i128::from(ms) * 100;
        let percent = i128::from(self.percent);
        let base = scaled.div_euclid(percent) + i128::from(scaled.rem_euclid(percent) != 0);
        i64::try_from(base).unwrap_or(i64::MAX)
    }
}

impl FromStr for Multiplier {
    type Err = InvalidMultiplier;

    fn from_str(text: &str) -> Result<Self, InvalidMultiplier> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if whole.len() != 1 || !digits(whole) || !digits(part) {
            return Err(InvalidMultiplier);
        }
        let hundredths: i64 =
            format!("{whole}{part:0<2}").parse().map_err(|_| InvalidMultiplier)?;
        Self::from_percent(hundredths)
    }
}

impl fmt::Display for Multiplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:02}", self.percent / 100, self.percent % 100);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_one_to_four_in_hundredths_is_a_multiplier() {
        for (text, percent) in [("1", 100), ("1.5", 150), ("1.25", 125), ("4", 400), ("4.00", 400)]
        {
            assert_eq!(text.parse::<Multiplier>(), Ok(Multiplier { percent }), "{text}");
        }
        for text in [
            "", "0.99", "4.01", "5", "-1", "1.", ".5", "1.555", "1e0", "NaN", "1,5", "01.5",
            "1.5.1",
        ] {
            assert_eq!(text.parse::<Multiplier>(), Err(InvalidMultiplier), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_divided_and_multiplied_is_never_less(percent in 100_i64..=400, ms in 0_i64..1 << 50) {
            let multiplier = Multiplier::from_percent(percent).expect("one");
            let again = multiplier.of(multiplier.base_of(ms));
            prop_assert!((ms..ms + 4).contains(&again), "{again}");
            prop_assert_eq!(multiplier.to_string().parse(), Ok(multiplier));
        }
    }
}
