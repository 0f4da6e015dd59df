//! From paths to candidates. README.md says the rules in short.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::submission::display_name;

const ARCHIVES: [&str; 4] = [".tar.gz", ".tgz", ".tar", ".zip"];
/// Far above any hiring round, and below what would fill the memory.
const MOST_ENTRIES: usize = 100_000;

/// A submission and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The candidate's name.
    pub candidate: String,
    /// The archive or folder.
    pub path: PathBuf,
}

/// What a folder is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Folders {
    /// By what is in it.
    #[default]
    ByContent,
    /// Each of its entries is a submission.
    Inbox,
    /// It is one submission.
    Single,
}

/// What paths came down to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// In the order of the paths; the entries of an inbox by name.
    pub entries: Vec<Named>,
    /// One submission was named, not a folder of them.
    pub single: bool,
}

/// Why paths name no candidates.
#[derive(Debug, thiserror::Error)]
pub enum NamingError {
    /// Nothing is there.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// The operating system does not let us look.
    #[error("could not read {}: {cause}", .path.display())]
    Unreadable {
        /// Which folder.
        path: PathBuf,
        /// Its word.
        cause: io::Error,
    },
    /// An inbox without a submission.
    #[error("{} holds no submission", .0.display())]
    Empty(PathBuf),
    /// More than anybody has.
    #[error("more than {MOST_ENTRIES} submissions")]
    TooMany,
    /// Nobody could tell the results apart.
    #[error("{} and {} would both be candidate {candidate:?}", .first.display(), .second.display())]
    SameCandidate {
        /// The name.
        candidate: String,
        /// The first of the two.
        first: PathBuf,
        /// The second.
        second: PathBuf,
    },
}

impl NamingError {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing(_) => "check the path",
            Self::Unreadable { .. } => "check whose it is",
            Self::Empty(_) => "give --single if the folder itself is the submission",
            Self::TooMany => "grade them in several batches",
            Self::SameCandidate { .. } => {
                "rename one, or name candidates and archives in a CSV file (--csv)"
            }
        }
    }
}

/// Names the candidates of `paths`. A file is one submission, and so is a folder that holds one of
/// the challenge's `required` paths, be it within a single folder around everything. Any other
/// folder with an archive or a submission's folder in it is an inbox.
///
/// # Errors
/// [`NamingError`].
pub fn name_paths(
    paths: &[PathBuf],
    folders: Folders,
    required: &[String],
) -> Result<Chosen, NamingError> {
    let mut entries = Vec::new();
    let mut inboxes = 0;
    for path in paths {
        if !path.exists() {
            return Err(NamingError::Missing(path.clone()));
        }
        if path.is_dir() && is_inbox(path, folders, required)? {
            inboxes += 1;
            let found = visible(path)?;
            if found.is_empty() {
                return Err(NamingError::Empty(path.clone()));
            }
            entries.extend(found.into_iter().map(named));
        } else {
            entries.push(named(path.clone()));
        }
        if entries.len() > MOST_ENTRIES {
            return Err(NamingError::TooMany);
        }
    }
    distinct(&entries)?;
    Ok(Chosen { single: inboxes == 0 && paths.len() == 1, entries })
}

fn is_inbox(path: &Path, folders: Folders, required: &[String]) -> Result<bool, NamingError> {
    match folders {
        Folders::Inbox => return Ok(true),
        Folders::Single => return Ok(false),
        Folders::ByContent => {}
    }
    if holds_any(path, required) {
        return Ok(false);
    }
    let found = visible(path)?;
    if let [only] = found.as_slice()
        && holds_any(only, required)
    {
        // Intake takes the folder around everything away.
        return Ok(false);
    }
    Ok(found.iter().any(|entry| is_archive(entry) || holds_any(entry, required)))
}

fn holds_any(folder: &Path, required: &[String]) -> bool {
    required.iter().any(|path| fs::symlink_metadata(folder.join(path)).is_ok())
}

fn is_archive(path: &Path) -> bool {
    path.is_file() && stem(&display_name(path)).is_some()
}

/// The entries of a folder that a person put there, by name.
fn visible(folder: &Path) -> Result<Vec<PathBuf>, NamingError> {
    let failed = |cause| NamingError::Unreadable { path: folder.to_owned(), cause };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(b".") && name != "__MACOSX" {
            found.push(entry.path());
        }
        if found.len() > MOST_ENTRIES {
            return Err(NamingError::TooMany);
        }
    }
    found.sort();
    Ok(found)
}

