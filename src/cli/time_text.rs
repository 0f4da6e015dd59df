//! Timings as text for people.

use std::fmt::Write as _;

use super::{table::plain, time::Timed};
use crate::domain::timing::{PlanTiming, Ratio};

/// Cells of the bar; the middle one is a ratio of 1.
const CELLS: usize = 41;
/// The ratio at the right end; at the left end it is the inverse.
const END: f64 = 4.0;

pub(super) fn text(all: &[Timed]) -> String {
    let mut text = String::new();
    for timed in all {
        let _ = writeln!(text, "{} · {}", timed.challenge, plain(&timed.submission));
        for timing in &timed.timings {
            let _ = writeln!(text, "\n  {}: {}", timing.name, timing.summary);
            for line in lines(timing) {
                let _ = writeln!(text, "    {line}");
            }
        }
        text.push('\n');
    }
    text
}

fn lines(timing: &PlanTiming) -> Vec<String> {
    if let Some(failed) = &timing.failed {
        let message: String = plain(&failed.message).lines().take(1).collect();
        return vec![
            format!("not timed: {}", message.chars().take(300).collect::<String>()),
            "a solution is timed once it passes the challenge's tests".to_owned(),
        ];
    }
    let Some(report) = &timing.report else { return vec!["not timed".to_owned()] };
    let mut lines = vec![format!("{} · {}", report.verdict.words(), plain(&timing.said(report)))];
    lines.extend(report.ratio.as_ref().map(bar));
    lines.push(plain(&timing.line(report)));
    lines.extend(report.doubts_in_words.iter().map(|doubt| format!("because {doubt}")));
    lines.extend(timing.remarks().iter().map(|remark| plain(remark)));
    lines
}

/// The interval on a line from a quarter to four times, the estimate in it.
fn bar(ratio: &Ratio) -> String {
    let place = |value: f64| {
        let share = (value.max(1e-9).ln() / END.ln() + 1.0) / 2.0;
        (share * (CELLS - 1) as f64).round().clamp(0.0, (CELLS - 1) as f64) as usize
    };
    let mut cells = vec!['·'; CELLS];
    cells[CELLS / 2] = '|';
    for cell in &mut cells[place(ratio.from)..=place(ratio.to)] {
        *cell = '═';
    }
    cells[place(ratio.value)] = '●';
    format!("¼x {} 4x", cells.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_one_in_the_middle_and_keeps_what_is_far_out_on_it() {
        let at = |value, from, to| bar(&Ratio { value, from, to });
        let same = at(1.0, 0.99, 1.01);
        assert_eq!(same.chars().nth(3 + CELLS / 2), Some('●'), "{same}");
        let far = at(100.0, 90.0, 110.0);
        assert!(far.ends_with("● 4x") && far.contains('|'), "{far}");
        let wide = at(1.0, 0.5, 2.0);
        assert_eq!(wide.matches('═').count(), 20, "{wide}");
    }
}
