//! Each rule against an example that was worked out by hand.

use takehome::{
    domain::timing::{
        BadPlan, BadReading, Clock, Doubt, Measurement, MemoryReading, MemoryTrend, NoFigure, Plan,
        ProcessPair, Sample, Side, Sides, StopReason, TimingReport, TimingVerdict,
    },
    timing::{growth, memory, null, pair_logs, ratio, report, verdict},
};

use crate::noise::{CLOCKS, Host, exactly, lane, of, plan};

fn close(found: f64, known: f64) {
    assert!((found - known).abs() < 1e-6, "{found} is not {known}");
}

#[test]
fn a_worked_example() {
    // Medians of the process pairs 1.02, 1.04, 1.06: logarithms 0.0198026, 0.0392207, 0.0582689; mean
    // 0.0390974, standard deviation 0.0192334, error 0.0111044; t of 2 degrees of freedom 4.3026527;
    // half an interval 0.0477785. exp: 1.0398718, 0.9913566 to 1.0907613.
    let found = ratio(&of(&[1.02, 1.04, 1.06]), &plan(0), Clock::Cpu).expect("a ratio");
    close(found.value, 1.039_871_8);
    close(found.from, 0.991_356_6);
    close(found.to, 1.090_761_3);
}

#[test]
fn a_process_that_is_off_for_all_its_life_has_one_vote() {
    let calm = [0.99, 0.995, 1.0, 1.005, 1.01].repeat(4);
    let mut one_off = calm.clone();
    one_off[2] = 1.36;
    one_off[7] = 0.9;
    let found = |ratios: &[f64]| verdict(&of(ratios), &plan(0)).0;
    assert_eq!((found(&calm), found(&one_off)), (TimingVerdict::Same, TimingVerdict::Same));
    let value = ratio(&of(&one_off), &plan(0), Clock::Cpu).expect("a ratio").value;
    assert!((value - 1.0).abs() < 0.005, "{value}");
}

#[test]
fn a_disturbed_pair_stays_and_does_not_matter() {
    let mut measurement = of(&[1.02, 1.04, 1.06]);
    let known = ratio(&measurement, &plan(0), Clock::Cpu).expect("a ratio");
    for process_pair in &mut measurement.process_pairs {
        let mut high = process_pair.pairs[0];
        high.candidate.cpu_ns *= 50;
        let mut low = process_pair.pairs[0];
        low.reference.cpu_ns *= 50;
        process_pair.pairs.extend([high, low]);
    }
    assert_eq!(ratio(&measurement, &plan(0), Clock::Cpu), Ok(known));
}

#[test]
fn each_clock_has_a_ratio_of_its_own() {
    let mut measurement = of(&[1.0; 6]);
    for process_pair in &mut measurement.process_pairs {
        for pair in &mut process_pair.pairs {
            pair.candidate.wall_ns *= 3;
        }
    }
    let value = |clock| ratio(&measurement, &plan(0), clock).expect("a ratio").value;
    assert_eq!(CLOCKS.map(value).map(|value| value.round()), [1.0, 3.0]);
    let waits = Plan { clock: Clock::Wall, ..plan(0) };
    let by_wall = report(measurement.clone(), waits, StopReason::Planned);
    assert_eq!(by_wall.verdict, TimingVerdict::Slower);
    assert!(by_wall.summary.contains("wall"), "{}", by_wall.summary);
    let by_cpu = report(measurement, plan(0), StopReason::Planned);
    assert_eq!(by_cpu.verdict, TimingVerdict::Same);
    assert_eq!(by_cpu.other_clock_ratio, by_wall.ratio);
}

/// One import of each side for each process pair, milliseconds of CPU.
fn with_imports(imports: &[(u64, u64)]) -> Measurement {
    let mut measurement = of(&vec![1.0; imports.len()]);
    for (process_pair, (candidate, reference)) in measurement.process_pairs.iter_mut().zip(imports)
    {
        let sample = |ms: u64| Sample { cpu_ns: ms * 1_000_000, wall_ns: ms * 1_000_000 };
        process_pair.import =
            Sides { candidate: sample(*candidate), reference: sample(*reference) };
    }
    measurement
}