fn named(path: PathBuf) -> Named {
    let name = display_name(&path);
    let candidate = match stem(&name) {
        Some(stem) if path.is_file() => stem.to_owned(),
        _ => name,
    };
    Named { candidate, path }
}

/// The name of an archive without its ending.
fn stem(name: &str) -> Option<&str> {
    ARCHIVES.iter().find_map(|ending| {
        let at = name.len().checked_sub(ending.len())?;
        let (stem, found) = (name.get(..at)?, name.get(at..)?);
        (found.eq_ignore_ascii_case(ending) && !stem.is_empty()).then_some(stem)
    })
}

fn distinct(entries: &[Named]) -> Result<(), NamingError> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for entry in entries {
        if let Some(first) = seen.insert(&entry.candidate, &entry.path) {
            return Err(NamingError::SameCandidate {
                candidate: entry.candidate.clone(),
                first: first.to_owned(),
                second: entry.path.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        dir
    }

    fn chosen(
        files: &[&str],
        paths: &[&str],
        folders: Folders,
    ) -> Result<(Vec<String>, bool), NamingError> {
        let dir = tree(files);
        let paths: Vec<PathBuf> = paths.iter().map(|path| dir.path().join(path)).collect();
        let chosen = name_paths(&paths, folders, &["pkg/main.py".into(), "run.py".into()])?;
        Ok((chosen.entries.into_iter().map(|entry| entry.candidate).collect(), chosen.single))
    }

    fn names(files: &[&str], path: &str) -> (Vec<String>, bool) {
        chosen(files, &[path], Folders::ByContent).unwrap()
    }

    #[test]
    fn archives_and_folders_that_are_submissions_are_one_candidate_each() {
        assert_eq!(names(&["in/alice.zip"], "in/alice.zip"), (vec!["alice".into()], true));
        assert_eq!(names(&["A.b.TAR.GZ"], "A.b.TAR.GZ"), (vec!["A.b".into()], true));
        assert_eq!(names(&["bob/run.py", "bob/data.zip"], "bob"), (vec!["bob".into()], true));
        assert_eq!(names(&["bob/w/pkg/main.py"], "bob"), (vec!["bob".into()], true));
        assert_eq!(
            names(&["bob/other.py"], "bob"),
            (vec!["bob".into()], true),
            "files are missing"
        );
        assert_eq!(names(&["x.rar"], "x.rar"), (vec!["x.rar".into()], true));
    }

    #[test]
    fn a_folder_of_submissions_is_an_inbox() {
        let files = ["in/b.zip", "in/a/run.py", "in/c.rar", "in/.DS_Store", "in/__MACOSX/x"];
        assert_eq!(names(&files, "in"), (["a", "b", "c.rar"].map(String::from).to_vec(), false));
        assert_eq!(names(&["in/a.zip"], "in"), (vec!["a".into()], false));
        let two = ["in/a/run.py", "in/b/run.py"];
        assert_eq!(names(&two, "in").0, ["a", "b"]);
    }

    #[test]
    fn what_a_folder_is_can_be_said() {
        let files = ["in/a/run.py"];
        assert_eq!(chosen(&files, &["in"], Folders::ByContent).unwrap().0, ["in"]);
        assert_eq!(chosen(&files, &["in"], Folders::Inbox).unwrap(), (vec!["a".into()], false));
        let zips = ["in/a.zip", "in/b.zip"];
        assert_eq!(chosen(&zips, &["in"], Folders::Single).unwrap(), (vec!["in".into()], true));
    }

    #[test]
    fn two_of_one_name_are_both_named() {
        let files = ["in/a.zip", "in/a.tar.gz", "other/a/run.py"];
        for paths in [&["in"][..], &["in/a.zip", "other/a"], &["in/a.zip", "in/a.zip"]] {
            let error = chosen(&files, paths, Folders::ByContent).unwrap_err();
            assert!(matches!(error, NamingError::SameCandidate { .. }), "{error}");
            assert!(error.to_string().contains("\"a\""), "{error}");
        }
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let missing = chosen(&[], &["none"], Folders::ByContent);
        assert!(matches!(missing, Err(NamingError::Missing(_))));
        let empty = chosen(&["in/.hidden"], &["in"], Folders::Inbox);
        assert!(matches!(empty, Err(NamingError::Empty(_))));
    }
}
