//! One submission's result as words and figures, for the page of one and the page of many.

use super::{
    files::{self, Budget, ShownFile},
    timing::{TimingView, views},
};
use crate::{
    domain::{GroupScore, Report, TestOutcome, TestReport, Verdict},
    render::{Entry, RenderError, text, words},
};

/// A submission's section.
pub(in crate::render) struct View {
    /// The place on the page, from 1: ids and links are made of it, never of names.
    pub(in crate::render) number: usize,
    /// The level of its headings.
    pub(in crate::render) level: u8,
    pub(in crate::render) name: String,
    /// The submission's name, where another stands above it.
    pub(in crate::render) submission: String,
    pub(in crate::render) verdict: &'static str,
    pub(in crate::render) verdict_key: &'static str,
    /// Empty unless graded.
    pub(in crate::render) score: String,
    pub(in crate::render) capped_by: String,
    pub(in crate::render) fault: Option<FaultView>,
    pub(in crate::render) groups: Vec<GroupView>,
    pub(in crate::render) tests: Vec<TestView>,
    /// How many tests ended how: only outcomes that occur.
    pub(in crate::render) counts: Vec<Count>,
    pub(in crate::render) costs: Vec<Use>,
    pub(in crate::render) timings: Vec<TimingView>,
    pub(in crate::render) notes: Vec<Note>,
    pub(in crate::render) files: Vec<ShownFile>,
    pub(in crate::render) provenance: Vec<(&'static str, String)>,
}

pub(in crate::render) struct FaultView {
    pub(in crate::render) code: String,
    pub(in crate::render) message: String,
    pub(in crate::render) remedy: String,
}

pub(in crate::render) struct GroupView {
    pub(in crate::render) name: String,
    pub(in crate::render) weight: u32,
    pub(in crate::render) passed: u32,
    pub(in crate::render) total: u32,
    /// Share of the group's tests that passed, 0 to 100.
    pub(in crate::render) share: String,
    /// What the group gave of its weight.
    pub(in crate::render) points: String,
}

/// A test's id, so that a line can break before the test's own name.
pub(in crate::render) struct TestId {
    /// The file, with `::`; empty where the id has none.
    pub(in crate::render) file: String,
    pub(in crate::render) name: String,
}

pub(in crate::render) struct TestView {
    pub(in crate::render) id: TestId,
    pub(in crate::render) group: String,
    pub(in crate::render) key: &'static str,
    pub(in crate::render) outcome: &'static str,
    pub(in crate::render) sign: &'static str,
    pub(in crate::render) duration_ms: u64,
    pub(in crate::render) message: String,
}

pub(in crate::render) struct Count {
    pub(in crate::render) key: &'static str,
    pub(in crate::render) sign: &'static str,
    pub(in crate::render) outcome: &'static str,
    pub(in crate::render) count: usize,
}

/// Something that was used, and how much there was of it.
pub(in crate::render) struct Use {
    pub(in crate::render) what: &'static str,
    pub(in crate::render) used: String,
    pub(in crate::render) limit: String,
    /// Share of the limit, 0 to 100; empty without one.
    pub(in crate::render) share: String,
}

pub(in crate::render) struct Note {
    pub(in crate::render) kind: &'static str,
    pub(in crate::render) detail: String,
}

impl View {
    /// The section of a submission; its number makes the ids of what is in it.
    ///
    /// # Errors
    /// [`RenderError::Plot`] when a plot of a timing could not be drawn.
    pub(in crate::render) fn new(
        entry: &Entry<'_>,
        number: usize,
        level: u8,
        budget: Budget,
    ) -> Result<Self, RenderError> {
        let report = entry.report;
        let fault = report.fault.as_ref().map(|fault| FaultView {
            code: text::line(&fault.code),
            message: text::visible(&fault.message),
            remedy: text::visible(&fault.remedy),
        });
        let notes = report
            .integrity
            .iter()
            .map(|note| Note { kind: note.kind.words(), detail: text::line(&note.detail) });
        Ok(Self {
            number,
            level,
            name: entry.name(),
            submission: entry.candidate.map(|_| text::line(&report.submission)).unwrap_or_default(),
            verdict: report.verdict.words(),
            verdict_key: report.verdict.key(),
            score: score(report),
            capped_by: report.capped_by.as_deref().map(text::line).unwrap_or_default(),
            fault,
            groups: report.groups.iter().map(GroupView::new).collect(),
            tests: report.tests.iter().map(TestView::new).collect(),
            counts: counts(&report.tests),
            costs: costs(report),
            timings: views(
                report.timing.as_deref().unwrap_or_default(),
                &format!("s{number}"),
                level + 2,
            )?,
            notes: notes.collect(),
            files: files::shown(entry.files, budget),
            provenance: provenance(report),
        })
    }