#[test]
fn what_import_costs_more_is_spread_over_the_samples() {
    let value = |imports: &[(u64, u64)]| {
        ratio(&with_imports(imports), &plan(0), Clock::Cpu).expect("a ratio").value
    };
    // 11 ms more, of which 3 (15 % of 20) may be chance, over two samples of 4 ms each: 8 ms instead of 4.
    close(value(&[(31, 20); 12]), 2.0);
    close(value(&[(23, 20); 12]), 1.0);
    close(value(&[(20, 20); 6]), 1.0);
    // A cheaper import gains nothing.
    close(value(&[(5, 20); 6]), 1.0);
    // The host was slow while these were imported: the reference shows that it happens.
    close(value(&[(20, 20), (36, 20), (20, 36), (20, 20), (36, 20), (20, 20)]), 1.0);
    // What only some processes do at import is charged to these. (30 ms would be what a host may do that
    // is slower for a moment.)
    let some = [(38, 20), (20, 20), (20, 20), (20, 20), (20, 20), (20, 20)];
    let logs = pair_logs(&with_imports(&some), &plan(0), Clock::Cpu).expect("logs");
    close(logs[0][0], 2.0_f64.ln());
    close(logs[1][0], 0.0);
}

#[test]
fn what_every_import_costs_more_is_charged_though_the_host_was_slower_once() {
    let value = |imports: &[(u64, u64)]| {
        ratio(&with_imports(imports), &plan(0), Clock::Cpu).expect("a ratio").value
    };
    // 11 ms more each time; the slowest of the reference's took 40 ms.
    let dearer = [(31, 20), (51, 40), (31, 20), (41, 30), (31, 20), (31, 20)].repeat(2);
    close(value(&dearer), 2.0);
    // As much on average, but by chance, for all one can tell.
    close(value(&[(30, 20), (20, 32), (48, 20), (20, 28), (48, 20), (20, 48)]), 1.0);
}

#[test]
fn what_allows_no_figure_is_said() {
    let why = |measurement: &Measurement| {
        let (word, doubts) = verdict(measurement, &plan(0));
        assert_eq!(word, TimingVerdict::TooNoisy);
        assert!(doubts.iter().any(|doubt| matches!(doubt, Doubt::NoRatio { .. })), "{doubts:?}");
        ratio(measurement, &plan(0), Clock::Cpu).expect_err("no ratio")
    };
    assert_eq!(why(&of(&[])), NoFigure::TooFewProcessPairs { n: 0, least: 2 });
    assert_eq!(why(&of(&[1.0])), NoFigure::TooFewProcessPairs { n: 1, least: 2 });
    let mut stands = of(&[1.0; 10]);
    stands.process_pairs[3].pairs[1].candidate.cpu_ns = 0;
    let known = NoFigure::ZeroReading {
        process_pair: 3,
        pair: 1,
        side: Side::Candidate,
        clock: Clock::Cpu,
    };
    assert_eq!(why(&stands), known);
    assert!(ratio(&stands, &plan(0), Clock::Wall).is_ok());
    assert_eq!(
        known.to_string(),
        "the CPU clock stood still for the candidate in pair 1 of process pair 3"
    );
    let mut empty = of(&[1.0; 10]);
    empty.process_pairs[2].pairs.clear();
    assert_eq!(why(&empty), NoFigure::NoPairs { process_pair: 2 });
}

#[test]
fn a_clock_that_gives_no_duration_is_refused() {
    assert_eq!(
        Sample::from_seconds(0.25, 1.5),
        Ok(Sample { cpu_ns: 250_000_000, wall_ns: 1_500_000_000 })
    );
    assert_eq!(Sample::from_seconds(-1e-9, 1.0), Err(BadReading::Negative(-1e-9)));
    assert!(matches!(Sample::from_seconds(1.0, f64::NAN), Err(BadReading::NotFinite(_))));
    assert!(matches!(Sample::from_seconds(f64::INFINITY, 1.0), Err(BadReading::NotFinite(_))));
    assert_eq!(Sample::from_seconds(2e10, 1.0), Err(BadReading::TooLong(2e10)));
}

/// Ten process pairs, half of them `apart` (a share) above and half below the ratio.
fn around(middle: f64, apart: f64) -> Measurement {
    let ratios: Vec<f64> = (0..10)
        .map(|place| if place % 2 == 0 { middle * (1.0 + apart) } else { middle / (1.0 + apart) })
        .collect();
    of(&ratios)
}

#[test]
fn every_narrow_interval_gets_exactly_one_word() {
    use TimingVerdict::{Faster, Same, Slower};
    // Half an interval is `apart`, 1 %. Half the band is 2.47 %.
    for (middle, word) in [
        (1.0, Same),
        (1.02, Same),
        (1.03, Same),
        (1.036, Slower),
        (1.05, Slower),
        (3.0, Slower),
        (0.98, Same),
        (1.0 / 1.03, Same),
        (1.0 / 1.036, Faster),
        (0.2, Faster),
    ] {
        assert_eq!(verdict(&around(middle, 0.01), &plan(0)), (word, vec![]), "{middle}");
    }
}

