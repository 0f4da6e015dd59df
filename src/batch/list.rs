//! A CSV file that names candidates and their archives.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use unicode_normalization::UnicodeNormalization as _;

use super::Named;
use crate::rows::{List, Row, RowsError};

const MOST_BYTES: u64 = 16 << 20;
const MOST_ROWS: usize = 100_000;
const MOST_NAME: usize = 120;
const MOST_PATH: usize = 4096;
const COLUMNS: [&str; 2] = ["candidate", "archive"];
const CHALLENGE: &str = "challenge";

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// A submission and whose it is.
    pub named: Named,
    /// The id of the challenge to grade it by.
    pub challenge: String,
}

/// Why a list cannot be used. Lines are counted from 1, the header's.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file.
    #[error("could not read {}: {cause}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// The operating system's word.
        cause: io::Error,
    },
    /// No list is that long.
    #[error("the list is larger than {} MiB or has more than {MOST_ROWS} rows", MOST_BYTES >> 20)]
    TooLarge,
    /// The first line does not name the columns.
    #[error(
        "line 1 of the list has to name the columns candidate and archive, and may name challenge, \
         once each; it is {0:?}"
    )]
    Header(String),
    /// Not CSV, or not UTF-8.
    #[error("line {line} of the list: {detail}")]
    Syntax {
        /// Where.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// A cell that cannot be what its column says.
    #[error("line {line} of the list: {column} {why}")]
    Cell {
        /// Where.
        line: u64,
        /// Which column.
        column: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Nobody is named.
    #[error("the list names no candidate")]
    Empty,
    /// A candidate is named twice for one challenge.
    #[error("lines {first} and {second} of the list both name candidate {candidate:?}")]
    SameCandidate {
        /// The name.
        candidate: String,
        /// The first line.
        first: u64,
        /// The second.
        second: u64,
    },
    /// An archive that is not there.
    #[error("line {line} of the list: there is no {}", .path.display())]
    Missing {
        /// Where.
        line: u64,
        /// What is not there.
        path: PathBuf,
    },
}

impl ListError {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check the path",
            Self::TooLarge => "split it into several batches",
            Self::Header(_) => "begin the file with the line `candidate,archive`",
            Self::Syntax { .. } => "save it as CSV in UTF-8, with commas between the cells",
            Self::Cell { .. } | Self::Empty => {
                "give each row a candidate's name and the path of an archive, and a challenge unless \
                 --challenge names it for all"
            }
            Self::SameCandidate { .. } => {
                "give each candidate one row for a challenge, and one name of their own"
            }
            Self::Missing { .. } => "paths are relative to the list's own folder; check this one",
        }
    }
}

impl From<RowsError> for ListError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Header(found) => Self::Header(found),
            RowsError::Syntax { line, detail } => Self::Syntax { line, detail },
        }
    }
}

/// Reads a list; every archive has to be there. `challenge` is for rows that name none.
///
/// # Errors
/// [`ListError`].
pub fn read_list(path: &Path, challenge: Option<&str>) -> Result<Vec<Listed>, ListError> {
    let failed = |cause| ListError::Io { path: path.to_owned(), cause };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    let rows = rows(&bytes, path.parent().unwrap_or(Path::new("")), challenge)?;
    for (line, row) in &rows {
        if !row.named.path.exists() {
            return Err(ListError::Missing { line: *line, path: row.named.path.clone() });
        }
    }
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The rows of a list whose relative paths begin at `folder`; `challenge` is for those that name
/// none. Other columns are ignored.
///
/// # Errors
/// [`ListError`].
pub fn parse_list(
    bytes: &[u8],
    folder: &Path,
    challenge: Option<&str>,
) -> Result<Vec<Listed>, ListError> {
    Ok(rows(bytes, folder, challenge)?.into_iter().map(|(_, row)| row).collect())
}

fn rows(
    bytes: &[u8],
    folder: &Path,
    challenge: Option<&str>,
) -> Result<Vec<(u64, Listed)>, ListError> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ListError::TooLarge);
    }
    let list = List::open(bytes, COLUMNS, [CHALLENGE])?;
    let mut rows: Vec<(u64, Listed)> = Vec::new();
    let mut lines: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in list.rows() {
        let Row { line, needed: [candidate, archive], optional: [named] } = row?;
        let candidate: String = candidate.nfc().collect();
        checked(line, COLUMNS[0], &candidate, MOST_NAME)?;
        checked(line, COLUMNS[1], &archive, MOST_PATH)?;
        let challenge = named.unwrap_or_else(|| challenge.unwrap_or_default().to_owned());
        checked(line, CHALLENGE, &challenge, MOST_NAME)?;
        if let Some(first) = lines.insert((challenge.clone(), candidate.clone()), line) {
            return Err(ListError::SameCandidate { candidate, first, second: line });
        }
        if rows.len() == MOST_ROWS {
            return Err(ListError::TooLarge);
        }
        let named = Named { candidate, path: folder.join(archive) };
        rows.push((line, Listed { named, challenge }));
    }
    if rows.is_empty() { Err(ListError::Empty) } else { Ok(rows) }
}

fn checked(line: u64, column: &'static str, text: &str, most: usize) -> Result<(), ListError> {
    let why = if text.is_empty() {
        "is empty"
    } else if text.chars().count() > most {
        "is too long"
    } else if text.chars().any(char::is_control) {
        "has control characters in it"
    } else {
        return Ok(());
    };
    Err(ListError::Cell { line, column, why })
}
