use super::interval::median;
use crate::domain::timing::{
    Measurement, MemoryGrowth, MemorySize, MemoryTrend, NoFigure, Plan, Side, Sides,
};

/// Peaks are sampled, and an allocator takes memory in steps: what differs by less is the same, bytes.
const UNSEEN_BYTES: f64 = 2.0 * 1024.0 * 1024.0;
/// The same as a share of the peak at the least size.
const UNSEEN_SHARE: f64 = 0.05;

/// How the peaks of memory grow with the size: the median of each size, a straight line through them by
/// least squares. A side grows when the line rises by more over the sizes than peaks differ anyway, and than
/// the plan's bytes an element: what rises by less keeps nothing of each. It is bounded when it does not and
/// those bytes would have been seen.
///
/// # Errors
/// [`NoFigure`] for fewer than two sizes, or a side that went over the limit.
pub fn memory(measurement: &Measurement, plan: &Plan) -> Result<MemoryGrowth, NoFigure> {
    let mut sizes = Vec::new();
    for (size_index, size) in plan.sizes.iter().enumerate() {
        let side = |side: Side| {
            let readings = measurement.memory.iter().filter(|of| of.size_index == size_index);
            let peaks: Option<Vec<f64>> = readings
                .map(|reading| match side {
                    Side::Candidate => reading.peak_bytes.candidate,
                    Side::Reference => reading.peak_bytes.reference,
                })
                .map(|peak| peak.map(|bytes| bytes as f64))
                .collect();
            peaks.ok_or(NoFigure::OutOfMemory { side, size_index: size_index as u32 }).map(median)
        };
        if let (Some(candidate), Some(reference)) = (side(Side::Candidate)?, side(Side::Reference)?)
        {
            sizes.push(MemorySize { size: *size, peak_bytes: Sides { candidate, reference } });
        }
    }
    let [first, .., last] = &sizes[..] else {
        return Err(NoFigure::TooFewSizes { n: sizes.len() as u32, least: 2 });
    };
    let span = (last.size - first.size) as f64;
    let peak = first.peak_bytes.candidate.max(first.peak_bytes.reference);
    let unseen = UNSEEN_BYTES.max(UNSEEN_SHARE * peak);
    let visible_bytes_per_element = unseen / span;
    let bytes_per_element = Sides {
        candidate: slope(&sizes, |size| size.peak_bytes.candidate),
        reference: slope(&sizes, |size| size.peak_bytes.reference),
    };
    let trend = |bytes: f64| {
        if bytes > visible_bytes_per_element.max(plan.memory_bytes_per_element) {
            MemoryTrend::Grows
        } else if visible_bytes_per_element <= plan.memory_bytes_per_element {
            MemoryTrend::Bounded
        } else {
            MemoryTrend::Unknown
        }
    };
    let trend = Sides {
        candidate: trend(bytes_per_element.candidate),
        reference: trend(bytes_per_element.reference),
    };
    Ok(MemoryGrowth { sizes, bytes_per_element, visible_bytes_per_element, trend })
}

fn slope(sizes: &[MemorySize], pick: impl Fn(&MemorySize) -> f64) -> f64 {
    let n = sizes.len() as f64;
    let mean_x = sizes.iter().map(|size| size.size as f64).sum::<f64>() / n;
    let mean_y = sizes.iter().map(&pick).sum::<f64>() / n;
    let off = |size: &MemorySize| size.size as f64 - mean_x;
    let xx: f64 = sizes.iter().map(|size| off(size).powi(2)).sum();
    sizes.iter().map(|size| off(size) * (pick(size) - mean_y)).sum::<f64>() / xx
}
