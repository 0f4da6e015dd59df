use std::time::Duration;

/// How long the rest of a run takes, by what the part that is done took.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    all: Duration,
    done: Duration,
}

impl Estimate {
    /// `all` is what the whole run is expected to take.
    pub fn new(all: Duration) -> Self {
        Self { all, done: Duration::ZERO }
    }

    /// Something that was expected to take `expected` of it is done.
    pub fn done(&mut self, expected: Duration) {
        self.done = (self.done + expected).min(self.all);
    }

    /// What is left, `elapsed` after the start. Until a twentieth is done, the expectation is
    /// better than the experience.
    pub fn left(&self, elapsed: Duration) -> Duration {
        let rest = self.all.saturating_sub(self.done);
        if self.done < self.all / 20 || self.done.is_zero() {
            return rest;
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
        let mut estimate = Estimate::new(seconds(500));
        assert_eq!(estimate.left(seconds(0)), seconds(500));
        estimate.done(seconds(5));
        assert_eq!(estimate.left(seconds(60)), seconds(495), "one slow grading says little");
        estimate.done(seconds(120));
        assert_eq!(estimate.left(seconds(100)), seconds(300));
        estimate.done(seconds(2500));
        assert_eq!(estimate.left(seconds(400)), Duration::ZERO);
        assert_eq!(Estimate::new(Duration::ZERO).left(seconds(1)), Duration::ZERO);
    }
}
