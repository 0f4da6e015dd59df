use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use tokio_util::sync::CancellationToken;

use super::{grading::Runner, plan::GradeRequest};
use crate::domain::Report;

/// One entry of a batch.
pub enum Job {
    /// To be graded.
    Grade(Arc<GradeRequest>),
    /// Already decided, such as a refused archive.
    Decided(Box<Report>),
}

/// The two steps of stopping: finish what runs, then kill what runs.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// No further grading starts; those that run finish.
    pub drain: CancellationToken,
    /// Those that run are stopped without a report.
    pub kill: CancellationToken,
}

/// Grades `jobs`, `workers` at a time. The results are in the order of the jobs; `None` is a job
/// that was not finished because of `shutdown`.
pub async fn run_batch(
    runner: &Runner,
    jobs: Vec<Job>,
    workers: usize,
    shutdown: &Shutdown,
) -> Vec<Option<Report>> {
    let mut results: Vec<Option<Report>> = Vec::new();
    results.resize_with(jobs.len(), || None);
    let mut running = stream::iter(jobs.into_iter().enumerate())
        .map(|(index, job)| async move {
            let report = match job {
                Job::Decided(report) => {
                    runner.announce(&report);
                    Some(*report)
                }
                Job::Grade(_) if shutdown.drain.is_cancelled() => None,
                Job::Grade(request) => runner.grade(request, &shutdown.kill).await.ok(),
            };
            (index, report)
        })
        .buffer_unordered(workers.max(1));
    while let Some((index, report)) = running.next().await {
        results[index] = report;
    }
    drop(running);
    runner.close().await;
    results
}
