//! Telling laws of growth apart on an unsteady host.

use takehome::{
    domain::timing::{Growth, GrowthLaw, Plan, Sides},
    timing::growth,
};

use crate::noise::{Host, plan};

const NS: f64 = 1e-9;

fn linear(n: u64) -> f64 {
    (20_000.0 + 40.0 * n as f64) * NS
}

fn linearithmic(n: u64) -> f64 {
    (20_000.0 + 8.0 * n as f64 * (n as f64).ln()) * NS
}

fn quadratic(n: u64) -> f64 {
    (20_000.0 + 0.05 * (n as f64).powi(2)) * NS
}

/// The protocol for several sizes.
fn sizes(sizes: &[u64], seed: u64) -> Plan {
    Plan { sizes: sizes.to_vec(), ..plan(seed) }
}

fn measured(plan: &Plan, candidate: fn(u64) -> f64, reference: fn(u64) -> f64) -> Growth {
    let mut host = Host::new(plan.seed);
    let call_s = |n| Sides { candidate: candidate(n), reference: reference(n) };
    let (measurement, _) = host.measure(plan, call_s);
    growth(&measurement, plan).expect("growth")
}

const WIDE: [u64; 4] = [1_000, 4_000, 16_000, 64_000];

#[test]
fn three_laws_are_told_apart_ten_times_of_ten() {
    for seed in 0..10 {
        let plan = sizes(&WIDE, seed);
        for (cost, law) in [
            (linear as fn(u64) -> f64, GrowthLaw::Linear),
            (linearithmic, GrowthLaw::Linearithmic),
            (quadratic, GrowthLaw::Quadratic),
        ] {
            let found = measured(&plan, cost, linear);
            assert_eq!(found.sides.candidate.laws, [law], "{seed} {found:#?}");
            assert_eq!(found.sides.reference.laws, [GrowthLaw::Linear], "{seed} {found:#?}");
        }
    }
}

#[test]
fn sizes_that_are_close_together_do_not_tell_n_from_n_log_n() {
    let mut two = 0;
    for seed in 0..10 {
        let found = measured(&sizes(&[1_000, 2_000, 4_000], seed), linear, linear);
        assert!(found.sides.candidate.laws.contains(&GrowthLaw::Linear), "{found:#?}");
        assert!(!found.sides.candidate.laws.contains(&GrowthLaw::Quadratic), "{found:#?}");
        two += u32::from(found.sides.candidate.laws.len() > 1);
    }
    assert!(two >= 5, "{two}");
}

#[test]
fn the_difference_of_the_exponents_is_found_beside_the_hosts_speed() {
    for seed in 0..10 {
        let found = measured(&sizes(&WIDE, seed), quadratic, linear);
        // The truth is not quite 1: both have an overhead.
        assert!((found.difference.value - 1.0).abs() < 0.15, "{found:#?}");
        assert!(found.difference.from > 0.5 && found.difference.to < 1.5, "{found:#?}");
        let same = measured(&sizes(&WIDE, seed), linear, linear);
        assert!(same.difference.value.abs() < 0.01, "{same:#?}");
        assert!(same.difference.from < 0.005 && same.difference.to > -0.005, "{same:#?}");
    }
}
