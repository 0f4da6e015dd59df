use std::{fmt, str::FromStr, time::Duration};

/// How long something may take: whole minutes, at most two years. Written `7d`, `90m`, `1d12h`, `2w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    minutes: u32,
}

const MOST_MINUTES: u32 = 2 * 366 * 24 * 60;
const UNITS: [(char, u32); 4] = [('w', 7 * 24 * 60), ('d', 24 * 60), ('h', 60), ('m', 1)];

/// The text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    /// Not numbers with units.
    #[error(
        "a period is numbers with the units w, d, h and m, largest first, such as 7d, 90m or 1d12h"
    )]
    Form,
    /// Nothing, or more than two years.
    #[error("a period is at least a minute and at most two years")]
    Size,
}

impl Period {
    /// Of whole days.
    ///
    /// # Errors
    /// [`InvalidPeriod::Size`].
    pub fn days(days: u32) -> Result<Self, InvalidPeriod> {
        Self::of(u64::from(days) * 24 * 60)
    }

    /// From milliseconds; a part of a minute counts as one.
    ///
    /// # Errors
    /// [`InvalidPeriod::Size`].
    pub fn from_ms(ms: i64) -> Result<Self, InvalidPeriod> {
        let ms = u64::try_from(ms).map_err(|_| InvalidPeriod::Size)?;
        Self::of(ms.div_ceil(60_000))
    }

    /// The nearest period, of which there is one for what a challenge may take.
    pub fn near(duration: Duration) -> Self {
        let minutes = u32::try_from(duration.as_secs().div_ceil(60)).unwrap_or(MOST_MINUTES);
        Self { minutes: minutes.clamp(1, MOST_MINUTES) }
    }

    /// Milliseconds.
    pub fn ms(self) -> i64 {
        i64::from(self.minutes) * 60_000
    }

    fn of(minutes: u64) -> Result<Self, InvalidPeriod> {
        match u32::try_from(minutes) {
            Ok(minutes) if (1..=MOST_MINUTES).contains(&minutes) => Ok(Self { minutes }),
            _ => Err(InvalidPeriod::Size),
        }
    }

    /// For people: `7 days`, `1 hour 30 minutes`.
    pub fn words(self) -> String {
        let mut rest = self.minutes;
        let mut parts = Vec::new();
        // Time boxes are known by their minutes up to two hours, deadlines by their days.
        for (name, minutes) in [("day", 24 * 60), ("hour", 60), ("minute", 1)] {
            let count = if rest <= 120 && name == "hour" && !rest.is_multiple_of(60) {
                0
            } else {
                rest / minutes
            };
            rest -= count * minutes;
            if count > 0 {
                parts.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
            }
        }
        parts.join(" ")
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        // Nothing longer can be one.
        if text.is_empty() || text.len() > 40 {
            return Err(InvalidPeriod::Form);
        }
        let mut rest = text;
        let mut units = UNITS.iter();
        let mut minutes: u64 = 0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or(InvalidPeriod::Form)?;
            let (number, tail) = rest.split_at(end);
            let unit = tail.chars().next().ok_or(InvalidPeriod::Form)?;
            if number.is_empty() {
                return Err(InvalidPeriod::Form);
            }
            // Each unit once, the largest first: `units` goes on after the one that was found.
            let (_, each) = units.find(|(name, _)| *name == unit).ok_or(InvalidPeriod::Form)?;
            let number: u64 = number.parse().map_err(|_| InvalidPeriod::Size)?;
            minutes = number
                .checked_mul(u64::from(*each))
                .and_then(|more| minutes.checked_add(more))
                .ok_or(InvalidPeriod::Size)?;
            rest = &tail[unit.len_utf8()..];
        }
        Self::of(minutes)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.minutes;
        for (unit, minutes) in &UNITS[1..] {
            if rest >= *minutes {
                write!(f, "{}{unit}", rest / minutes)?;
                rest %= minutes;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_are_read_as_they_are_written_and_nothing_else_is() {
        for (text, minutes) in
            [("7d", 10_080), ("90m", 90), ("1d12h", 2160), ("2w", 20_160), ("1w1d1h1m", 11_581)]
        {
            assert_eq!(text.parse::<Period>(), Ok(Period { minutes }), "{text}");
        }
        for text in [
            "",
            "7",
            "d",
            "7 d",
            "-1d",
            "+1d",
            "1.5h",
            "1h1d",
            "1d1d",
            "7D",
            "1s",
            "٧d",
            "1d ",
            "d1",
            "1é",
            "1d\u{202e}",
        ] {
            assert_eq!(text.parse::<Period>(), Err(InvalidPeriod::Form), "{text:?}");
        }
        for text in ["0m", "800d", "99999999999999999999m", "999999999999999999w"] {
            assert_eq!(text.parse::<Period>(), Err(InvalidPeriod::Size), "{text}");
        }
    }

    #[test]
    fn words_are_what_people_say() {
        let words = |text: &str| text.parse::<Period>().expect("a period").words();
        assert_eq!(words("7d"), "7 days");
        assert_eq!(words("90m"), "90 minutes");
        assert_eq!(words("1h"), "1 hour");
        assert_eq!(words("150m"), "2 hours 30 minutes");
        assert_eq!(words("1d12h"), "1 day 12 hours");
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(minutes in 1..=MOST_MINUTES) {
            let period = Period { minutes };
            prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
            prop_assert_eq!(Period::from_ms(period.ms()), Ok(period));
            prop_assert!(!period.words().is_empty());
        }

        #[test]
        fn any_text_is_a_period_within_its_bounds_or_refused(text in ".{0,60}|[0-9wdhm]{0,30}") {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert!((1..=MOST_MINUTES).contains(&period.minutes));
            }
        }
    }
}
