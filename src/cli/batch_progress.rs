//! Progress of a batch, with an estimate that rests on what is known.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    progress::{Ended, reporter},
    table,
};
use crate::{domain::Report, run::Listener, verify::Estimate};

/// A line, or a bar, for each result; `usual` is what one grading took in earlier batches.
pub(super) fn listener(
    open: usize,
    workers: usize,
    usual: Option<Duration>,
    quiet: bool,
) -> Listener {
    let pace = Mutex::new(Pace::new(open, workers, usual));
    let begun = Instant::now();
    let ended = move |report: &Report| Ended {
        name: report.submission.clone(),
        result: table::result(report),
        left: pace.lock().unwrap_or_else(PoisonError::into_inner).done(begun.elapsed()),
    };
    reporter(open, quiet, Arc::new(ended))
}

/// How fast a batch goes.
struct Pace {
    estimate: Estimate,
    each: Duration,
    left: usize,
    /// How many results have to be there before their pace says anything.
    silent: usize,
}

impl Pace {
    fn new(open: usize, workers: usize, usual: Option<Duration>) -> Self {
        let count = u32::try_from(open).unwrap_or(u32::MAX);
        let workers = u32::try_from(workers.max(1)).unwrap_or(u32::MAX);
        // Without a history any unit will do, since nothing is said until experience replaces it.
        let each = usual.map_or(Duration::from_secs(1), |usual| usual / workers);
        let silent = if usual.is_some() { 0 } else { (open / 20 + 1).max(workers as usize) };
        Self { estimate: Estimate::new(each * count), each, left: open, silent }
    }

    /// Another one is done, `elapsed` after the start; how long the rest takes, if that can be told.
    fn done(&mut self, elapsed: Duration) -> Option<Duration> {
        self.estimate.done(self.each);
        self.left = self.left.saturating_sub(1);
        self.silent = self.silent.saturating_sub(1);
        (self.left > 0 && self.silent == 0).then(|| self.estimate.left(elapsed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn without_a_history_nothing_is_said_until_every_worker_has_finished_one() {
        let mut pace = Pace::new(10, 2, None);
        assert_eq!(pace.done(seconds(6)), None);
        assert_eq!(pace.done(seconds(6)), Some(seconds(24)), "2 in 6 s, 8 to go");
    }

    #[test]
    fn a_history_speaks_from_the_first_and_experience_replaces_it() {
        let mut pace = Pace::new(100, 2, Some(seconds(8)));
        assert_eq!(pace.done(seconds(60)), Some(seconds(396)), "one slow grading says little");
        for _ in 0..48 {
            pace.done(seconds(60));
        }
        assert_eq!(pace.done(seconds(100)), Some(seconds(100)));
    }

    #[test]
    fn nothing_is_left_after_the_last() {
        assert_eq!(Pace::new(1, 1, Some(seconds(8))).done(seconds(3)), None);
    }
}
