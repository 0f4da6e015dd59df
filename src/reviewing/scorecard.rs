use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Account, AccountId};
use crate::domain::Digest;

/// Most characters of one remark.
pub const MOST_WORDS: usize = 4_000;

/// What somebody writes: capped, without control characters but line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(String);

/// Why words are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// Too many.
    #[error("a remark has at most {MOST_WORDS} characters")]
    Long,
    /// Something that is no text.
    #[error("a remark must not have control characters in it")]
    Control,
}

/// What a reviewer would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// By all means.
    StrongYes,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Not at all.
    StrongNo,
}

/// A criterion's mark, with why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The criterion's key in the rubric.
    pub criterion: String,
    /// 1 to 4; the rubric says what each means.
    pub mark: u8,
    /// Why.
    pub words: String,
}

/// What one reviewer thinks of one submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub by: Account,
    /// The result that was looked at.
    pub grading: Option<String>,
    /// The rubric that was marked by.
    pub rubric: Digest,
    /// In the rubric's order, as far as they are given.
    pub marks: Vec<Mark>,
    /// What they would do.
    pub recommendation: Option<Recommendation>,
    /// About all of it.
    pub words: String,
    /// They knew no name when it came in.
    pub blind: bool,
    /// Grows with each time it is kept.
    pub version: u32,
    /// When it came in, milliseconds since 1970; a draft has not.
    pub in_ms: Option<i64>,
}

/// A remark about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its row.
    pub id: i64,
    /// The file, as the submission names it.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// Whose.
    pub by: AccountId,
    /// Their name.
    pub name: String,
    /// What they say.
    pub words: String,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
}

impl Words {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Words {
    type Err = InvalidWords;

    fn from_str(text: &str) -> Result<Self, InvalidWords> {
        if text.len() > 8 * MOST_WORDS {
            return Err(InvalidWords::Long);
        }
        let text = text.replace("\r\n", "\n").trim().to_owned();
        if text.chars().count() > MOST_WORDS {
            return Err(InvalidWords::Long);
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(InvalidWords::Control);
        }
        Ok(Self(text))
    }
}

impl Recommendation {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::StrongYes, Self::Yes, Self::No, Self::StrongNo];

    /// As the store and forms write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::StrongYes => "strong_yes",
            Self::Yes => "yes",
            Self::No => "no",
            Self::StrongNo => "strong_no",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::StrongYes => "strong yes",
            Self::Yes => "yes",
            Self::No => "no",
            Self::StrongNo => "strong no",
        }
    }
}

/// The criteria of the rubric that have no mark yet.
pub fn missing<'a>(criteria: &[&'a str], marks: &[Mark]) -> Vec<&'a str> {
    let has = |key: &str| marks.iter().any(|mark| mark.criterion == key);
    criteria.iter().copied().filter(|key| !has(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_capped_text() {
        assert_eq!("  a\r\nb\t\n".parse::<Words>().map(|w| w.0), Ok("a\nb".into()));
        assert_eq!("a\u{1b}[2J".parse::<Words>(), Err(InvalidWords::Control));
        assert_eq!("x".repeat(MOST_WORDS + 1).parse::<Words>(), Err(InvalidWords::Long));
        assert!("ü".repeat(MOST_WORDS).parse::<Words>().is_ok());
    }

    #[test]
    fn a_criterion_without_a_mark_is_missed() {
        let marks = [Mark { criterion: "design".into(), mark: 3, words: String::new() }];
        assert_eq!(missing(&["design", "tests"], &marks), ["tests"]);
    }
}
