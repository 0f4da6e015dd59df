use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// A time zone by its name in the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// No such zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone {0:?}; names are like Europe/Berlin, America/New_York or UTC")]
pub struct UnknownZone(String);

const MOST_NAME: usize = 64;

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { name: "UTC".into(), zone: TimeZone::UTC }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A moment, for people: `Monday 30 November 2026, 18:00 CET`.
    pub fn long(&self, at_ms: i64) -> String {
        self.shown(at_ms, "%A %-d %B %Y, %H:%M %Z")
    }

    /// A moment, for tables: `2026-11-30 18:00`.
    pub fn short(&self, at_ms: i64) -> String {
        self.shown(at_ms, "%Y-%m-%d %H:%M")
    }

    /// A moment's day: `30 November 2026`.
    pub fn day(&self, at_ms: i64) -> String {
        self.shown(at_ms, "%-d %B %Y")
    }

    /// When its clocks show that, milliseconds since 1970. What they skip in spring counts as an hour
    /// later, what they show twice in autumn as the first of the two.
    pub(super) fn moment(&self, shown: DateTime) -> Option<i64> {
        Some(shown.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }

    fn shown(&self, at_ms: i64, format: &str) -> String {
        match Timestamp::from_millisecond(at_ms) {
            Ok(at) => at.to_zoned(self.zone.clone()).strftime(format).to_string(),
            Err(_) => "never".into(),
        }
    }
}

/// As JSON has times: `2026-11-30T17:00:00Z`.
pub fn instant(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| "never".into(), |at| at.to_string())
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone(text.chars().take(MOST_NAME).collect());
        let plain = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if text.len() > MOST_NAME || !text.chars().all(plain) {
            return Err(unknown());
        }
        let zone = TimeZone::get(text).map_err(|_| unknown())?;
        let name = zone.iana_name().unwrap_or(text).to_owned();
        Ok(Self { name, zone })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_as_clocks_there_show_it() {
        let berlin: Zone = "europe/berlin".parse().expect("a zone");
        assert_eq!(berlin.name(), "Europe/Berlin");
        assert_eq!(berlin.long(1_796_061_600_000), "Monday 30 November 2026, 19:00 CET");
        assert_eq!(Zone::utc().long(1_796_061_600_000), "Monday 30 November 2026, 18:00 UTC");
        assert_eq!(Zone::utc().short(0), "1970-01-01 00:00");
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(i64::MAX), "never");
    }

    #[test]
    fn other_text_is_no_zone() {
        for text in
            ["", "Berlin", "Europe/Berlin\n", "../../etc/passwd", "/etc/passwd", "UTC+", "\u{202e}"]
        {
            assert!(text.parse::<Zone>().is_err(), "{text:?}");
        }
    }
}
