use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use super::Problem;

/// What is counted. Each has its own allowance for each key: a client's address, an account, a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Personal links that are none, by address.
    WrongLink,
    /// Uploads, by invitation.
    Upload,
    /// Downloads of packages, by invitation.
    Download,
    /// Streams of events that are opened, by address.
    Events,
    /// Attempts to sign in, by address.
    SignIn,
    /// Attempts to sign in, by account.
    SignInAccount,
    /// Requests to the API, by token.
    Api,
    /// Requests to the API with a token that is none, by address.
    WrongToken,
}

const RATES: usize = 8;

/// How often something may be asked for: a burst at once, then so many a minute.
pub struct Throttle {
    limiters: [DefaultKeyedRateLimiter<String>; RATES],
    clock: DefaultClock,
}

impl Rate {
    const ALL: [Self; RATES] = [
        Self::WrongLink,
        Self::Upload,
        Self::Download,
        Self::Events,
        Self::SignIn,
        Self::SignInAccount,
        Self::Api,
        Self::WrongToken,
    ];

    /// A burst, and how many a minute.
    fn allowance(self) -> (u32, u32) {
        match self {
            Self::WrongLink => (20, 20),
            Self::Upload => (10, 6),
            Self::Download => (20, 20),
            Self::Events => (60, 60),
            Self::SignIn => (20, 20),
            Self::SignInAccount => (10, 5),
            Self::Api => (600, 600),
            Self::WrongToken => (20, 20),
        }
    }
}

impl Throttle {
    /// With the allowances above.
    pub fn new() -> Self {
        Self::with_api(Rate::Api.allowance().1)
    }

    /// The same, but that a token may make so many requests a minute, and whoever has none that counts
    /// a thirtieth of that.
    pub fn with_api(requests: u32) -> Self {
        let limiter = |rate: Rate| {
            let (burst, a_minute) = match rate {
                Rate::Api => (requests, requests),
                Rate::WrongToken => (requests / 30, requests / 30),
                rate => rate.allowance(),
            };
            let at_least_one = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::per_minute(at_least_one(a_minute));
            RateLimiter::dashmap(quota.allow_burst(at_least_one(burst)))
        };
        Self { limiters: Rate::ALL.map(limiter), clock: DefaultClock::default() }
    }

    /// Counts one.
    ///
    /// # Errors
    /// Status 429 with the time to wait.
    pub fn count(&self, rate: Rate, key: &str) -> Result<(), Problem> {
        self.limiters[rate as usize]
            .check_key(&key.to_owned())
            .map_err(|not_yet| Problem::too_often(not_yet.wait_time_from(self.clock.now())))
    }

    /// Forgets keys that have their whole allowance again.
    pub fn tidy(&self) {
        for limiter in &self.limiters {
            limiter.retain_recent();
        }
    }

    /// How often [`Throttle::tidy`] is worth its while.
    pub const TIDY_EVERY: Duration = Duration::from_secs(60);
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_each_key_counts_for_itself() {
        let throttle = Throttle::new();
        let (burst, _) = Rate::SignInAccount.allowance();
        for _ in 0..burst {
            throttle.count(Rate::SignInAccount, "ada").expect("within the burst");
        }
        let refused = throttle.count(Rate::SignInAccount, "ada").expect_err("too often");
        assert_eq!(refused.status(), 429);
        throttle.count(Rate::SignInAccount, "bob").expect("another key");
        throttle.count(Rate::SignIn, "ada").expect("another rate");
        throttle.tidy();
        assert!(throttle.count(Rate::SignInAccount, "ada").is_err());
    }

    #[test]
    fn every_rate_has_its_own_limiter() {
        for (at, rate) in Rate::ALL.into_iter().enumerate() {
            assert_eq!(rate as usize, at);
        }
    }
}
