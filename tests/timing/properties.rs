//! What must hold whatever was read.

use proptest::prelude::*;
use takehome::{
    domain::timing::{
        Clock, Doubt, Measurement, Order, Pair, ProcessPair, Sample, Sides, StopReason,
        TimingVerdict,
    },
    timing::{ratio, report, verdict},
};

use crate::noise::{lane, plan};

fn sample() -> impl Strategy<Value = Sample> {
    (1_000_u64..20_000_000, 1_000_u64..20_000_000)
        .prop_map(|(cpu_ns, wall_ns)| Sample { cpu_ns, wall_ns })
}

fn pair() -> impl Strategy<Value = Pair> {
    (any::<bool>(), 1_u32..100, sample(), sample()).prop_map(|(ab, inner, candidate, reference)| {
        let order = if ab { Order::Ab } else { Order::Ba };
        Pair { order, inner, candidate, reference }
    })
}

fn process_pair() -> impl Strategy<Value = ProcessPair> {
    (any::<u32>(), prop::collection::vec(pair(), 2..9)).prop_map(|(hash_seed, pairs)| ProcessPair {
        hash_seed,
        size_index: 0,
        import: Sides::default(),
        pairs,
    })
}

fn measurement() -> impl Strategy<Value = Measurement> {
    prop::collection::vec(process_pair(), 2..12).prop_map(|process_pairs| Measurement {
        process_pairs,
        lane: lane(),
        ..Measurement::default()
    })
}

fn change(measurement: &Measurement, change: impl Fn(&mut Pair)) -> Measurement {
    let mut changed = measurement.clone();
    changed.process_pairs.iter_mut().flat_map(|process| &mut process.pairs).for_each(change);
    changed
}

fn near(one: f64, other: f64) -> bool {
    (one / other - 1.0).abs() < 1e-9
}

/// Two with the same verdict and, but for rounding, the same doubts.
fn same_word(one: &(TimingVerdict, Vec<Doubt>), other: &(TimingVerdict, Vec<Doubt>)) -> bool {
    let kinds = |doubts: &[Doubt]| doubts.iter().map(std::mem::discriminant).collect::<Vec<_>>();
    one.0 == other.0 && kinds(&one.1) == kinds(&other.1)
}

proptest! {
    #[test]
    fn swapping_the_sides_inverts_the_ratio(measurement in measurement()) {
        let swapped =
            change(&measurement, |pair| std::mem::swap(&mut pair.candidate, &mut pair.reference));
        for clock in [Clock::Cpu, Clock::Wall] {
            let one = ratio(&measurement, &plan(0), clock).expect("a ratio");
            let other = ratio(&swapped, &plan(0), clock).expect("a ratio");
            prop_assert!(near(one.value, 1.0 / other.value));
            prop_assert!(near(one.from, 1.0 / other.to));
            prop_assert!(near(one.to, 1.0 / other.from));
        }
    }

    #[test]
    fn a_host_of_another_speed_changes_nothing(measurement in measurement(), by in 2_u64..1000) {
        let slower = change(&measurement, |pair| {
            for sample in [&mut pair.candidate, &mut pair.reference] {
                sample.cpu_ns *= by;
                sample.wall_ns *= by;
            }
        });
        let one = ratio(&measurement, &plan(0), Clock::Cpu).expect("a ratio");
        let other = ratio(&slower, &plan(0), Clock::Cpu).expect("a ratio");
        prop_assert!(near(one.value, other.value) && near(one.to, other.to));
        prop_assert!(same_word(&verdict(&measurement, &plan(0)), &verdict(&slower, &plan(0))));
    }

    #[test]
    fn the_order_of_pairs_and_of_process_pairs_changes_nothing(
        measurement in measurement(),
        turn in 0..8_usize,
    ) {
        let mut other = measurement.clone();
        for process_pair in &mut other.process_pairs {
            let by = turn % process_pair.pairs.len();
            process_pair.pairs.rotate_left(by);
        }
        other.process_pairs.reverse();
        let one = ratio(&measurement, &plan(0), Clock::Cpu).expect("a ratio");
        let other = ratio(&other, &plan(0), Clock::Cpu).expect("a ratio");
        prop_assert!(near(one.value, other.value) && near(one.from, other.from));
    }

    #[test]
    fn an_interval_holds_its_ratio_and_all_is_finite(measurement in measurement()) {
        let found = ratio(&measurement, &plan(0), Clock::Cpu).expect("a ratio");
        prop_assert!(0.0 < found.from && found.from <= found.value && found.value <= found.to);
        prop_assert!(found.value.is_finite());
        let told = report(measurement, plan(0), StopReason::Planned);
        prop_assert_eq!(told.verdict == TimingVerdict::TooNoisy, !told.doubts.is_empty());
        let json = serde_json::to_string(&told).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<takehome::domain::timing::TimingReport>(&json)
            .map(|read| read.measurement).expect("a report"), told.measurement);
    }

    #[test]
    fn an_import_that_costs_more_never_makes_a_candidate_faster(
        measurement in measurement(),
        import_ns in 0_u64..1_000_000_000,
    ) {
        let mut heavy = measurement.clone();
        for process_pair in &mut heavy.process_pairs {
            process_pair.import.candidate.cpu_ns = import_ns;
        }
        let light = ratio(&measurement, &plan(0), Clock::Cpu).expect("a ratio");
        let heavy = ratio(&heavy, &plan(0), Clock::Cpu).expect("a ratio");
        prop_assert!(heavy.value >= light.value * (1.0 - 1e-12));
    }
}
