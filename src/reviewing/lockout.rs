/// Failures after which an address is locked.
pub const LOCK_AFTER: u32 = 5;
/// How long failures are counted.
pub const WATCHED_MS: i64 = 15 * 60_000;
/// How long an address is locked after its last failure.
pub const LOCKED_FOR_MS: i64 = 15 * 60_000;

/// Failed sign-ins of one address within [`WATCHED_MS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was, milliseconds since 1970.
    pub last_ms: i64,
}

/// Whether nobody may sign in with that address now. Whether there is such an account does not matter, so
/// a lock says nothing about it; somebody who is signed in already stays so.
pub fn is_locked(failures: Failures, now_ms: i64) -> bool {
    failures.count >= LOCK_AFTER && now_ms.saturating_sub(failures.last_ms) < LOCKED_FOR_MS
}

#[cfg(test)]
mod tests {
    use super::{Failures, LOCK_AFTER, LOCKED_FOR_MS, is_locked};

    #[test]
    fn five_failures_lock_for_a_quarter_of_an_hour_after_the_last() {
        let failed = |count| Failures { count, last_ms: 1_000 };
        assert!(!is_locked(failed(LOCK_AFTER - 1), 1_001));
        assert!(is_locked(failed(LOCK_AFTER), 1_000 + LOCKED_FOR_MS - 1));
        assert!(!is_locked(failed(LOCK_AFTER), 1_000 + LOCKED_FOR_MS));
        assert!(!is_locked(Failures::default(), 0));
    }
}
