//! The parts of a challenge's folder: what has to be there, and how much of it.

use std::collections::BTreeSet;

use super::{
    finding::{Finding, Rule},
    lines,
    tree::{self, Files},
};
use crate::challenge::{Challenge, Manifest, Sample, SampleKind};

/// A wrong sample for each way of being wrong; fewer prove little.
const FEW_WRONG: usize = 3;
/// Visible tests for each hundred hidden ones.
const SHARE: std::ops::RangeInclusive<usize> = 10..=35;

/// Folders that must hold something, and the files that a submission must have.
pub(super) fn folders(challenge: &Challenge) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, purpose) in [
        ("starter", "what the candidate starts from"),
        ("reference", "a solution that scores 100"),
        ("tests/visible", "tests that the candidate gets"),
    ] {
        let files = match tree::read(&challenge.dir.join(folder)) {
            Ok(files) => files,
            Err(refusal) => {
                findings.push(Finding::error(
                    Rule::Layout,
                    folder,
                    refusal.to_string(),
                    refusal.remedy(),
                ));
                continue;
            }
        };
        if files.is_empty() {
            let message = "it is missing or empty";
            let remedy = format!("put {purpose} there");
            findings.push(Finding::error(Rule::Layout, folder, message, remedy));
        } else if folder != "tests/visible" {
            findings.extend(required(folder, &files, &challenge.manifest));
        }
    }
    findings
}

fn required(folder: &str, files: &Files, manifest: &Manifest) -> Vec<Finding> {
    let holds = |path: &str| {
        let path = path.trim_end_matches('/');
        let below = format!("{path}/");
        files.keys().any(|file| file == path || file.starts_with(&below))
    };
    let missing = manifest.interface.required.iter().filter(|path| !holds(path));
    missing
        .map(|path| {
            let message = format!("it lacks {path}, which interface.required names");
            let remedy = format!("add {folder}/{path}, or change the manifest");
            Finding::error(Rule::Layout, folder, message, remedy)
        })
        .collect()
}

/// A right alternative, some wrong ones, and a wrong one for each group.
pub(super) fn samples(samples: &[Sample], manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let of = |kind: SampleKind| samples.iter().filter(|sample| sample.kind == kind).count();
    if of(SampleKind::Correct) == 0 {
        findings.push(Finding::error(
            Rule::Samples,
            "samples",
            "there is no correct-* sample",
            "add a right solution that differs from the reference: a suite that only its author's \
             solution passes is not fair",
        ));
    }
    let wrong = of(SampleKind::Wrong);
    let more = format!("add plausible wrong solutions: {FEW_WRONG} at least, 6 or more are better");
    if wrong == 0 {
        let message = "there is no wrong-* sample";
        findings.push(Finding::error(Rule::Samples, "samples", message, more));
        return findings;
    }
    if wrong < FEW_WRONG {
        let message = format!("there are too few wrong-* samples: {wrong}");
        findings.push(Finding::warning(Rule::Samples, "samples", message, more));
    }
    let caught: BTreeSet<&str> = samples
        .iter()
        .filter(|sample| sample.kind == SampleKind::Wrong)
        .flat_map(|sample| &sample.expected.fails)
        .map(String::as_str)
        .collect();
    let unproved: Vec<&str> = manifest
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .filter(|group| !caught.contains(group))
        .collect();
    if !unproved.is_empty() {
        findings.push(Finding::warning(
            Rule::Samples,
            "samples",
            format!("no wrong sample fails: {}", unproved.join(", ")),
            "add one for each of these groups, which proves that the group catches something",
        ));
    }
    findings
}

/// Visible tests against hidden ones, by functions: parameters multiply either.
pub(super) fn share(challenge: &Challenge) -> Option<Finding> {
    let count = |files: &Files| -> usize {
        files
            .iter()
            .filter(|(path, _)| lines::is_test_file(path))
            .map(|(_, data)| lines::test_names(data).len())
            .sum()
    };
    let hidden = count(&tree::from_tar(&challenge.suite.tar));
    let visible = count(&tree::read_leniently(&challenge.dir.join("tests/visible")));
    if hidden == 0 || visible == 0 || SHARE.contains(&(visible * 100 / hidden)) {
        return None;
    }
    let share = visible * 100 / hidden;
    let message = format!("test functions: {visible} visible, {hidden} hidden, which is {share} %");
    let remedy = format!("aim at a fifth, from {} to {} %", SHARE.start(), SHARE.end());
    Some(Finding::warning(Rule::VisibleShare, "tests/visible", message, remedy))
}
