use super::{TimeError, trio::Trio};
use crate::{challenge::TimingPlan, domain::timing::Clock, timing::Calibration};

/// How many tasks make a sample of the reference long enough: its samples with 1, 2, 4… tasks, read in one
/// process, are what the calibration asks for one after the other.
pub(super) async fn inner(
    trio: &mut Trio,
    plan: &TimingPlan,
    size_index: usize,
) -> Result<u32, TimeError> {
    let samples = trio.doubling(plan, plan.plan.sizes[size_index]).await?;
    let nanoseconds: Vec<u64> = samples
        .iter()
        .map(|reading| match plan.plan.clock {
            Clock::Cpu => reading.cpu_ns,
            Clock::Wall => reading.wall_ns,
        })
        .collect();
    let last = nanoseconds.len().saturating_sub(1);
    let mut calibration = Calibration::new();
    loop {
        let doublings = calibration.inner().trailing_zeros() as usize;
        // Longer samples than there are were not needed: the last one was long enough.
        let Some(&ns) = nanoseconds.get(doublings.min(last)) else {
            return Err(TimeError::Driver("the reference gave no sample".into()));
        };
        let scaled = ns << doublings.saturating_sub(last).min(20);
        if let Some(inner) = calibration.take(scaled)? {
            return Ok(inner);
        }
    }
}
