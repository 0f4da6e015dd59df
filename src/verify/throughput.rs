use std::time::Duration;

use crate::domain::Report;

/// CPU time that a grading takes beside the submission's own: a container, the judge's work, the engine's.
const OVERHEAD: Duration = Duration::from_millis(1_200);
/// Waiting for timers is free, but not for ever: each grading that waits holds its memory.
const MOST_PER_CORE: usize = 4;
/// Gradings do not all wait at the same time.
const HEADROOM: f64 = 1.2;

/// How many gradings, with one pair of containers each, keep `cpus` cores at work: more for a suite
/// that mostly waits. `reference` was graded with `lanes` pairs and nothing else running.
pub fn at_a_time(cpus: usize, lanes: usize, reference: Option<&Report>) -> usize {
    let Some(reference) = reference else { return cpus * lanes };
    let cpu = Duration::from_millis(reference.resources.cpu_ms) + OVERHEAD;
    let wall = Duration::from_millis(reference.resources.wall_ms.max(1));
    let cores_of_one = cpu.as_secs_f64() / (wall.as_secs_f64() * lanes as f64);
    let fitting = (cpus as f64 * HEADROOM / cores_of_one).round() as usize;
    fitting.clamp(cpus, cpus * MOST_PER_CORE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Engine, Provenance, Resources, Verdict};

    fn report(wall_ms: u64, cpu_ms: u64) -> Report {
        let engine: Option<Engine> = None;
        Report {
            schema: 1,
            grading_id: String::new(),
            challenge: String::new(),
            submission: String::new(),
            verdict: Verdict::Graded,
            score: Some(100.0),
            capped_by: None,
            groups: Vec::new(),
            tests: Vec::new(),
            resources: Resources { wall_ms, cpu_ms, peak_memory_bytes: 0 },
            timing: None,
            provenance: Provenance {
                submission_sha256: None,
                suite_sha256: None,
                image_digest: None,
                seed: 0,
                takehome_version: String::new(),
                engine,
                limits: None,
            },
            integrity: Vec::new(),
            fault: None,
        }
    }

    #[test]
    fn suites_that_wait_run_many_at_a_time_and_those_that_compute_few() {
        assert_eq!(at_a_time(2, 2, Some(&report(15_000, 1_400))), 8, "waits");
        assert_eq!(at_a_time(2, 2, Some(&report(11_000, 13_000))), 4, "computes");
        assert_eq!(at_a_time(2, 1, Some(&report(10_000, 40_000))), 2, "never fewer than cores");
        assert_eq!(at_a_time(2, 2, None), 4, "unknown");
    }
}
