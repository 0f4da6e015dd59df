//! Sizes and durations as people write them.

use std::time::Duration;

use bytesize::ByteSize;

/// A size with a binary unit. Decimal units are refused: nobody who writes `512MB` for a memory
/// limit means 488 MiB.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let unit = text.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.');
    if !matches!(unit.trim(), "B" | "KiB" | "MiB" | "GiB") {
        return Err(format!("{text:?} is not a size; write it like \"512MiB\" (B, KiB, MiB, GiB)"));
    }
    text.parse::<ByteSize>()
        .map(|size| size.as_u64())
        .map_err(|_| format!("{text:?} is not a size; write it like \"512MiB\""))
}

/// A duration such as `90s` or `1h 30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| format!("{text:?} is not a duration; write it like \"90s\" or \"1h 30m\""))
}

/// A size for a message, in the unit that a manifest would use.
pub(super) fn show_size(bytes: u64) -> String {
    [(30, "GiB"), (20, "MiB"), (10, "KiB")]
        .into_iter()
        .find(|(shift, _)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift))
        .map_or_else(|| format!("{bytes}B"), |(shift, unit)| format!("{}{unit}", bytes >> shift))
}

/// A duration for a message.
pub(super) fn show_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, show_size, size};

    #[test]
    fn sizes_have_a_binary_unit() {
        assert_eq!(size("512MiB"), Ok(512 << 20));
        assert_eq!(size("1.5 GiB"), Ok(3 << 29));
        assert_eq!(size("10B"), Ok(10));
        for broken in ["512MB", "512", "", "MiB", "-1MiB", "5 potatoes", "1e3MiB", "512mib"] {
            assert!(size(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("75m"), Ok(Duration::from_secs(4_500)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(5_400)));
        for broken in ["", "75", "-1s", "soon"] {
            assert!(duration(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn sizes_are_shown_as_they_are_written() {
        assert_eq!(show_size(512 << 20), "512MiB");
        assert_eq!(show_size(1 << 30), "1GiB");
        assert_eq!(show_size(1_000), "1000B");
    }
}
