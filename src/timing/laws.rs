//! Which law of growth some times agree with.
//!
//! Each law is fitted as t = a + b f(n) with a and b not below 0 (a is what a call costs however small
//! its input), by least squares of the *relative* errors, so that the largest size does not drown the
//! others. The exponent alone cannot tell n from n log n: over 1,000 to 64,000 elements, the slope of
//! n log n is 1.11, and a fixed overhead lowers it again. The shape can: n log n bends upwards, an
//! overhead bends downwards.

use crate::domain::timing::GrowthLaw;

/// A law agrees with the times when it misses them by no more than this (root mean square of the
/// relative errors), or ...
const AGREES: f64 = 0.03;
/// ... by no more than so many times what the best one misses.
const OF_BEST: f64 = 2.0;
/// Where even the best one misses by more, no law does. Calls that take longer than the host keeps its
/// speed run at its mean speed, and short ones at its highest, so a true law may miss by a sixth.
const NONE_FITS: f64 = 0.25;
/// Times that grow by less than this over all sizes do not grow.
const FLAT: f64 = 0.10;

const LAWS: [GrowthLaw; 5] = [
    GrowthLaw::Logarithmic,
    GrowthLaw::Linear,
    GrowthLaw::Linearithmic,
    GrowthLaw::Quadratic,
    GrowthLaw::Cubic,
];

/// The laws that `times` (size and time above 0, at least three, sizes ascending) agree with, best first.
pub(super) fn laws(times: &[(f64, f64)]) -> Vec<GrowthLaw> {
    let values = || times.iter().map(|(_, time)| *time);
    let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(0.0, f64::max));
    if most / least < 1.0 + FLAT {
        return vec![GrowthLaw::Constant];
    }
    let mut misses: Vec<(f64, GrowthLaw)> =
        LAWS.iter().map(|law| (miss(*law, times), *law)).collect();
    misses.sort_by(|one, other| one.0.total_cmp(&other.0));
    let best = misses[0].0;
    if best > NONE_FITS {
        return Vec::new();
    }
    let limit = AGREES.max(OF_BEST * best);
    misses.into_iter().filter(|(miss, _)| *miss <= limit).map(|(_, law)| law).collect()
}

/// The root mean square of the relative errors of the best fit, over the degrees of freedom left.
fn miss(law: GrowthLaw, times: &[(f64, f64)]) -> f64 {
    let largest = times.iter().map(|(size, _)| function(law, *size)).fold(0.0, f64::max);
    // Of 1 = a u + b v, with u = 1 / t and v = f(n) / t.
    let rows =
        || times.iter().map(|(size, time)| (1.0 / time, function(law, *size) / largest / time));
    let sum = |pick: fn((f64, f64)) -> f64| rows().map(pick).sum::<f64>();
    let (uu, uv, vv) = (sum(|(u, _)| u * u), sum(|(u, v)| u * v), sum(|(_, v)| v * v));
    let (u, v) = (sum(|(u, _)| u), sum(|(_, v)| v));
    let determinant = uu * vv - uv * uv;
    let (mut a, mut b) = ((u * vv - v * uv) / determinant, (v * uu - u * uv) / determinant);
    if a < 0.0 {
        (a, b) = (0.0, v / vv);
    } else if b < 0.0 {
        (a, b) = (u / uu, 0.0);
    }
    let squares: f64 = rows().map(|(u, v)| (1.0 - a * u - b * v).powi(2)).sum();
    (squares / (times.len() as f64 - 2.0)).sqrt()
}

fn function(law: GrowthLaw, size: f64) -> f64 {
    match law {
        GrowthLaw::Constant => 1.0,
        // Of 1 + n, so that one element costs something.
        GrowthLaw::Logarithmic => size.ln_1p(),
        GrowthLaw::Linear => size,
        GrowthLaw::Linearithmic => size * size.ln_1p(),
        GrowthLaw::Quadratic => size.powi(2),
        GrowthLaw::Cubic => size.powi(3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sizes: &[f64], time: impl Fn(f64) -> f64) -> Vec<GrowthLaw> {
        laws(&sizes.iter().map(|size| (*size, time(*size))).collect::<Vec<_>>())
    }

    const WIDE: [f64; 4] = [1e3, 4e3, 16e3, 64e3];

    #[test]
    fn exact_times_are_given_their_law() {
        for (law, time) in [
            (GrowthLaw::Constant, (|_| 5.0) as fn(f64) -> f64),
            (GrowthLaw::Logarithmic, |n| n.ln()),
            (GrowthLaw::Linear, |n| 3.0 * n),
            (GrowthLaw::Linearithmic, |n| 2.0 * n * n.ln()),
            (GrowthLaw::Quadratic, |n| 0.1 * n * n),
            (GrowthLaw::Cubic, |n| n * n * n),
        ] {
            assert_eq!(of(&WIDE, time), [law]);
        }
    }

    #[test]
    fn an_overhead_as_large_as_the_work_of_the_least_size_changes_nothing() {
        assert_eq!(of(&WIDE, |n| n + 1e3), [GrowthLaw::Linear]);
        assert_eq!(of(&WIDE, |n| n * n.ln() + 7e3), [GrowthLaw::Linearithmic]);
        assert_eq!(of(&WIDE, |n| n * n + 1e6), [GrowthLaw::Quadratic]);
    }

    #[test]
    fn sizes_too_close_together_leave_two_laws() {
        let close = [1e3, 2e3, 4e3];
        assert_eq!(of(&close, |n| n + 300.0), [GrowthLaw::Linear, GrowthLaw::Linearithmic]);
    }

    #[test]
    fn what_jumps_follows_no_law() {
        assert_eq!(of(&WIDE, |n| if n > 5e3 { 1e6 * n } else { n }), []);
    }
}
