//! What a candidate must find in the README: the call, what is graded, the time box, the policy on
//! AI assistants, the libraries, and the command for the visible tests.

use super::{
    finding::{Finding, Rule},
    time_box,
};
use crate::challenge::{AiPolicy, Group, InterfaceKind, Manifest};

const FILE: &str = "README.md";
/// What the README says of the local run; a folder below `tests` and options may follow.
const COMMAND: &str = "-m pytest tests";

pub(super) fn check(text: &str, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(interface(text, manifest));
    findings.extend(groups(text, manifest));
    findings.extend(stated_time_box(text, manifest));
    findings.extend(ai_policy(text, manifest));
    findings.extend(libraries(text, manifest));
    if !text.contains(COMMAND) {
        findings.push(error(
            Rule::VisibleCommand,
            "it does not say how to run the visible tests",
            "write `python -m pip install -r requirements.txt` and `python -m pytest tests`",
        ));
    }
    findings
}

fn interface(text: &str, manifest: &Manifest) -> Vec<Finding> {
    let interface = &manifest.interface;
    let mut findings = Vec::new();
    for path in &interface.required {
        let module = module(path);
        if !text.contains(path.as_str()) && !module.is_some_and(|module| has(text, &module)) {
            let message = format!("it does not name {path}, which a submission must have");
            findings.push(error(Rule::Interface, message, "say where the solution belongs"));
        }
    }
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for call in calls(interface.kind, &interface.summary) {
        if !has(&plain, &call) {
            let message = format!("it does not show the call `{call}` of interface.summary");
            findings.push(error(Rule::Interface, message, "describe the interface with it"));
        }
    }
    findings
}

/// `pkg.module` of `pkg/module.py`, `pkg` of `pkg/__init__.py`.
fn module(path: &str) -> Option<String> {
    let stem = path.strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").or(stem.strip_suffix("/__main__")).unwrap_or(stem);
    Some(stem.replace('/', "."))
}

/// What must be on the page, of the one-line summary of the interface.
fn calls(kind: InterfaceKind, summary: &str) -> Vec<String> {
    match kind {
        InterfaceKind::Function => summary
            .match_indices('(')
            .filter_map(|(end, _)| {
                let name = summary[..end].rsplit(|char: char| !is_word(char) || char == '-').next();
                name.filter(|name| !name.is_empty()).map(str::to_owned)
            })
            .collect(),
        InterfaceKind::Command => {
            let words: Vec<&str> = summary
                .split_whitespace()
                .enumerate()
                .take_while(|(index, word)| *index < 3 || word.starts_with(char::is_lowercase))
                .map(|(_, word)| word)
                .collect();
            vec![words.join(" ")]
        }
        InterfaceKind::Service => vec!["PORT".to_owned()],
    }
}

fn groups(text: &str, manifest: &Manifest) -> Vec<Finding> {
    let section = section(text, "graded");
    let mut findings = Vec::new();
    if section.is_none() {
        findings.push(error(
            Rule::Groups,
            "it has no section on what is graded",
            "write a section `## What is graded` with a table of groups and weights",
        ));
    }
    let section = section.unwrap_or_else(|| text.to_owned());
    for group in &manifest.groups {
        let mut lines = section.lines().filter(|line| has(line, &group.name)).peekable();
        let message = if lines.peek().is_none() {
            format!("what is graded does not name the group {}", group.name)
        } else if !lines.any(|line| weight_after(line, group)) {
            format!("the group {} is not named with its weight, {}", group.name, group.weight)
        } else {
            continue;
        };
        let remedy = format!("write `| {} | {} | {} |`", group.name, group.weight, group.summary);
        findings.push(error(Rule::Groups, message, remedy));
    }
    findings
}

