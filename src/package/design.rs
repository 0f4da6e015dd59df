//! What a reviewer must find in DESIGN.md.

use super::finding::{Finding, Rule};
use crate::challenge::Manifest;

const FILE: &str = "DESIGN.md";
/// Fewer words cannot say why the groups, traps and thresholds are what they are.
const LEAST_WORDS: usize = 80;
const PLACEHOLDERS: [&str; 3] = ["TODO", "TBD", "FIXME"];

pub(super) fn check(text: &str, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let words = text.split_whitespace().count();
    if words < LEAST_WORDS {
        findings.push(Finding::error(
            Rule::Design,
            FILE,
            format!("it is a stub of {words} words"),
            "say why these groups, which traps they catch, the thresholds and the flake risks",
        ));
    }
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split(|char: char| !char.is_alphanumeric());
        if let Some(word) = words.find(|word| PLACEHOLDERS.contains(word)) {
            let message = format!("it has a {word} left");
            let finding = Finding::error(Rule::Design, FILE, message, "write what is missing");
            findings.push(finding.at(index + 1));
        }
    }
    let unsaid: Vec<&str> = manifest
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .filter(|group| !text.contains(group))
        .collect();
    if !unsaid.is_empty() {
        findings.push(Finding::warning(
            Rule::Design,
            FILE,
            format!("it says nothing of these groups: {}", unsaid.join(", ")),
            "say what each catches and how it is kept apart from the others",
        ));
    }
    findings
}
