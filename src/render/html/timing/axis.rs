//! Axes with ticks of our choice: ratios, sizes and times are drawn as logarithms and labelled as what
//! they are.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// Most ticks of an axis, about.
const TICKS: f64 = 6.0;

/// From, to, and where a label stands.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) struct Axis {
    from: f64,
    to: f64,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Ratios; both ends are logarithms.
    pub(in crate::render) fn of_ratios(from: f64, to: f64) -> Self {
        let (from, to) = padded(from, to, 0.06);
        let (low, high) = (from.exp(), to.exp());
        let ticks = if high / low < 4.0 {
            steps(low, high).into_iter().map(|(value, label)| (value.ln(), label)).collect()
        } else {
            decades(from, to, plain)
        };
        Self { from, to, ticks }
    }

    /// Durations; both ends are logarithms of nanoseconds.
    pub(in crate::render) fn of_times(from: f64, to: f64) -> Self {
        let (from, to) = padded(from, to, 0.08);
        Self { from, to, ticks: decades(from, to, duration) }
    }

    /// Sizes of inputs, each with a tick where there is room; the values are logarithms.
    pub(in crate::render) fn of_sizes(sizes: &[u64]) -> Self {
        let at = |size: u64| (size.max(1) as f64).ln();
        let first = sizes.first().copied().map_or(0.0, at);
        let last = sizes.last().copied().map_or(first, at);
        let (from, to) = padded(first, last, 0.06);
        let mut ticks: Vec<(f64, String)> = Vec::new();
        for size in sizes.iter().rev() {
            let place = at(*size);
            if ticks.last().is_none_or(|(before, _)| before - place >= 0.13 * (to - from)) {
                ticks.push((place, compact(*size)));
            }
        }
        Self { from, to, ticks }
    }

    /// An amount from 0.
    pub(in crate::render) fn from_zero(most: f64) -> Self {
        let to = most.max(1e-9) * 1.1;
        Self { from: 0.0, to, ticks: steps(0.0, to) }
    }

    /// Columns numbered from 1.
    pub(in crate::render) fn of_columns(count: usize) -> Self {
        let every = count.div_ceil(20).max(1);
        let ticks = (1..=count).step_by(every).map(|at| (at as f64, at.to_string())).collect();
        Self { from: 0.4, to: count as f64 + 0.6, ticks }
    }

    pub(in crate::render) fn from(&self) -> f64 {
        self.from
    }

    pub(in crate::render) fn to(&self) -> f64 {
        self.to
    }

    pub(in crate::render) fn holds(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    /// Where on the axis, 0 to 1.
    pub(in crate::render) fn share(&self, value: f64) -> f64 {
        (value - self.from) / (self.to - self.from)
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        first + (self.share(*value) * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|(value, _)| *value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(place, _)| place == value);
        tick.map(|(_, label)| label.clone()).unwrap_or_default()
    }
}

fn padded(from: f64, to: f64, share: f64) -> (f64, f64) {
    let pad = ((to - from) * share).max(0.001);
    (from - pad, to + pad)
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn steps(low: f64, high: f64) -> Vec<(f64, String)> {
    let raw = (high - low) / TICKS;
    let power = raw.log10().floor();
    let magnitude = 10_f64.powf(power);
    let step = [1.0, 2.0, 5.0].map(|by| by * magnitude).into_iter().find(|step| *step >= raw);
    let (step, power) = step.map_or((10.0 * magnitude, power + 1.0), |step| (step, power));
    let decimals = (-power).clamp(0.0, 12.0) as usize;
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    let count = (last - first + 1.0).clamp(0.0, 4.0 * TICKS) as usize;
    (0..count)
        .map(|at| (first + at as f64) * step)
        .map(|value| (value, format!("{value:.decimals$}")))
        .collect()
}

/// Powers of ten, with 2 and 5 times them where there is room; the ends and places are natural
/// logarithms.
fn decades(from: f64, to: f64, label: fn(f64) -> String) -> Vec<(f64, String)> {
    let ten = std::f64::consts::LN_10;
    let (first, last) = ((from / ten).floor() as i32, (to / ten).ceil() as i32);
    let span = (to - from) / ten;
    let digits: &[f64] = if span <= 1.2 {
        &[1.0, 2.0, 3.0, 5.0, 7.0]
    } else if span <= 2.5 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let every = (span / TICKS).ceil().max(1.0) as usize;
    (first..=last)
        .step_by(every)
        .flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)))
        .filter(|value| (from..=to).contains(&value.ln()))
        .map(|value| (value.ln(), label(value)))
        .collect()
}

/// A number with as many digits as show it.
pub(in crate::render) fn plain(value: f64) -> String {
    if !(1e-3..1e6).contains(&value) {
        return format!("{value:.0e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Nanoseconds in the unit that suits them, with three digits at most after the point.
pub(in crate::render) fn duration(ns: f64) -> String {
    let (by, unit) = match ns {
        ns if ns < 1e3 => (1.0, "ns"),
        ns if ns < 1e6 => (1e3, "µs"),
        ns if ns < 1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    let value = ns / by;
    let decimals = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.decimals$}");
    let short = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short} {unit}")
}

/// A size with its thousands as k, M and G where nothing is lost.
fn compact(size: u64) -> String {
    for (by, unit) in [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")] {
        if size >= by && size.is_multiple_of(by) {
            return format!("{}{unit}", size / by);
        }
    }
    size.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_numbers_inside_the_axis() {
        let near = Axis::of_ratios(0.95_f64.ln(), 1.12_f64.ln());
        assert_eq!(labels(&near), ["0.95", "1.00", "1.05", "1.10"]);
        let far = Axis::of_ratios(0.5_f64.ln(), 40_f64.ln());
        assert_eq!(labels(&far), ["0.5", "1", "2", "5", "10", "20", "50"]);
        let times = Axis::of_times(60_000_f64.ln(), 2.5e8_f64.ln());
        assert_eq!(labels(&times), ["100 µs", "1 ms", "10 ms", "100 ms"]);
        let sizes = Axis::of_sizes(&[1_000, 1_001, 16_000, 64_000]);
        assert_eq!(labels(&sizes), ["64k", "16k", "1001"]);
        assert_eq!(labels(&Axis::from_zero(61.0)), ["0", "20", "40", "60"]);
        for axis in [near, far, times, sizes] {
            assert!(axis.ticks.iter().all(|(place, _)| axis.holds(*place)), "{axis:?}");
        }
    }

    #[test]
    fn no_range_makes_many_ticks_or_none_that_fit() {
        for (from, to) in [(-700.0, 700.0), (0.0, 0.0), (0.0, 1e-9), (-700.0, -699.9), (0.0, 1.4)] {
            let axis = Axis::of_ratios(from, to);
            assert!((1..=24).contains(&axis.ticks.len()), "{axis:?}");
            assert!(axis.from < axis.to);
        }
        assert_eq!(labels(&Axis::of_sizes(&[7])), ["7"]);
        assert!(Axis::of_columns(100).ticks.len() <= 20);
    }

    #[test]
    fn durations_have_the_unit_that_suits() {
        for (ns, text) in [
            (0.5, "0.5 ns"),
            (1.0, "1 ns"),
            (1_500.0, "1.5 µs"),
            (41_250_000.0, "41.2 ms"),
            (3e11, "300 s"),
        ] {
            assert_eq!(duration(ns), text);
        }
    }
}
