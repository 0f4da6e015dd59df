//! What repeated measurements of the same two codes say about the measuring.

use serde::Serialize;

use crate::domain::timing::{Ratio, TimingReport, TimingVerdict};

/// One of several measurements of the same two codes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Repetition {
    /// What it found; none where there was no ratio.
    pub ratio: Option<Ratio>,
    /// What it said.
    pub verdict: TimingVerdict,
}

impl From<&TimingReport> for Repetition {
    fn from(report: &TimingReport) -> Self {
        Self { ratio: report.ratio, verdict: report.verdict }
    }
}

/// What they say together, against the ratio that is known to be true. Counts are of repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Repeated {
    /// How many there were.
    pub repetitions: u32,
    /// Of them, with a ratio.
    pub with_ratio: u32,
    /// The true ratio.
    pub truth: f64,
    /// The geometric mean of the ratios; none without any.
    pub mean: Option<f64>,
    /// The standard deviation of the ratios' logarithms, which is the relative one; from two on.
    pub spread: Option<f64>,
    /// The largest ratio as a multiple of the smallest, less 1; none without any.
    pub range: Option<f64>,
    /// Intervals that hold the truth.
    pub covered: u32,
    /// By verdict.
    pub faster: u32,
    /// By verdict.
    pub same: u32,
    /// By verdict.
    pub slower: u32,
    /// By verdict.
    pub too_noisy: u32,
    /// Said faster though the truth is not below 1.
    pub false_faster: u32,
    /// Said slower though the truth is not above 1.
    pub false_slower: u32,
}

/// Repetitions against the ratio that is known to be true, which is above 0.
pub fn repeated(repetitions: &[Repetition], truth: f64) -> Repeated {
    let ratios: Vec<Ratio> = repetitions.iter().filter_map(|one| one.ratio).collect();
    let logs: Vec<f64> = ratios.iter().map(|ratio| ratio.value.ln()).collect();
    let said = |verdict| repetitions.iter().filter(|one| one.verdict == verdict).count() as u32;
    let (faster, slower) = (said(TimingVerdict::Faster), said(TimingVerdict::Slower));
    let mean = mean(&logs);
    let deviation = |mean: f64| {
        let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
        (squares / (logs.len() as f64 - 1.0)).sqrt()
    };
    let ends = logs.iter().copied().reduce(f64::min).zip(logs.iter().copied().reduce(f64::max));
    let covers = |ratio: &&Ratio| (ratio.from..=ratio.to).contains(&truth);
    Repeated {
        repetitions: repetitions.len() as u32,
        with_ratio: ratios.len() as u32,
        truth,
        mean: mean.map(f64::exp),
        spread: mean.filter(|_| logs.len() > 1).map(deviation),
        range: ends.map(|(least, most)| (most - least).exp_m1()),
        covered: ratios.iter().filter(covers).count() as u32,
        faster,
        same: said(TimingVerdict::Same),
        slower,
        too_noisy: said(TimingVerdict::TooNoisy),
        false_faster: if truth < 1.0 { 0 } else { faster },
        false_slower: if truth > 1.0 { 0 } else { slower },
    }
}

/// By how much the ratio is higher in `other` than in `one`, as a share of it, such as from an idle host
/// to a loaded one; none where either has no ratio.
pub fn shift(one: &Repeated, other: &Repeated) -> Option<f64> {
    Some(other.mean? / one.mean? - 1.0)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: f64, verdict: TimingVerdict) -> Repetition {
        Repetition { ratio: Some(Ratio { value, from: value - 0.02, to: value + 0.02 }), verdict }
    }

    #[test]
    fn identical_code_counts_false_alarms_and_spread() {
        let repetitions = [
            found(1.0, TimingVerdict::Same),
            found(1.01, TimingVerdict::Same),
            found(1.10, TimingVerdict::Slower),
            found(0.90, TimingVerdict::Faster),
            Repetition { ratio: None, verdict: TimingVerdict::TooNoisy },
        ];
        let told = repeated(&repetitions, 1.0);
        assert_eq!((told.repetitions, told.with_ratio, told.covered), (5, 4, 2));
        assert_eq!((told.faster, told.same, told.slower, told.too_noisy), (1, 2, 1, 1));
        assert_eq!((told.false_faster, told.false_slower), (1, 1));
        assert!((told.range.expect("ratios") - (1.10 / 0.90 - 1.0)).abs() < 1e-12);
        // sd(log(c(1, 1.01, 1.10, 0.90))) = 0.0822
        assert!((told.spread.expect("ratios") - 0.082_2).abs() < 1e-4, "{told:?}");
    }

    #[test]
    fn a_true_slowdown_that_is_found_is_no_false_alarm() {
        let told = repeated(&[found(1.05, TimingVerdict::Slower)], 1.05);
        assert_eq!((told.slower, told.false_slower, told.covered), (1, 0, 1));
        assert_eq!((told.spread, told.range), (None, Some(0.0)));
        let other = repeated(&[found(1.26, TimingVerdict::Slower)], 1.05);
        assert!((shift(&told, &other).expect("ratios") - 0.2).abs() < 1e-12);
        assert_eq!(shift(&told, &repeated(&[], 1.0)), None);
    }
}
