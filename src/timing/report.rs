use super::{growth::growth, memory::memory, null::null, ratio::ratio, verdict::verdict};
use crate::domain::timing::{
    Clock, LaneFacts, Measurement, NoFigure, Plan, Ratio, StopReason, TimingReport,
};

/// The `timing` part of a grading's report. Only `stopped` is not found in the measurement and the plan:
/// it is what [`next_step`](super::next_step) ended with.
pub fn report(measurement: Measurement, plan: Plan, stopped: StopReason) -> TimingReport {
    let (verdict, doubts) = verdict(&measurement, &plan);
    let main = ratio(&measurement, &plan, plan.clock);
    let process_pairs = measurement.of_size(plan.main_size).count() as u32;
    let samples =
        measurement.of_size(plan.main_size).map(|process| process.pairs.len()).sum::<usize>()
            as u32;
    let several = plan.sizes.len() > 1;
    let growth = several.then(|| growth(&measurement, &plan));
    let memory = (!measurement.memory.is_empty()).then(|| memory(&measurement, &plan));
    let (growth, why_no_growth) = parted(growth);
    let (memory, why_no_memory) = parted(memory);
    let mut report = TimingReport {
        summary: String::new(),
        verdict,
        doubts_in_words: doubts.iter().map(ToString::to_string).collect(),
        doubts,
        clock: plan.clock,
        ratio: main.as_ref().ok().copied(),
        why_no_ratio: main.err(),
        other_clock_ratio: ratio(&measurement, &plan, plan.clock.other()).ok(),
        null: null(&measurement, &plan),
        process_pairs,
        samples,
        stopped,
        steal_share: measurement.steal_share,
        lane: measurement.lane,
        growth,
        why_no_growth,
        memory,
        why_no_memory,
        plan,
        measurement,
    };
    report.summary = summary(&report);
    report
}

fn parted<T>(figure: Option<Result<T, NoFigure>>) -> (Option<T>, Option<NoFigure>) {
    match figure {
        None => (None, None),
        Some(Ok(figure)) => (Some(figure), None),
        Some(Err(why)) => (None, Some(why)),
    }
}

/// A report in one line: "1.42x reference (95 % CI 1.40 to 1.44, CPU, 10 process pairs, 600 samples,
/// lane, steal 1 %)".
pub fn summary(report: &TimingReport) -> String {
    let TimingReport { clock, process_pairs, samples, lane, steal_share, .. } = report;
    let circumstances = circumstances(*clock, *process_pairs, *samples, lane, *steal_share);
    match (&report.ratio, &report.why_no_ratio) {
        (Some(Ratio { value, from, to }), _) => {
            let [value, from, to] = [value, from, to].map(|number| short(*number));
            format!("{value}x reference (95 % CI {from} to {to}, {circumstances})")
        }
        (None, Some(why)) => format!("no ratio: {why} ({circumstances})"),
        (None, None) => format!("no ratio ({circumstances})"),
    }
}

fn circumstances(
    clock: Clock,
    process_pairs: u32,
    samples: u32,
    lane: &LaneFacts,
    steal_share: Option<f64>,
) -> String {
    let lane = if lane.is_lane() { "lane" } else { "no lane" };
    let steal = steal_share.map_or_else(
        || "steal unknown".to_owned(),
        |share| format!("steal {:.0} %", share * 100.0),
    );
    let clock = clock.words();
    format!("{clock}, {process_pairs} process pairs, {samples} samples, {lane}, {steal}")
}

/// Two decimals, or as many as show two digits of a small ratio.
fn short(ratio: f64) -> String {
    let decimals = if ratio >= 100.0 {
        0
    } else if ratio >= 0.1 || ratio <= 0.0 {
        2
    } else {
        (1.0 - ratio.log10().floor()).min(12.0) as usize
    };
    format!("{ratio:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_ratio_keeps_the_digits_that_matter() {
        for (ratio, text) in
            [(1.42, "1.42"), (12.345, "12.35"), (1234.5, "1234"), (0.5, "0.50"), (0.0123, "0.012")]
        {
            assert_eq!(short(ratio), text);
        }
        assert_eq!(short(0.0), "0.00");
        assert_eq!(short(1e-30), "0.000000000000");
    }
}
