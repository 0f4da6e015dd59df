//! How long a container stood still because others had the cores.
//!
//! A deadline is wall time. Where a machine has too much to do a right solution may miss one, and a
//! wrong "fail" is the worst that we can say of it; so what was starved is measured, and a failure
//! meanwhile is not believed.
//!
//! Source of the figures: the second field of `/proc/<tid>/schedstat`, nanoseconds that a thread
//! has waited on a run queue (kernel Documentation/scheduler/sched-stats.rst). Threads of one
//! container wait for each other, too, and for the container's own limit of CPU, which is nobody's
//! fault: no more is counted than the time in which the container as a whole could have run, on one
//! core, and did not.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Waiting is judged over stretches of this length: a thread may wait longer than the time between
/// two looks, and is seen to have done so only once it runs.
const WINDOW: Duration = Duration::from_secs(1);
/// In a starved window half of it at least was lost…
const LOST_SHARE: f64 = 0.5;
/// … and the container got less than a quarter of what it asked for. Beside as many gradings as
/// takehome runs by itself it gets two fifths or more; with the load that `challenge verify --load`
/// makes a sixth, which the right solutions have to bear.
const LOST_PER_USED: f64 = 3.0;

/// What is known of a container's threads at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// CPU time of the whole container so far.
    pub used: Duration,
    /// By thread: how long it has waited for a core so far.
    pub waited: HashMap<u32, Duration>,
}

/// Adds up the starved windows of one container.
#[derive(Debug, Clone)]
pub struct Starvation {
    /// What its own limit leaves it of one core.
    entitled: f64,
    last: Option<(Instant, Look)>,
    window: Window,
    starved: Duration,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    length: Duration,
    used: Duration,
    waited: Duration,
}

impl Starvation {
    /// Of a container that is limited to so many `cpus`.
    pub fn new(cpus: f64) -> Self {
        Self {
            entitled: cpus.clamp(0.0, 1.0),
            last: None,
            window: Window::default(),
            starved: Duration::ZERO,
        }
    }

    /// Takes what was seen `at` a moment; how long the container has been starved so far.
    pub fn look(&mut self, at: Instant, now: Look) -> Duration {
        if let Some((before_at, before)) = &self.last {
            let window = &mut self.window;
            window.length += at.saturating_duration_since(*before_at);
            window.used += now.used.saturating_sub(before.used);
            for (thread, waited) in &now.waited {
                // A thread that was not there before has done all its waiting since.
                let known = before.waited.get(thread).copied().unwrap_or_default();
                window.waited += waited.saturating_sub(known);
            }
            if window.length >= WINDOW {
                self.starved += window.starved(self.entitled);
                *window = Window::default();
            }
        }
        self.last = Some((at, now));
        self.starved
    }
}

impl Window {
    /// Its length if it is a starved one, nothing otherwise.
    fn starved(&self, entitled: f64) -> Duration {
        let could_have = self.length.mul_f64(entitled);
        let lost = self.waited.min(could_have.saturating_sub(self.used)).as_secs_f64();
        let much = lost >= LOST_SHARE * could_have.as_secs_f64();
        if much && lost > 0.0 && lost >= LOST_PER_USED * self.used.as_secs_f64() {
            self.length
        } else {
            Duration::ZERO
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK_MS: u64 = 50;

    /// What is measured of a container over ten seconds in which, by each look, `used` and the
    /// waiting of each thread grow by as many milliseconds.
    fn starved_ms(cpus: f64, used: u64, waited: &[u64]) -> u128 {
        let (begun, mut starvation) = (Instant::now(), Starvation::new(cpus));
        let looks = (0..=10_000 / LOOK_MS).map(|n| {
            let look = Look {
                used: Duration::from_millis(used * n),
                waited: (0..).zip(waited.iter().map(|ms| Duration::from_millis(ms * n))).collect(),
            };
            (begun + Duration::from_millis(LOOK_MS * n), look)
        });
        looks.fold(0, |_, (at, look)| starvation.look(at, look).as_millis())
    }

    #[test]
    fn a_program_that_gets_a_sixth_of_a_core_is_starved() {
        assert_eq!(starved_ms(1.0, 8, &[42]), 10_000);
    }

    #[test]
    fn one_that_sleeps_or_has_a_core_or_shares_it_with_two_others_is_not() {
        assert_eq!(starved_ms(1.0, 0, &[0]), 0);
        assert_eq!(starved_ms(1.0, 50, &[0]), 0);
        assert_eq!(starved_ms(1.0, 17, &[33]), 0);
    }

    #[test]
    fn threads_that_wait_for_each_other_are_not_starved_by_anybody() {
        assert_eq!(starved_ms(1.0, 50, &[50; 40]), 0);
        assert_eq!(starved_ms(1.0, 25, &[50; 40]), 0);
    }

    #[test]
    fn its_own_limit_starves_nobody() {
        assert_eq!(starved_ms(0.2, 10, &[40, 40]), 0);
        assert_eq!(starved_ms(0.2, 1, &[40, 40]), 10_000);
    }

    #[test]
    fn a_little_waiting_of_a_program_that_mostly_sleeps_is_nothing() {
        assert_eq!(starved_ms(1.0, 1, &[5]), 0);
    }

    #[test]
    fn a_long_wait_that_shows_only_at_its_end_counts() {
        let (begun, mut starvation) = (Instant::now(), Starvation::new(1.0));
        let mut look = |ms: u64, used: u64, waited: u64| {
            let now = Look {
                used: Duration::from_millis(used),
                waited: HashMap::from([(7, Duration::from_millis(waited))]),
            };
            starvation.look(begun + Duration::from_millis(ms), now)
        };
        look(0, 0, 0);
        look(600, 0, 0);
        assert_eq!(look(1_050, 10, 1_000), Duration::from_millis(1_050));
        assert_eq!(look(2_050, 1_010, 1_000), Duration::from_millis(1_050));
    }

    #[test]
    fn a_thread_that_is_new_brings_its_waiting_and_one_that_ends_takes_nothing_away() {
        let (begun, mut starvation) = (Instant::now(), Starvation::new(1.0));
        let waited = |thread, ms| HashMap::from([(thread, Duration::from_millis(ms))]);
        starvation.look(begun, Look { waited: waited(1, 70_000), ..Look::default() });
        let look = Look { used: Duration::from_millis(50), waited: waited(2, 900) };
        let starved = starvation.look(begun + Duration::from_secs(1), look);
        assert_eq!(starved, Duration::from_secs(1));
    }
}