/// Whether the first number after the group's name is its weight.
fn weight_after(line: &str, group: &Group) -> bool {
    places(line, &group.name).any(|end| {
        let number: String = line[end..]
            .chars()
            .skip_while(|char| !char.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        number.parse() == Ok(group.weight)
    })
}

fn stated_time_box(text: &str, manifest: &Manifest) -> Vec<Finding> {
    let expected = time_box::shown(manifest.time_box);
    let stated = time_box::stated(text);
    if stated.is_empty() {
        let remedy = format!("write `| time box | {expected} |`");
        return vec![error(Rule::TimeBox, "it states no time box", remedy)];
    }
    stated
        .into_iter()
        .filter(|(_, duration)| *duration != manifest.time_box)
        .map(|(line, duration)| {
            let message = format!(
                "the time box is {} here and {expected} in challenge.toml",
                time_box::shown(duration)
            );
            error(Rule::TimeBox, message, "write the same in both").at(line)
        })
        .collect()
}

fn ai_policy(text: &str, manifest: &Manifest) -> Option<Finding> {
    let lines: Vec<String> =
        text.lines().filter(|line| has(line, "AI")).map(str::to_lowercase).collect();
    let says =
        |words: &[&str]| lines.iter().any(|line| words.iter().any(|word| line.contains(word)));
    let forbids = says(&["forbidden", "not allowed", "not permitted", "without ai", "no ai "]);
    let discloses = says(&["name ", "ai.md", "disclos", "say ", "tell ", "note ", "list "]);
    let (fine, remedy) = match manifest.ai_policy {
        AiPolicy::Allowed => (says(&["allowed"]) && !forbids, "`| AI assistants | allowed |`"),
        AiPolicy::AllowedWithDisclosure => (
            says(&["allowed"]) && !forbids && discloses,
            "`| AI assistants | allowed; name the tool and what you used it for in AI.md |`",
        ),
        AiPolicy::Forbidden => (forbids, "`| AI assistants | not allowed |`"),
    };
    let message = format!("it does not say that AI assistants are {}", manifest.ai_policy);
    (!fine).then(|| error(Rule::AiPolicy, message, format!("write {remedy}")))
}

fn libraries(text: &str, manifest: &Manifest) -> Vec<Finding> {
    let lower = text.to_lowercase();
    let allowed = &manifest.dependencies.allowed;
    let mut missing: Vec<String> = allowed
        .iter()
        .filter(|library| !names_library(&lower, &library.to_lowercase()))
        .map(|library| format!("it does not name the library {library}, which is allowed"))
        .collect();
    if allowed.is_empty() && !lower.contains("standard library") {
        missing.push("it does not say that there is only the standard library".into());
    }
    let all: Vec<&str> =
        ["the standard library"].into_iter().chain(allowed.iter().map(String::as_str)).collect();
    let remedy = format!("write `| libraries | {} |`", all.join(", "));
    missing.into_iter().map(|message| error(Rule::Libraries, message, remedy.as_str())).collect()
}

/// Whether a lower-case text names it: "Django REST framework" is `djangorestframework`.
fn names_library(text: &str, library: &str) -> bool {
    let squashed = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    has(text, library) || (library.len() >= 8 && squashed(text).contains(&squashed(library)))
}

/// The text below the first heading with this word, up to the next heading of its level.
fn section(text: &str, word: &str) -> Option<String> {
    let level = |line: &str| line.chars().take_while(|char| *char == '#').count();
    let mut fenced = false;
    // A comment in a code block is no heading.
    let mut lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    let heading = lines.find(|line| level(line) > 1 && line.to_lowercase().contains(word))?;
    let own = lines.take_while(|line| level(line) == 0 || level(line) > level(heading));
    Some(own.collect::<Vec<_>>().join("\n"))
}

/// Whether a text has these words as words of their own.
fn has(text: &str, words: &str) -> bool {
    places(text, words).next().is_some()
}

/// Where these words end, each time that they are words of their own.
fn places<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(words).filter_map(move |(start, found)| {
        let end = start + found.len();
        let free = !text[..start].ends_with(is_word) && !text[end..].starts_with(is_word);
        free.then_some(end)
    })
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-')
}

fn error(rule: Rule, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding::error(rule, FILE, message, remedy)
}

#[cfg(test)]
mod tests {
    use super::{calls, module, section};
    use crate::challenge::InterfaceKind;

    #[test]
    fn the_call_is_taken_from_the_summary() {
        let call = |kind, summary| calls(kind, summary).join(", ");
        assert_eq!(
            call(InterfaceKind::Function, "tiny.total(numbers) -> int; tiny.first(numbers) -> int"),
            "total, first"
        );
        assert_eq!(
            call(InterfaceKind::Command, "python -m courier --events EVENTS"),
            "python -m courier"
        );
        assert_eq!(
            call(InterfaceKind::Command, "python -m ledger report INPUT.csv [--out X]"),
            "python -m ledger report"
        );
        assert_eq!(call(InterfaceKind::Service, "serves on $PORT"), "PORT");
    }

    #[test]
    fn a_file_is_also_named_by_its_module() {
        assert_eq!(module("a/b.py").as_deref(), Some("a.b"));
        assert_eq!(module("a/__init__.py").as_deref(), Some("a"));
        assert_eq!(module("data.json"), None);
    }

    #[test]
    fn a_section_ends_at_the_next_heading_of_its_level() {
        let text =
            "# Graded tasks\n## What is graded\na\n```\n# x\n```\n### Detail\nb\n## Next\nc\n";
        assert_eq!(section(text, "graded").as_deref(), Some("a\n### Detail\nb"));
        assert_eq!(section("## Other\n", "graded"), None);
    }
}
