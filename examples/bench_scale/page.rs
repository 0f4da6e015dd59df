//! Tables in Markdown, which a terminal shows as well, and the place in a page where they go.

use std::{fs, path::Path};

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::{
    memory::{Growth, Sample},
    timing::Timed,
};

const MIB: f64 = 1_048_576.0;

/// The first part's figures.
#[derive(Debug, Serialize)]
pub struct Memory {
    /// Finished gradings.
    pub gradings: u64,
    /// At a time.
    pub jobs: usize,
    /// From the first claim to the last commit, seconds.
    pub seconds: f64,
    /// In order.
    pub samples: Vec<Sample>,
    /// What they come to.
    pub growth: Growth,
    /// The highest resident memory that the kernel saw, with files, bytes.
    pub peak_bytes: u64,
}

impl Memory {
    /// As tables.
    pub fn lines(&self) -> Vec<String> {
        let growth = &self.growth;
        let slope = match growth.slope_bytes {
            Some(bytes) => format!("{:+.1} KiB", bytes / 1024.0),
            None => "too few samples".into(),
        };
        let figures = [
            ("before the first grading", mib(growth.first_bytes)),
            ("after the last one", mib(growth.last_bytes)),
            ("highest sample", mib(growth.most_bytes)),
            ("peak, with files and what came before the gradings", mib(self.peak_bytes)),
        ];
        let mut rows: Vec<Vec<String>> =
            figures.into_iter().map(|(name, figure)| vec![name.into(), figure]).collect();
        let name = format!("more by 1,000 gradings, after the first {}", number(growth.warm_up));
        rows.push(vec![name, slope]);
        let head =
            format!("memory over {} gradings, {} at a time", number(self.gradings), self.jobs);
        let mut lines = markdown(&[&head, "resident"], &rows);
        lines.push(String::new());
        let samples: Vec<Vec<String>> = self
            .samples
            .iter()
            .map(|sample| vec![number(sample.gradings), mib(sample.anonymous_bytes)])
            .collect();
        lines.extend(markdown(&["gradings", "anonymous memory"], &samples));
        lines
    }
}

/// The second part's figures.
#[derive(Debug, Serialize)]
pub struct Answers {
    /// Finished gradings in the store.
    pub gradings: u64,
    /// Batches that are whole.
    pub batches: usize,
    /// Sealed tests of each grading.
    pub tests: usize,
    /// The database's file, bytes.
    pub bytes: u64,
    /// What was asked.
    pub timed: Vec<Timed>,
}

impl Answers {
    /// As a table.
    pub fn lines(&self) -> Vec<String> {
        let head = format!("in a store of {} gradings", number(self.gradings));
        let head =
            [head.as_str(), "median, ms", "p95, ms", "highest, ms", "times", "target", "met"];
        let rows: Vec<Vec<String>> = self
            .timed
            .iter()
            .map(|Timed { what, spread, target_ms }| {
                let target = target_ms.map(|at| format!("below {at:.0} ms"));
                let met = target_ms.map(|at| if spread.most_ms < at { "yes" } else { "no" });
                vec![
                    what.clone(),
                    format!("{:.1}", spread.median_ms),
                    format!("{:.1}", spread.p95_ms),
                    format!("{:.1}", spread.most_ms),
                    spread.count.to_string(),
                    target.unwrap_or_default(),
                    met.unwrap_or_default().to_owned(),
                ]
            })
            .collect();
        let mut lines = markdown(&head, &rows);
        lines.push(String::new());
        lines.push(format!(
            "The store has {} whole batches of gradings with {} tests each; its file {}.",
            number(self.batches as u64),
            self.tests,
            mib(self.bytes)
        ));
        lines
    }
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / MIB)
}

/// `10,000`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A table with aligned columns; every one but the first is a figure.
fn markdown(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = std::iter::once(&head).chain(rows).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(2)
        })
        .collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = (0..)
            .zip(cells.iter().zip(&widths))
            .map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        format!("| {} |", padded.join(" | "))
    };
    let rule: Vec<String> = (0..)
        .zip(&widths)
        .map(|(column, &width)| match column {
            0 => "-".repeat(width),
            _ => format!("{}:", "-".repeat(width - 1)),
        })
        .collect();
    [line(&head), line(&rule)].into_iter().chain(rows.iter().map(|row| line(row))).collect()
}

/// Puts `lines` into the page, between its two comments of that name.
///
/// # Errors
/// The page cannot be read or written, or a comment is missing.
pub fn write(page: &Path, marker: &str, lines: &[String]) -> anyhow::Result<()> {
    let failed = || format!("write the figures to {}", page.display());
    let text = fs::read_to_string(page).with_context(failed)?;
    let text = replaced(&text, marker, lines).with_context(failed)?;
    fs::write(page, text).with_context(failed)
}

fn replaced(text: &str, marker: &str, lines: &[String]) -> anyhow::Result<String> {
    let (begin, end) = (format!("<!-- {marker}:begin -->\n"), format!("<!-- {marker}:end -->"));
    let parts = text
        .split_once(&begin)
        .and_then(|(head, rest)| rest.split_once(&end).map(|(_, tail)| (head, tail)));
    let Some((head, tail)) = parts else {
        bail!("there is no {} … {end} in the page", begin.trim());
    };
    Ok(format!("{head}{begin}{}\n{end}{tail}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let text =
            "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n<!-- y:begin -->\nkept\n<!-- y:end -->\n";
        let lines = ["new".to_owned(), "lines".to_owned()];
        let after = replaced(text, "x", &lines).expect("replaced");
        assert_eq!(after, text.replace("old", "new\nlines"));
        assert!(replaced(text, "z", &lines).is_err());
        assert!(replaced("<!-- x:end --><!-- x:begin -->\n", "x", &lines).is_err(), "wrong order");
    }

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(crate::page()).expect("the page");
        assert!(replaced(&page, crate::MARKER, &[]).is_ok());
    }

    #[test]
    fn columns_are_aligned_and_numbers_can_be_read() {
        let rows = [vec!["ä".to_owned(), "1".to_owned()], vec!["longer".into(), "10,000".into()]];
        let table = markdown(&["", "n"], &rows);
        assert_eq!(
            table,
            [
                "|        |      n |",
                "| ------ | -----: |",
                "| ä      |      1 |",
                "| longer | 10,000 |"
            ]
        );
        let written: Vec<String> = [0, 999, 1000, 1_234_567].map(number).to_vec();
        assert_eq!(written, ["0", "999", "1,000", "1,234,567"]);
    }
}