    /// The level of the headings inside the section.
    pub(in crate::render) fn inner(&self) -> u8 {
        self.level + 1
    }
}

/// The score for people; empty unless graded.
pub(in crate::render) fn score(report: &Report) -> String {
    match report.verdict {
        Verdict::Graded => report.score.map(text::number).unwrap_or_default(),
        _ => String::new(),
    }
}

impl GroupView {
    pub(in crate::render) fn new(group: &GroupScore) -> Self {
        let share = f64::from(group.passed) / f64::from(group.total.max(1));
        Self {
            name: text::line(&group.name),
            weight: group.weight,
            passed: group.passed,
            total: group.total,
            share: text::number(share * 100.0),
            points: text::number(share * f64::from(group.weight)),
        }
    }
}

impl TestId {
    pub(in crate::render) fn new(id: &str) -> Self {
        let id = text::line(id);
        let (file, name) = id.split_at(id.rfind("::").map_or(0, |at| at + 2));
        Self { file: file.to_owned(), name: name.to_owned() }
    }
}

impl TestView {
    fn new(test: &TestReport) -> Self {
        Self {
            id: TestId::new(&test.id),
            group: text::line(&test.group),
            key: test.outcome.key(),
            outcome: test.outcome.words(),
            sign: words::sign(test.outcome),
            duration_ms: test.duration_ms,
            message: text::visible(&test.message).trim_end().to_owned(),
        }
    }
}

fn counts(tests: &[TestReport]) -> Vec<Count> {
    let count = |outcome: TestOutcome| Count {
        key: outcome.key(),
        sign: words::sign(outcome),
        outcome: outcome.words(),
        count: tests.iter().filter(|test| test.outcome == outcome).count(),
    };
    words::OUTCOMES.into_iter().map(count).filter(|count| count.count > 0).collect()
}

fn costs(report: &Report) -> Vec<Use> {
    let used = &report.resources;
    let limits = report.provenance.limits.as_ref();
    let longest = report.tests.iter().map(|test| test.duration_ms).max();
    let share = |used: u64, limit: f64| text::number((100.0 * used as f64 / limit).min(100.0));
    let of_seconds = |what, ms: u64, limit: Option<f64>| Use {
        what,
        used: format!("{} s", text::seconds(ms)),
        limit: limit.map(|limit| format!("{} s", text::number(limit))).unwrap_or_default(),
        share: limit.map(|limit| share(ms, limit * 1000.0)).unwrap_or_default(),
    };
    let mut costs = vec![
        of_seconds("Wall time", used.wall_ms, limits.map(|limits| limits.grading_timeout_s)),
        Use {
            what: "CPU time",
            used: format!("{} s", text::seconds(used.cpu_ms)),
            limit: match limits {
                Some(limits) if limits.cpus == 1.0 => "1 core".to_owned(),
                Some(limits) => format!("{} cores", text::number(limits.cpus)),
                None => String::new(),
            },
            share: String::new(),
        },
        Use {
            what: "Peak memory",
            used: format!("{} MiB", text::mebibytes(used.peak_memory_bytes)),
            limit: limits
                .map(|limits| format!("{} MiB", text::mebibytes(limits.memory_bytes)))
                .unwrap_or_default(),
            share: limits
                .map(|limits| share(used.peak_memory_bytes, limits.memory_bytes as f64))
                .unwrap_or_default(),
        },
    ];
    if let Some(longest) = longest {
        costs.push(of_seconds("Longest test", longest, limits.map(|limits| limits.test_timeout_s)));
    }
    costs
}

fn provenance(report: &Report) -> Vec<(&'static str, String)> {
    let provenance = &report.provenance;
    let mut rows = vec![
        ("Challenge", text::line(&report.challenge)),
        ("Grading", text::line(&report.grading_id)),
    ];
    if let Some(digest) = provenance.submission_sha256 {
        rows.push(("Submission, SHA-256", digest.to_string()));
    }
    if let Some(digest) = provenance.suite_sha256 {
        rows.push(("Suite, SHA-256", digest.to_string()));
    }
    if let Some(image) = &provenance.image_digest {
        rows.push(("Image", text::line(image)));
    }
    rows.push(("Seed", provenance.seed.to_string()));
    rows.push(("takehome", text::line(&provenance.takehome_version)));
    if let Some(engine) = &provenance.engine {
        let engine = format!(
            "{} (API {}), {}, {}, {}",
            engine.version, engine.api, engine.runtime, engine.kernel, engine.arch
        );
        rows.push(("Engine", text::line(&engine)));
    }
    if let Some(limits) = &provenance.limits {
        rows.push(("Processes at most", limits.pids.to_string()));
    }
    rows
}
