//! `rubric.toml`: what a reviewer marks a submission by, beside what tests can see.

use std::{collections::BTreeSet, fs, path::Path};

use serde::Deserialize;
use toml::Spanned;

use super::{Challenge, ChallengeError, ManifestError, folder::read_error, position::Document};
use crate::domain::Digest;

/// The rubric's name in a challenge's folder.
const FILE: &str = "rubric.toml";
const SCHEMA: i64 = 1;
const MOST_BYTES: u64 = 64 << 10;
const MOST_CRITERIA: usize = 12;
const MOST_NAME: usize = 60;
const MOST_TEXT: usize = 400;

/// What a reviewer marks by. It is no part of the suite that is sealed, and never decides a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rubric {
    /// In the order in which they are asked.
    pub criteria: Vec<Criterion>,
    /// Of the file, so that only marks by the same rubric are compared.
    pub sha256: Digest,
}

/// One thing to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// As marks name it.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// What to look at.
    pub question: String,
    /// What the marks 1 to 4 mean.
    pub anchors: [String; 4],
}

#[derive(Deserialize)]
struct Head {
    schema: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRubric {
    #[expect(dead_code, reason = "checked in `Head`; a key that must be there")]
    schema: i64,
    criteria: Vec<RawCriterion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCriterion {
    key: Spanned<String>,
    name: Spanned<String>,
    question: Spanned<String>,
    anchors: Spanned<Vec<String>>,
}

impl Challenge {
    /// The challenge's rubric; none where its author wrote none.
    ///
    /// # Errors
    /// `rubric.toml` is there and wrong.
    pub fn rubric(&self) -> Result<Option<Rubric>, ChallengeError> {
        Rubric::load(&self.dir.join(FILE))
    }
}

impl Rubric {
    /// The rubric in `file`.
    fn load(file: &Path) -> Result<Option<Self>, ChallengeError> {
        match fs::metadata(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(read_error(file)(error)),
            Ok(metadata) if metadata.len() > MOST_BYTES => {
                let document = Document { text: "", file };
                let message = format!("the file is larger than {MOST_BYTES} bytes");
                return Err(document.error("", None, message).into());
            }
            Ok(_) => {}
        }
        let text = fs::read_to_string(file).map_err(read_error(file))?;
        Ok(Some(Self::parse(&text, file)?))
    }

    /// Parses and checks the text of a rubric.
    fn parse(text: &str, file: &Path) -> Result<Self, ManifestError> {
        let document = Document { text, file };
        let parse_error = |error: toml::de::Error| document.parse_error(&error);
        let head: Head = toml::from_str(text).map_err(parse_error)?;
        if let Some(schema) = head.schema.filter(|schema| *schema.get_ref() != SCHEMA) {
            let message = format!(
                "{} is not a version that this program reads; it reads {SCHEMA}",
                schema.get_ref()
            );
            return Err(document.error("schema", Some(schema.span()), message));
        }
        let raw: RawRubric = toml::from_str(text).map_err(parse_error)?;
        if !(1..=MOST_CRITERIA).contains(&raw.criteria.len()) {
            let message = format!("write 1 to {MOST_CRITERIA} of them; a reviewer reads them all");
            return Err(document.error("criteria", None, message));
        }
        let mut keys = BTreeSet::new();
        let mut criteria = Vec::with_capacity(raw.criteria.len());
        for raw in &raw.criteria {
            let key = raw.key.get_ref();
            if !is_key(key) || !keys.insert(key.as_str()) {
                let message = format!(
                    "{key:?} is there twice, or is not 1 to 40 of a-z, 0-9 and -, from a letter on"
                );
                return Err(document.error("criteria.key", Some(raw.key.span()), message));
            }
            let line = |what: &str, text: &Spanned<String>, most| {
                line(text.get_ref(), most).map_err(|message| {
                    document.error(format!("criteria.{what}"), Some(text.span()), message)
                })
            };
            criteria.push(Criterion {
                key: key.clone(),
                name: line("name", &raw.name, MOST_NAME)?,
                question: line("question", &raw.question, MOST_TEXT)?,
                anchors: anchors(&document, &raw.anchors)?,
            });
        }
        Ok(Self { criteria, sha256: Digest::of(text.as_bytes()) })
    }

    /// The criteria's keys, in order.
    pub fn keys(&self) -> Vec<&str> {
        self.criteria.iter().map(|criterion| criterion.key.as_str()).collect()
    }
}

fn anchors(
    document: &Document<'_>,
    raw: &Spanned<Vec<String>>,
) -> Result<[String; 4], ManifestError> {
    let wrong = |message| document.error("criteria.anchors", Some(raw.span()), message);
    let lines: Result<Vec<String>, String> =
        raw.get_ref().iter().map(|text| line(text, MOST_TEXT)).collect();
    let lines = lines.map_err(wrong)?;
    <[String; 4]>::try_from(lines)
        .map_err(|_| wrong("write four: what the marks 1, 2, 3 and 4 mean".to_owned()))
}

fn line(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) || text.chars().count() > most {
        return Err(format!("must be one line of text, not empty, of at most {most} characters"));
    }
    Ok(text.to_owned())
}

fn is_key(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "schema = 1\n[[criteria]]\nkey = \"design\"\nname = \"Design\"\n\
        question = \"Is it well cut?\"\nanchors = [\"a\", \"b\", \"c\", \"d\"]\n";

    fn wrong(text: &str) -> String {
        Rubric::parse(text, Path::new("rubric.toml")).expect_err("an error").to_string()
    }

    #[test]
    fn a_rubric_is_criteria_with_four_anchors() {
        let rubric = Rubric::parse(GOOD, Path::new("rubric.toml")).expect("a rubric");
        assert_eq!(rubric.keys(), ["design"]);
        assert_eq!(rubric.criteria[0].anchors[3], "d");
        assert_eq!(rubric.sha256, Digest::of(GOOD.as_bytes()));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (from, to, said) in [
            ("schema = 1", "schema = 2", "rubric.toml:1:10: `schema`: 2 is not a version"),
            ("\"design\"", "\"De sign\"", "rubric.toml:3:7: `criteria.key`"),
            (", \"d\"]", "]", "`criteria.anchors`: write four"),
            ("\"Design\"", "\" \"", "`criteria.name`: must be one line"),
            ("question", "quest", "unknown field"),
        ] {
            let found = wrong(&GOOD.replace(from, to));
            assert!(found.contains(said), "{found}");
        }
        assert!(wrong("schema = 1\ncriteria = []\n").contains("write 1 to 12"));
        let (_, one) = GOOD.split_once('\n').expect("two lines");
        assert!(wrong(&format!("{GOOD}{one}")).contains("twice"));
    }

    #[test]
    fn the_files_of_this_repository_are_rubrics() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges");
        let mut found = 0;
        for entry in fs::read_dir(root).expect("challenges") {
            let dir = entry.expect("an entry").path();
            if dir.join("challenge.toml").is_file() {
                let rubric = Rubric::load(&dir.join(FILE)).expect("a rubric");
                assert!(rubric.is_some_and(|rubric| rubric.criteria.len() >= 4), "{dir:?}");
                found += 1;
            }
        }
        assert_eq!(found, 5);
    }

    #[test]
    fn no_file_is_no_rubric_and_a_large_one_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE);
        assert!(matches!(Rubric::load(&file), Ok(None)));
        fs::write(&file, "#".repeat(70_000)).expect("a file");
        let error = Rubric::load(&file).expect_err("an error").to_string();
        assert!(error.contains("larger than"), "{error}");
    }
}
