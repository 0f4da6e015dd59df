use std::str::FromStr;

use jiff::{
    Timestamp,
    civil::{Date, DateTime, time},
};

use super::{Period, Zone};

/// By when: a period from now (`7d`), a day, which counts whole (`2026-12-01`), a time of a day on the
/// candidate's clocks (`2026-12-01T18:00`), or a moment (`2026-12-01T18:00Z`).
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    /// That long from now.
    After(Period),
    /// When the candidate's clocks show that.
    Shown(DateTime),
    /// The same moment everywhere, milliseconds since 1970.
    Moment(i64),
}

/// The text is no deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDue {
    /// None of the forms.
    #[error(
        "a deadline is a period such as 7d, a day such as 2026-12-01, or a time such as 2026-12-01T18:00"
    )]
    Form,
    /// It has passed already, or is more than two years away.
    #[error("the deadline has to be in the future, and at most two years away")]
    Range,
}

const LONGEST: usize = 64;
const MOST_MS: i64 = 2 * 366 * 24 * 3_600_000;

impl Due {
    /// The moment, milliseconds since 1970.
    ///
    /// # Errors
    /// [`InvalidDue::Range`].
    pub fn at(&self, now_ms: i64, zone: &Zone) -> Result<i64, InvalidDue> {
        let at = match self {
            Self::After(period) => now_ms.saturating_add(period.ms()),
            Self::Shown(shown) => zone.moment(*shown).ok_or(InvalidDue::Range)?,
            Self::Moment(at) => *at,
        };
        let distance = at.saturating_sub(now_ms);
        if distance > 0 && distance <= MOST_MS { Ok(at) } else { Err(InvalidDue::Range) }
    }
}

impl FromStr for Due {
    type Err = InvalidDue;

    fn from_str(text: &str) -> Result<Self, InvalidDue> {
        if text.len() > LONGEST {
            return Err(InvalidDue::Form);
        }
        if let Ok(period) = text.parse() {
            return Ok(Self::After(period));
        }
        // The library's own parser takes a date with a time for a date.
        let is_day = text.len() == 10;
        if is_day && let Ok(day) = text.parse::<Date>() {
            // Its last second: of "00:00" nobody knows which day it belongs to.
            return Ok(Self::Shown(day.to_datetime(time(23, 59, 59, 0))));
        }
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self::Moment(moment.as_millisecond()));
        }
        if text.contains(['T', ' '])
            && !text.contains(['[', 'Z', '+'])
            && let Ok(shown) = text.parse::<DateTime>()
        {
            return Ok(Self::Shown(shown));
        }
        Err(InvalidDue::Form)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_795_405_275_000; // 2026-11-23T03:41:15Z
    const HOUR: i64 = 3_600_000;

    fn at(text: &str, zone: &str) -> Result<String, InvalidDue> {
        let zone: Zone = zone.parse().expect("a zone");
        Ok(super::super::zone::instant(text.parse::<Due>()?.at(NOW, &zone)?))
    }

    #[test]
    fn a_deadline_is_a_moment_on_the_candidates_clocks() {
        for (text, zone, moment) in [
            ("7d", "Europe/Berlin", "2026-11-30T03:41:15Z"),
            ("2026-12-01", "UTC", "2026-12-01T23:59:59Z"),
            ("2026-12-01", "America/New_York", "2026-12-02T04:59:59Z"),
            ("2026-12-01T18:00", "Europe/Berlin", "2026-12-01T17:00:00Z"),
            ("2026-12-01T18:00Z", "Europe/Berlin", "2026-12-01T18:00:00Z"),
            ("2026-12-01T18:00:00+02:00", "UTC", "2026-12-01T16:00:00Z"),
            // Clocks skip from 2:00 to 3:00.
            ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30:00Z"),
        ] {
            assert_eq!(at(text, zone).as_deref(), Ok(moment), "{text} {zone}");
        }
    }

    #[test]
    fn a_deadline_that_is_none_or_has_passed_is_refused() {
        for text in [
            "",
            "tomorrow",
            "7",
            "2026-13-01",
            "2026-12-01T25:00",
            "01.12.2026",
            "2026-12-01T18:00[Europe/Berlin]",
        ] {
            assert_eq!(at(text, "UTC"), Err(InvalidDue::Form), "{text}");
        }
        for text in ["2026-11-22", "1999-01-01T00:00", "2030-01-01", "2026-11-23T03:41:15Z"] {
            assert_eq!(at(text, "UTC"), Err(InvalidDue::Range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_in_range_or_refused(text in "\\PC{0,40}|[0-9TZ:+. -]{0,30}") {
            if let Ok(due) = text.parse::<Due>() && let Ok(at) = due.at(NOW, &Zone::utc()) {
                prop_assert!((NOW + 1..=NOW + MOST_MS).contains(&at));
                prop_assert!(at - NOW < 2 * 367 * 24 * HOUR);
            }
        }
    }
}
