use std::cmp::Ordering;

use super::text;
use crate::domain::Report;

/// One submission's result with what a page shows beside it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The result.
    pub report: &'a Report,
    /// Who sent it, where that is known; otherwise the submission's name stands for it.
    pub candidate: Option<&'a str>,
    /// The submission's files; empty shows none.
    pub files: &'a [SourceFile],
}

/// A file of a submission, as bytes: nothing is assumed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path from the submission's root, with `/`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What a grading cost, to compare others with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// From the submission in hand to the verdict, milliseconds.
    pub wall_ms: u64,
    /// User and system time, milliseconds.
    pub cpu_ms: u64,
}

/// Results that are looked at together: of one challenge, or, as CSV and JUnit, of several.
#[derive(Debug, Clone, Copy)]
pub struct Round<'a> {
    /// The challenge's title, as its author wrote it; of several, how many they are.
    pub title: &'a str,
    /// The submissions, in any order.
    pub entries: &'a [Entry<'a>],
    /// What the challenge's reference cost on the same machine, where that was measured.
    pub reference: Option<Cost>,
}

impl<'a> Entry<'a> {
    /// A result alone: no candidate, no files.
    pub fn of(report: &'a Report) -> Self {
        Self { report, candidate: None, files: &[] }
    }

    /// The name to show: one line, everything invisible made visible.
    pub(super) fn name(&self) -> String {
        text::line(self.candidate.unwrap_or(&self.report.submission))
    }
}

/// An entry and its place. Equal scores share a place; what has no score has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked<'a> {
    pub(super) place: Option<usize>,
    pub(super) entry: &'a Entry<'a>,
}

impl<'a> Round<'a> {
    /// The entries with the best score first; those without a score last; then by name.
    pub(super) fn ranking(&self) -> Vec<Ranked<'a>> {
        let mut sorted: Vec<&Entry<'a>> = self.entries.iter().collect();
        sorted.sort_by(|a, b| better(a, b).then_with(|| a.name().cmp(&b.name())));
        let mut ranked: Vec<Ranked<'a>> = Vec::new();
        for (index, entry) in sorted.into_iter().enumerate() {
            let place = entry.report.score.map(|score| match ranked.last() {
                Some(Ranked { place: Some(place), entry: above })
                    if above.report.score == Some(score) =>
                {
                    *place
                }
                _ => index + 1,
            });
            ranked.push(Ranked { place, entry });
        }
        ranked
    }
}

fn better(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    b.report.score.unwrap_or(-1.0).total_cmp(&a.report.score.unwrap_or(-1.0))
}
