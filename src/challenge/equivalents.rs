//! `equivalent-mutants.toml`: changes of the reference that no test can tell from it.

use std::{
    collections::BTreeSet,
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

const MAX_BYTES: u64 = 1 << 20;
const MAX_ENTRIES: usize = 1000;

/// One mutant that behaves like the reference, by what it changes: line numbers would move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    /// The file, from the reference's root.
    pub file: String,
    /// The operator that makes it, such as `core/NumberReplacer`.
    pub operator: String,
    /// The lines that it changes, as they are in the reference; indentation does not count.
    pub original: String,
    /// What it makes of them; empty where it removes them.
    pub mutated: String,
    /// The line above them that is not blank, where these lines occur more than once in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why no test can tell the two apart.
    pub reason: String,
}

/// What is wrong with an `equivalent-mutants.toml`.
#[derive(Debug, thiserror::Error)]
pub enum EquivalentsError {
    /// The text is not a list of equivalent mutants.
    #[error("{}: {message}", .file.display())]
    Parse {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, and what would be accepted.
        message: String,
    },
    /// The file cannot be read.
    #[error("failed to read {}", .path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    mutant: Vec<Equivalent>,
}

impl Equivalent {
    /// The entries of a file; none when there is no such file.
    pub(super) fn load_all(file: &Path) -> Result<Vec<Self>, EquivalentsError> {
        let read = |cause| EquivalentsError::Read { path: file.to_owned(), cause };
        let mut text = String::new();
        match fs::File::open(file) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened
                .and_then(|opened| opened.take(MAX_BYTES + 1).read_to_string(&mut text))
                .map_err(read)?,
        };
        Self::parse(&text)
            .map_err(|message| EquivalentsError::Parse { file: file.to_owned(), message })
    }

    fn parse(text: &str) -> Result<Vec<Self>, String> {
        if text.len() as u64 > MAX_BYTES {
            return Err(format!("it is larger than {MAX_BYTES} bytes"));
        }
        let raw: Raw =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        if raw.mutant.len() > MAX_ENTRIES {
            return Err(format!(
                "{} entries; at most {MAX_ENTRIES} are read, and a reference with so many mutants \
                 that no test can kill is better written in another way",
                raw.mutant.len()
            ));
        }
        let mut seen = BTreeSet::new();
        for (index, entry) in raw.mutant.iter().enumerate() {
            let at = format!("mutant {} of {}", index + 1, raw.mutant.len());
            for (key, value) in [
                ("file", &entry.file),
                ("operator", &entry.operator),
                ("original", &entry.original),
                ("reason", &entry.reason),
            ] {
                if value.trim().is_empty() {
                    return Err(format!("{at}: `{key}` is empty"));
                }
            }
            if same_lines(&entry.original, &entry.mutated) {
                return Err(format!("{at}: `mutated` is the same as `original`"));
            }
            let after = entry.after.as_deref().map(str::trim);
            let (original, mutated) = (plain(&entry.original), plain(&entry.mutated));
            let key = (&entry.file, &entry.operator, original, mutated, after);
            if !seen.insert(key) {
                return Err(format!("{at}: an entry like this is there already"));
            }
        }
        Ok(raw.mutant)
    }

    /// Whether this entry means the mutant that `operator` makes of these lines of `file`, which
    /// come after the line `after`.
    pub fn means(
        &self,
        file: &str,
        operator: &str,
        original: &str,
        mutated: &str,
        after: &str,
    ) -> bool {
        self.file == file
            && self.operator == operator
            && same_lines(&self.original, original)
            && same_lines(&self.mutated, mutated)
            && self.after.as_ref().is_none_or(|line| same_lines(line, after))
    }
}

/// Indentation and trailing space are lost easily when lines are copied from a terminal.
fn plain(lines: &str) -> Vec<&str> {
    lines.trim().lines().map(str::trim).collect()
}

fn same_lines(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Equivalent;

    const ENTRY: &str = r#"
[[mutant]]
file = "courier/schedule.py"
operator = "core/NumberReplacer"
original = "    wait = wait_for(attempt, 0)"
mutated = "    wait = wait_for(attempt,  -1)"
reason = "zero and below are the same to wait_for"
"#;

    fn error(text: &str) -> String {
        Equivalent::parse(text).unwrap_err()
    }

    #[test]
    fn an_entry_means_its_mutant_at_any_indentation() {
        let entries = Equivalent::parse(ENTRY).unwrap();
        let means = |operator, original| {
            let mutated = "wait = wait_for(attempt,  -1)\n";
            entries[0].means("courier/schedule.py", operator, original, mutated, "if again:")
        };
        assert!(means("core/NumberReplacer", "wait = wait_for(attempt, 0)"));
        assert!(means("core/NumberReplacer", "        wait = wait_for(attempt, 0) "));
        assert!(!means("core/NumberReplacer", "wait = wait_for(attempt, 1)"));
        assert!(!means("core/AddNot", "wait = wait_for(attempt, 0)"));
        assert_eq!(Equivalent::parse("").unwrap(), []);
    }

    #[test]
    fn the_line_above_tells_equal_lines_apart() {
        let with = |line: &str| format!("{ENTRY}after = \"{line}\"\n");
        let both = format!("{}{}", with("if again:"), with("else:"));
        let entries = Equivalent::parse(&both).unwrap();
        let means = |index: usize| {
            let (original, mutated) = (&entries[index].original, &entries[index].mutated);
            let (file, operator) = (&entries[index].file, &entries[index].operator);
            entries[index].means(file, operator, original, mutated, "    if again:")
        };
        assert_eq!([means(0), means(1)], [true, false]);
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        let without = ENTRY.replace("zero and below are the same to wait_for", " ");
        insta::assert_snapshot!(error(&without), @"mutant 1 of 1: `reason` is empty");
        assert!(error(&without.replace("reason = \" \"", "")).contains("missing field `reason`"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        insta::assert_snapshot!(error(&ENTRY.replace(" -1)", "0)")), @"mutant 1 of 1: `mutated` is the same as `original`");
        insta::assert_snapshot!(error(&format!("{ENTRY}{ENTRY}")), @"mutant 2 of 2: an entry like this is there already");
        assert!(error(&ENTRY.replace("reason", "because")).contains("unknown field `because`"));
        assert!(error(&ENTRY.replace("[[mutant]]", "[[mutants]]")).contains("unknown field"));
        assert!(error(&"#".repeat(2 << 20)).contains("larger than"));
    }

    #[test]
    fn a_missing_file_is_an_empty_list() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Equivalent::load_all(&dir.path().join("none.toml")).unwrap(), []);
        assert!(Equivalent::load_all(dir.path()).is_err(), "a folder is not a list");
    }

    proptest! {
        #[test]
        fn any_text_is_a_list_or_an_error(text in "\\PC{0,200}") {
            let _ = Equivalent::parse(&text);
        }
    }
}
