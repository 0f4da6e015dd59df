use std::time::Duration;

/// How long the rest of a run takes, by what the part that is done took.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    all: Duration,
    done: Duration,
    at_a_time: u32,
}

impl Estimate {
    /// `all` is what the gradings would take one after the other; `at_a_time` run side by side.
    pub fn new(all: Duration, at_a_time: usize) -> Self {
        let at_a_time = u32::try_from(at_a_time).unwrap_or(1).max(1);
        Self { all, done: Duration::ZERO, at_a_time }
    }

    /// Something that was expected to take `expected` by itself is done.
    pub fn done(&mut self, expected: Duration) {
        self.done = (self.done + expected).min(self.all);
    }

    /// What is left, `elapsed` after the start. Until a twentieth is done, the expectation is
    /// better than the experience.
    pub fn left(&self, elapsed: Duration) -> Duration {
        let rest = self.all.saturating_sub(self.done);
        if self.done < self.all / 20 || self.done.is_zero() {
            return rest / self.at_a_time;
        }
        elapsed.mul_f64(rest.as_secs_f64() / self.done.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experience_replaces_the_expectation() {
        let seconds = Duration::from_secs;
        let mut estimate = Estimate::new(seconds(1000), 2);
        assert_eq!(estimate.left(seconds(0)), seconds(500));
        estimate.done(seconds(10));
        assert_eq!(estimate.left(seconds(60)), seconds(495), "one slow grading says little");
        estimate.done(seconds(240));
        assert_eq!(estimate.left(seconds(100)), seconds(300));
        estimate.done(seconds(5000));
        assert_eq!(estimate.left(seconds(400)), Duration::ZERO);
        assert_eq!(Estimate::new(Duration::ZERO, 0).left(seconds(1)), Duration::ZERO);
    }
}
