/// A session that nobody used for so long is over: half a working day.
pub const IDLE_MS: i64 = 4 * 3_600_000;
/// A session is over after so long, whatever was done in it.
pub const ABSOLUTE_MS: i64 = 12 * 3_600_000;
/// How exactly its last use is recorded, so that reading does not write.
pub const SEEN_STEP_MS: i64 = 60_000;
/// How long a set-up link is good for.
pub const LINK_MS: i64 = 3 * 24 * 3_600_000;

/// Whether a session still counts. A clock that was set back ends it.
pub fn is_live(created_ms: i64, seen_ms: i64, now_ms: i64) -> bool {
    let age = now_ms.saturating_sub(created_ms);
    let idle = now_ms.saturating_sub(seen_ms);
    (-SEEN_STEP_MS..ABSOLUTE_MS).contains(&age) && idle < IDLE_MS
}

#[cfg(test)]
mod tests {
    use super::{ABSOLUTE_MS, IDLE_MS, is_live};

    #[test]
    fn a_session_ends_unused_and_in_any_case_after_a_day_of_work() {
        assert!(is_live(0, 0, IDLE_MS - 1) && !is_live(0, 0, IDLE_MS));
        assert!(is_live(0, ABSOLUTE_MS - 2, ABSOLUTE_MS - 1));
        assert!(!is_live(0, ABSOLUTE_MS - 1, ABSOLUTE_MS));
        assert!(!is_live(9_000_000, 9_000_000, 0), "made in the future");
    }
}