#[test]
fn a_wide_interval_has_a_word_only_on_one_side() {
    // Half an interval is 4 %, so it is wider than half the band.
    let (word, doubts) = verdict(&around(1.0, 0.04), &plan(0));
    assert_eq!(word, TimingVerdict::TooNoisy);
    let [Doubt::WideInterval { width, most }] = doubts[..] else { panic!("{doubts:?}") };
    close(most, 1.05_f64.sqrt() - 1.0);
    assert!(width > 0.08 && width < 0.085, "{width}");
    assert_eq!(verdict(&around(1.04, 0.04), &plan(0)).0, TimingVerdict::TooNoisy);
    assert_eq!(verdict(&around(1.42, 0.04), &plan(0)), (TimingVerdict::Slower, vec![]));
    // A challenge that says that only 20 % matter sees the same in it.
    let wide = Plan { band: 0.2, ..plan(0) };
    assert_eq!(verdict(&around(1.04, 0.04), &wide), (TimingVerdict::Same, vec![]));
}

#[test]
fn each_disturbance_is_a_doubt() {
    let doubts = |measurement: &Measurement| {
        let (word, doubts) = verdict(measurement, &plan(0));
        assert_eq!(word, TimingVerdict::TooNoisy);
        doubts
    };
    let stolen = Measurement { steal_share: Some(0.11), ..of(&[2.0; 10]) };
    assert_eq!(doubts(&stolen), [Doubt::Steal { share: 0.11, most: 0.10 }]);
    assert_eq!(doubts(&of(&[2.0; 5])), [Doubt::FewProcessPairs { n: 5, least: 6 }]);
    let mut once = of(&[2.0; 10]);
    for process_pair in &mut once.process_pairs {
        process_pair.pairs.truncate(1);
    }
    assert_eq!(doubts(&once), [Doubt::NoNull]);
    // Every second sample of the reference takes 2 % longer.
    let mut uneven = of(&[2.0; 10]);
    for process_pair in &mut uneven.process_pairs {
        process_pair.pairs[1].reference.cpu_ns += 80_000;
    }
    let [Doubt::NullOff { ratio, most }] = doubts(&uneven)[..] else { panic!("no null") };
    close(ratio, 1.0 / 1.02);
    close(most, 0.01);
    close(null(&uneven, &plan(0)).expect("a null").ratio, 1.0 / 1.02);
    // Two calls take twice as long as one, which is no disturbance.
    let mut calls = of(&[2.0; 10]);
    for process_pair in &mut calls.process_pairs {
        let pair = &mut process_pair.pairs[1];
        pair.inner *= 2;
        pair.candidate.cpu_ns *= 2;
        pair.reference.cpu_ns *= 2;
    }
    assert_eq!(verdict(&calls, &plan(0)), (TimingVerdict::Slower, vec![]));
    let unknown = Measurement { steal_share: None, ..of(&[2.0; 10]) };
    assert_eq!(verdict(&unknown, &plan(0)), (TimingVerdict::Slower, vec![]));
}

#[test]
fn the_line_is_that_of_the_protocol() {
    let mut measurement = around(1.42, 0.014);
    for process_pair in &mut measurement.process_pairs {
        process_pair.pairs = process_pair.pairs.repeat(30);
    }
    let told = report(measurement.clone(), plan(0), StopReason::Planned);
    assert_eq!(
        told.summary,
        "1.42x reference (95 % CI 1.40 to 1.44, CPU, 10 process pairs, 600 samples, lane, steal 1 %)"
    );
    measurement.lane.pinned_core = None;
    measurement.steal_share = None;
    let told = report(measurement, plan(0), StopReason::Planned);
    assert!(told.summary.ends_with("600 samples, no lane, steal unknown)"), "{}", told.summary);
    let told = report(of(&[1.0]), plan(0), StopReason::Cap);
    assert!(
        told.summary.starts_with("no ratio: 1 process pairs were measured"),
        "{}",
        told.summary
    );
    assert_eq!(told.doubts_in_words.len(), told.doubts.len());
}

