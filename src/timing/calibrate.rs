use thiserror::Error;

/// The least that a sample of the reference takes, nanoseconds.
pub const SAMPLE_FROM_NS: u64 = 2_000_000;
/// The most that it takes, nanoseconds, unless one call takes longer.
pub const SAMPLE_TO_NS: u64 = 10_000_000;
/// The most calls in a sample.
pub const MOST_INNER: u32 = 1 << 24;
/// How often a reading above the most is taken again before it is believed.
const TRIES: u32 = 3;

/// Finds how many calls make a sample of the reference take 2 to 10 ms, by doubling; one call where that
/// takes longer. Once for each size.
///
/// ```
/// # use takehome::timing::Calibration;
/// let mut calibration = Calibration::new();
/// let inner = loop {
///     let ns = 300_000 * u64::from(calibration.inner()); // read from a sample of so many calls
///     if let Some(inner) = calibration.take(ns)? {
///         break inner;
///     }
/// };
/// assert_eq!(inner, 8);
/// # Ok::<(), takehome::timing::ClockStoodStill>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    inner: u32,
    warm: bool,
    tries: u32,
}

/// The clock cannot time this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "{most} calls of the reference took {ns} ns: it does nothing, or its clock stands still; time a \
     larger input",
    most = MOST_INNER
)]
pub struct ClockStoodStill {
    /// What the most calls took.
    pub ns: u64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self::new()
    }
}

impl Calibration {
    /// Before the first sample.
    pub fn new() -> Self {
        Self { inner: 1, warm: false, tries: 0 }
    }

    /// How many calls the next sample has.
    pub fn inner(&self) -> u32 {
        self.inner
    }

    /// Takes the reading of such a sample, nanoseconds on the plan's clock, and answers with the number
    /// of calls once it is found. The first sample only warms the process up, and is not looked at.
    ///
    /// # Errors
    /// [`ClockStoodStill`] where even the most calls take less than they should.
    pub fn take(&mut self, ns: u64) -> Result<Option<u32>, ClockStoodStill> {
        if !self.warm {
            self.warm = true;
            return Ok(None);
        }
        if ns < SAMPLE_FROM_NS {
            if self.inner >= MOST_INNER {
                return Err(ClockStoodStill { ns });
            }
            self.inner *= 2;
            self.tries = 0;
            return Ok(None);
        }
        // Half as many took less than the least, so more than the most is a disturbance.
        self.tries += 1;
        if ns > SAMPLE_TO_NS && self.inner > 1 && self.tries < TRIES {
            return Ok(None);
        }
        Ok(Some(self.inner))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calibrated(mut read: impl FnMut(u32) -> u64) -> Result<(u32, u32), ClockStoodStill> {
        let mut calibration = Calibration::new();
        for samples in 1.. {
            if let Some(inner) = calibration.take(read(calibration.inner()))? {
                return Ok((inner, samples));
            }
        }
        unreachable!("samples without end");
    }

    #[test]
    fn a_slow_call_is_one_call() {
        assert_eq!(calibrated(|_| 3_000_000_000), Ok((1, 2)));
    }

    #[test]
    fn the_first_sample_is_not_looked_at() {
        let mut readings = [9_000_000, 1_500_000, 2_900_000].into_iter();
        assert_eq!(calibrated(|_| readings.next().expect("a reading")), Ok((2, 3)));
    }

    #[test]
    fn a_disturbed_reading_is_taken_again_and_believed_the_third_time() {
        let mut readings = [0, 1_900_000, 40_000_000, 3_800_000].into_iter();
        assert_eq!(calibrated(|_| readings.next().expect("a reading")), Ok((2, 4)));
        let always = |inner| if inner == 1 { 1_900_000 } else { 40_000_000 };
        assert_eq!(calibrated(always), Ok((2, 5)));
    }

    #[test]
    fn a_clock_that_stands_still_is_an_error_and_not_a_loop() {
        assert_eq!(calibrated(|_| 0), Err(ClockStoodStill { ns: 0 }));
    }

    proptest! {
        #[test]
        fn a_sample_takes_what_it_should(call_ns in 1_u64..50_000_000) {
            let (inner, _) = calibrated(|inner| call_ns * u64::from(inner)).expect("a clock that goes");
            let sample = call_ns * u64::from(inner);
            prop_assert!(sample >= SAMPLE_FROM_NS);
            prop_assert!(sample <= SAMPLE_TO_NS || inner == 1);
        }
    }
}
