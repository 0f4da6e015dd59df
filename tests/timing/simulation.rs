//! Coverage, false alarms and power where the truth is known. Seeds are fixed: the same readings each run.

use takehome::{
    domain::timing::{Plan, Sides, StopReason},
    timing::{Repeated, Repetition, repeated, report},
};

use crate::noise::{Host, exactly, of, plan};

/// Whole measurements on the made-up host, as an engine would drive them.
fn measured(count: u64, truth: f64, plan: &Plan) -> Repeated {
    let repetitions: Vec<Repetition> = (0..count)
        .map(|seed| {
            let plan = Plan { seed, ..plan.clone() };
            let mut host = Host::new(seed);
            let call_s = |_| Sides { candidate: truth * 3e-4, reference: 3e-4 };
            let (measurement, stopped) = host.measure(&plan, call_s);
            Repetition::from(&report(measurement, plan, stopped))
        })
        .collect();
    repeated(&repetitions, truth)
}

/// Ten seconds: ten process pairs of one second.
fn ten_seconds() -> Plan {
    Plan { cap_s: 10.0, ..plan(0) }
}

/// Measurements by process pairs whose ratios have that standard deviation: many, quickly.
fn drawn(count: u64, truth: f64, deviation: f64, plan: &Plan) -> (Repeated, u32) {
    let mut early = 0;
    let repetitions: Vec<Repetition> = (0..count)
        .map(|seed| {
            let mut host = Host::new(seed ^ 0x5eed);
            let mut measurement = of(&[]);
            let stopped = loop {
                let elapsed =
                    std::time::Duration::from_secs(measurement.process_pairs.len() as u64);
                match takehome::timing::next_step(&measurement, plan, elapsed) {
                    takehome::timing::Step::Continue(_) => {
                        let off = (deviation * host.normal()).exp();
                        measurement.process_pairs.push(exactly(truth * off));
                    }
                    takehome::timing::Step::Stop(reason) => break reason,
                }
            };
            early += u32::from(stopped == StopReason::Early);
            Repetition::from(&report(measurement, plan.clone(), stopped))
        })
        .collect();
    (repeated(&repetitions, truth), early)
}

#[test]
fn identical_code_is_the_same_on_an_unsteady_host() {
    let told = measured(100, 1.0, &ten_seconds());
    assert!(told.false_slower + told.false_faster <= 2, "{told:?}");
    assert!(told.same >= 90, "{told:?}");
    assert!(told.covered >= 93, "{told:?}");
    assert!(told.spread.expect("ratios") <= 0.02, "{told:?}");
}

#[test]
fn a_true_slowdown_of_the_band_is_found_in_ten_seconds() {
    let told = measured(60, 1.05, &ten_seconds());
    assert!(told.slower >= 57, "{told:?}");
    assert!(told.covered >= 55, "{told:?}");
}

#[test]
fn a_true_speedup_of_the_band_is_found_in_ten_seconds() {
    let told = measured(60, 1.0 / 1.05, &ten_seconds());
    assert!(told.faster >= 57, "{told:?}");
}

#[test]
fn explore() {
    for deviation in [0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.3] {
        for truth in [1.0, 1.02, 1.05, 1.06, 1.07, 1.1, 1.2, 1.5] {
            let (told, early) = drawn(1000, truth, deviation, &plan(0));
            let (ten, _) = drawn(1000, truth, deviation, &ten_seconds());
            println!(
                "sd {deviation} truth {truth}: covered {} ten {} early {early} | f/s/sl/n {}/{}/{}/{} ten {}/{}/{}/{}",
                told.covered,
                ten.covered,
                told.faster,
                told.same,
                told.slower,
                told.too_noisy,
                ten.faster,
                ten.same,
                ten.slower,
                ten.too_noisy
            );
        }
    }
}