#[test]
fn a_report_that_was_written_and_read_gives_the_same_figures_again() {
    let plan = Plan { sizes: vec![1000, 4000, 16000], ..plan(7) };
    let mut host = Host::new(7);
    let cost = |n: u64| Sides { candidate: 2e-7 * n as f64, reference: 1e-7 * n as f64 };
    let (mut measurement, stopped) = host.measure(&plan, cost);
    let bytes = |size_index: usize| Some(20_000_000 + 8_000_000 * size_index as u64);
    measurement.memory = (0..3)
        .map(|size_index| MemoryReading {
            size_index,
            peak_bytes: Sides { candidate: bytes(size_index), reference: bytes(0) },
        })
        .collect();
    let told = report(measurement, plan, stopped);
    assert!(told.ratio.is_some() && told.growth.is_some() && told.memory.is_some(), "{told:?}");
    let json = serde_json::to_string(&told).expect("JSON");
    let read: TimingReport = serde_json::from_str(&json).expect("a report");
    let again = report(read.measurement.clone(), read.plan.clone(), read.stopped);
    assert_eq!(again, told);
    let interval = ratio(&read.measurement, &read.plan, read.clock).expect("a ratio");
    close(interval.from, read.ratio.expect("a ratio").from);
}

#[test]
fn growth_needs_three_sizes() {
    let plan = Plan { sizes: vec![10, 20], ..plan(0) };
    let of_size = |size_index| ProcessPair { size_index, ..exactly(1.0) };
    let process_pairs = [0, 0, 1, 1].map(of_size).to_vec();
    let measurement = Measurement { process_pairs, lane: lane(), ..Measurement::default() };
    assert_eq!(growth(&measurement, &plan), Err(NoFigure::TooFewSizes { n: 2, least: 3 }));
}

#[test]
fn memory_grows_is_bounded_or_cannot_be_told() {
    use MemoryTrend::{Bounded, Grows, Unknown};
    let told = |sizes: &[u64], candidate: &dyn Fn(u64) -> Option<u64>| {
        let plan = Plan { sizes: sizes.to_vec(), ..plan(0) };
        let reading = |(size_index, size): (usize, &u64)| MemoryReading {
            size_index,
            peak_bytes: Sides { candidate: candidate(*size), reference: Some(10_000_000) },
        };
        let readings = sizes.iter().enumerate().map(reading).collect();
        memory(&Measurement { memory: readings, ..Measurement::default() }, &plan)
    };
    let wide = [10_000, 1_000_000];
    let keeps_all = told(&wide, &|size| Some(10_000_000 + 36 * size)).expect("figures");
    assert_eq!((keeps_all.trend.candidate, keeps_all.trend.reference), (Grows, Bounded));
    close(keeps_all.bytes_per_element.candidate, 36.0);
    close(keeps_all.bytes_per_element.reference, 0.0);
    let jitters = told(&wide, &|size| Some(10_000_000 + size % 7 * 100_000)).expect("figures");
    assert_eq!(jitters.trend.candidate, Bounded);
    let drifts = told(&wide, &|size| Some(10_000_000 + 6 * size)).expect("figures");
    assert_eq!(drifts.trend.candidate, Bounded, "seen, and less than a pointer for each");
    let narrow = told(&[1000, 2000], &|size| Some(10_000_000 + 36 * size)).expect("figures");
    assert_eq!(narrow.trend.candidate, Unknown);
    assert_eq!(
        told(&wide, &|size| (size < 500_000).then_some(10_000_000)),
        Err(NoFigure::OutOfMemory { side: Side::Candidate, size_index: 1 })
    );
    assert_eq!(told(&[10], &|_| Some(1)), Err(NoFigure::TooFewSizes { n: 1, least: 2 }));
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_refused() {
    assert_eq!(plan(0).checked(), Ok(plan(0)));
    let refused = |change: fn(&mut Plan)| {
        let mut plan = plan(0);
        change(&mut plan);
        plan.checked().expect_err("refused")
    };
    assert_eq!(refused(|plan| plan.band = 0.0), BadPlan::Band(0.0));
    assert!(matches!(refused(|plan| plan.band = f64::NAN), BadPlan::Band(_)));
    assert_eq!(refused(|plan| plan.least_process_pairs = 5), BadPlan::LeastProcessPairs(5));
    assert_eq!(refused(|plan| plan.process_pairs = 50), BadPlan::ProcessPairs(6, 50, 40));
    assert_eq!(
        refused(|plan| plan.cap_s = -1.0),
        BadPlan::Seconds { name: "cap_s", seconds: -1.0 }
    );
    assert_eq!(refused(|plan| plan.sizes = vec![2, 2]), BadPlan::Sizes(vec![2, 2]));
    assert_eq!(refused(|plan| plan.sizes = vec![]), BadPlan::Sizes(vec![]));
    assert_eq!(refused(|plan| plan.main_size = 1), BadPlan::MainSize(1, 1));
    assert_eq!(refused(|plan| plan.growth_process_pairs = 1), BadPlan::GrowthProcessPairs(1));
    assert_eq!(refused(|plan| plan.memory_bytes_per_element = 0.0), BadPlan::Memory(0.0));
}
