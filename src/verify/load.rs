use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// Each step of niceness is a weight 1.25 times smaller (sched(7); the kernel's sched_prio_to_weight).
const WEIGHT_OF_A_STEP: f64 = 1.25;

/// Threads that keep cores busy until the value is dropped.
///
/// [`CpuLoad::start`]'s weigh as much as one process together. The engine's containers weigh as much as one process,
/// too, where control groups have version 1, and as much as all of a user's where they have version 2: so
/// the gradings that run get about half of each core.
pub struct CpuLoad {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl CpuLoad {
    /// One busy thread for each of `cores`, together as heavy as one process.
    pub fn start(cores: usize) -> Self {
        Self::of(cores, niceness(cores))
    }

    /// One busy thread for each of `cores`, each as heavy as any process.
    pub fn heavy(cores: usize) -> Self {
        Self::of(cores, 0)
    }

    fn of(cores: usize, niceness: i32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..cores)
            .map(|_| {
                let stop = stop.clone();
                std::thread::spawn(move || {
                    // On Linux priorities are a thread's (setpriority(2)). Without it the load is heavier.
                    let _ = rustix::process::setpriority_process(None, niceness);
                    let mut value = 1u64;
                    while !stop.load(Ordering::Relaxed) {
                        for _ in 0..10_000 {
                            value = std::hint::black_box(value.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                        }
                    }
                })
            })
            .collect();
        Self { stop, threads }
    }
}

/// What makes `cores` threads weigh as much as one of niceness 0.
fn niceness(cores: usize) -> i32 {
    (cores.max(1) as f64).log(WEIGHT_OF_A_STEP).round().min(19.0) as i32
}

impl Drop for CpuLoad {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threads_together_weigh_as_much_as_one() {
        for (cores, expected) in [(0, 0), (1, 0), (2, 3), (4, 6), (64, 19), (1024, 19)] {
            assert_eq!(niceness(cores), expected, "{cores} cores");
        }
        let weight = f64::from(niceness(4));
        assert!((4.0 / WEIGHT_OF_A_STEP.powf(weight) - 1.0).abs() < 0.1);
    }
}
