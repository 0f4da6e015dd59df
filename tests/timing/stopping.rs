//! When to go on, and when not to.

use std::time::Duration;

use takehome::{
    domain::timing::{Measurement, Plan, ProcessPair, StopReason},
    timing::{Step, next_step},
};

use crate::noise::{exactly, of, plan};

/// What comes next: a size index, or the reason for nothing.
fn next(measurement: &Measurement, plan: &Plan, seconds: u64) -> Result<usize, StopReason> {
    match next_step(measurement, plan, Duration::from_secs(seconds)) {
        Step::Continue(turn) => {
            assert_eq!(turn.index, measurement.process_pairs.len());
            Ok(turn.size_index)
        }
        Step::Stop(reason) => Err(reason),
    }
}

fn unsteady(count: usize) -> Measurement {
    let ratios: Vec<f64> =
        (0..count).map(|place| 1.25_f64.powf((place * 7 % 11) as f64 / 5.0 - 1.0)).collect();
    of(&ratios)
}

#[test]
fn what_is_the_same_takes_all_process_pairs() {
    for count in 0..20 {
        assert_eq!(next(&of(&vec![1.0; count]), &plan(0), 1), Ok(0), "{count}");
    }
    assert_eq!(next(&of(&[1.0; 20]), &plan(0), 11), Err(StopReason::Planned));
}

#[test]
fn what_is_clear_stops_after_fifteen() {
    let ratios = [1.40, 1.42, 1.44].repeat(5);
    assert_eq!(next(&of(&ratios[..14]), &plan(0), 5), Ok(0));
    assert_eq!(next(&of(&ratios), &plan(0), 6), Err(StopReason::Early));
    assert_eq!(
        next(&of(&ratios.iter().map(|one| one.recip()).collect::<Vec<_>>()), &plan(0), 6),
        Err(StopReason::Early)
    );
}

#[test]
fn what_is_slower_within_the_band_does_not_stop_early() {
    // Beyond half the band, so slower; but not beyond the band.
    assert_eq!(next(&of(&[1.04; 19]), &plan(0), 9), Ok(0));
    assert_eq!(next(&of(&[1.04; 20]), &plan(0), 10), Err(StopReason::Planned));
}

#[test]
fn an_early_stop_takes_a_surer_interval() {
    // Of fifteen the 95 % interval begins at the 26th mean of two, the 99 % one at the 16th. The least value is in
    // fifteen of these means, the least two in 29.
    let mut ratios = vec![1.10; 15];
    ratios[0] = 0.98;
    assert_eq!(next(&of(&ratios), &plan(0), 6), Err(StopReason::Early));
    ratios[1] = 0.98;
    assert_eq!(next(&of(&ratios), &plan(0), 6), Ok(0));
}

#[test]
fn a_doubt_forbids_an_early_stop() {
    let stolen = Measurement { steal_share: Some(0.5), ..of(&[2.0; 15]) };
    assert_eq!(next(&stolen, &plan(0), 6), Ok(0));
}

#[test]
fn what_is_too_noisy_goes_on_until_it_is_not_or_nothing_is_left() {
    assert_eq!(next(&unsteady(20), &plan(0), 10), Ok(0));
    assert_eq!(next(&unsteady(20), &plan(0), 30), Err(StopReason::Cap));
    assert_eq!(next(&unsteady(40), &plan(0), 20), Err(StopReason::MostProcessPairs));
    let mut settles = unsteady(10);
    settles.process_pairs.truncate(2);
    settles.process_pairs.extend((0..24).map(|_| exactly(1.0)));
    assert_eq!(next(&settles, &plan(0), 14), Err(StopReason::Extended));
    assert_eq!(next(&of(&[1.0; 3]), &plan(0), 30), Err(StopReason::Cap));
}

#[test]
fn a_clock_that_stands_still_stops_it() {
    let mut stands = of(&[1.0; 1]);
    stands.process_pairs[0].pairs[0].reference.cpu_ns = 0;
    assert_eq!(next(&stands, &plan(0), 1), Err(StopReason::Unusable));
}

#[test]
fn the_other_sizes_come_after_the_ratio() {
    let plan = Plan { sizes: vec![10, 40, 160], main_size: 1, ..plan(0) };
    let mut measurement = of(&[1.0; 19]);
    for process_pair in &mut measurement.process_pairs {
        process_pair.size_index = 1;
    }
    let mut came = Vec::new();
    let stopped = loop {
        match next(&measurement, &plan, 12) {
            Ok(size_index) => {
                came.push(size_index);
                measurement.process_pairs.push(ProcessPair { size_index, ..exactly(1.0) });
            }
            Err(reason) => break reason,
        }
    };
    assert_eq!((came, stopped), (vec![1, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2], StopReason::Planned));
    // However late it is, the ratio is not taken up again.
    measurement.process_pairs.truncate(21);
    assert_eq!(next(&measurement, &plan, 59), Ok(2));
    assert_eq!(next(&measurement, &plan, 60), Err(StopReason::Planned));
}
