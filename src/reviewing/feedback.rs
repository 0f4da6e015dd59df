use std::fmt::Write as _;

use super::Outcome;

/// What a group of tests says about a submission, as far as a candidate may know it: name and summary are
/// in the challenge's README.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupResult {
    /// The group's name.
    pub name: String,
    /// What it is about.
    pub summary: String,
    /// Tests that passed.
    pub passed: u32,
    /// Tests.
    pub total: u32,
}

/// A draft of what a candidate is told, to be edited by whoever decides: the groups in words, those that
/// went well first. No test, number of tests or score is in it.
pub fn draft(title: &str, outcome: Option<Outcome>, groups: &[GroupResult]) -> String {
    let mut text = format!("Thank you for the time that you put into \u{201c}{title}\u{201d}.");
    if !groups.is_empty() {
        text.push_str(" This is what we saw:\n");
    }
    let mut sorted: Vec<&GroupResult> = groups.iter().collect();
    sorted.sort_by(|a, b| share(b).total_cmp(&share(a)));
    for group in sorted {
        let summary = match group.summary.as_str() {
            "" => String::new(),
            summary => format!(" ({summary})"),
        };
        let _ = write!(text, "\n- {}{summary}: {}.", group.name, words(share(group)));
    }
    match outcome {
        Some(Outcome::Advance) => {
            text.push_str("\n\nWe would like to go on, and to talk about your solution with you.");
        }
        Some(Outcome::Decline) => {
            text.push_str("\n\nWe will not go on this time, and wish you well.");
        }
        None => {}
    }
    text
}

fn share(group: &GroupResult) -> f64 {
    f64::from(group.passed) / f64::from(group.total.max(1))
}

fn words(share: f64) -> &'static str {
    if share >= 1.0 {
        "all of it works as it was asked for"
    } else if share >= 0.8 {
        "nearly all of it works; a few cases do not"
    } else if share >= 0.5 {
        "the greater part works; some cases do not"
    } else if share > 0.0 {
        "a part works; most cases do not yet"
    } else {
        "this does not work yet"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_says_each_group_in_words_and_no_number_of_tests() {
        let group = |name: &str, passed| GroupResult {
            name: name.into(),
            summary: "what".into(),
            passed,
            total: 17,
        };
        let groups = [group("schedule", 3), group("contract", 17), group("deadline", 0)];
        let text = draft("Courier", Some(Outcome::Advance), &groups);
        let at = |name: &str| text.find(name).unwrap_or(usize::MAX);
        assert!(at("contract") < at("schedule") && at("schedule") < at("deadline"), "{text}");
        assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
        assert!(text.contains("all of it works") && text.contains("talk about your solution"));
        assert!(!draft("Courier", None, &[]).contains("This is what we saw"));
    }
}
