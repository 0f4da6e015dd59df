//! What a timing found, as sentences for people. Names in them are as their writers wrote them: whoever
//! shows a sentence makes it harmless for where it is shown.

use super::{MemoryGrowth, MemoryTrend, PlanTiming, Side, Sides, TimingReport};

impl PlanTiming {
    /// The ratio in plain words.
    pub fn said(&self, report: &TimingReport) -> String {
        match &report.ratio {
            None => "there is no ratio".to_owned(),
            Some(ratio) => {
                let more = (ratio.value - 1.0) * 100.0;
                let what = if more < 0.0 { "less" } else { "more" };
                let (clock, against) = (report.clock.words(), &self.against);
                format!("{:.1} % {what} {clock} than {against}", more.abs())
            }
        }
    }

    /// The report's line, with the name of what it was compared with.
    pub fn line(&self, report: &TimingReport) -> String {
        report.summary.replacen("x reference", &format!("x {}", self.against), 1)
    }

    /// What is known of growth, memory, what is possible at best, and of requests; a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let (unit, against) = (&self.unit, &self.against);
        let mut remarks = Vec::new();
        let report = self.report.as_ref();
        if let Some(growth) = report.and_then(|report| report.growth.as_ref()) {
            let Sides { candidate, reference } = &growth.sides;
            remarks.push(format!(
                "with the number of {unit} its time grows {}; {against}: {}",
                candidate.words(),
                reference.words()
            ));
        }
        if let Some(memory) = report.and_then(|report| report.memory.as_ref()) {
            remarks.push(format!(
                "with the number of {unit} its memory {}; {against}: {}",
                memory.said(Side::Candidate),
                memory.said(Side::Reference)
            ));
        }
        if let Some(ideal) = &self.ideal {
            remarks.push(format!(
                "{:.2} times the {:.2} s that it takes at least; {against}: {:.2} times",
                ideal.times.candidate, ideal.seconds, ideal.times.reference
            ));
        }
        if let Some(latency) = &self.latency_us {
            let figures = |[p50, p95, p99]: [u64; 3]| format!("{p50}, {p95} and {p99} µs");
            remarks.push(format!(
                "half, 95 % and 99 % of its requests took up to {}; {against}: {}",
                figures(latency.candidate),
                figures(latency.reference)
            ));
        }
        remarks
    }
}

impl MemoryGrowth {
    /// How one side's memory grows.
    pub fn said(&self, side: Side) -> String {
        let (trend, bytes) = match side {
            Side::Candidate => (self.trend.candidate, self.bytes_per_element.candidate),
            Side::Reference => (self.trend.reference, self.bytes_per_element.reference),
        };
        match trend {
            MemoryTrend::Grows => format!("grows by {bytes:.0} bytes for each"),
            MemoryTrend::Bounded => "does not grow".to_owned(),
            MemoryTrend::Unknown => "cannot be told at these sizes".to_owned(),
        }
    }
}
