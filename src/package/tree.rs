//! Folders as files by path.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use crate::submission::{IntakeLimits, Refusal, Submission};

/// Files by their path from the folder, with `/`.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The files of a folder by the rules of intake, because they come back through it: by-products
/// are left out, links and odd names refused. None in a folder that is missing or empty.
pub(super) fn read(folder: &Path) -> Result<Files, Refusal> {
    match Submission::open(folder, &IntakeLimits::default()) {
        Ok(submission) => Ok(from_tar(&submission.tar)),
        Err(Refusal::NotFound { .. } | Refusal::Empty) => Ok(Files::new()),
        Err(refusal) => Err(refusal),
    }
}

/// The files of a canonical tar.
pub(super) fn from_tar(tar: &[u8]) -> Files {
    let mut files = Files::new();
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries().into_iter().flatten().flatten() {
        let mut entry = entry;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut data = Vec::new();
        if entry.read_to_end(&mut data).is_ok() {
            files.insert(path, data);
        }
    }
    files
}

/// Every regular file that can be read, whatever intake would say of it: a hostile sample may be
/// one that intake refuses, and what it holds is hidden all the same.
pub(super) fn read_leniently(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !is_cache(&name) {
                open.push((entry.path(), format!("{prefix}{name}/")));
            } else if kind.is_file()
                && !name.ends_with(".pyc")
                && let Ok(data) = fs::read(entry.path())
            {
                files.insert(format!("{prefix}{name}"), data);
            }
        }
    }
    files
}

fn is_cache(name: &str) -> bool {
    name == "__pycache__" || (name.starts_with('.') && name.ends_with("_cache"))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::{read, read_leniently};

    #[test]
    fn by_products_are_nowhere_and_a_missing_folder_has_no_files() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(&dir.path().join("gone")).unwrap().is_empty());
        assert!(read(dir.path()).unwrap().is_empty());
        fs::create_dir_all(dir.path().join("pkg/__pycache__")).unwrap();
        fs::write(dir.path().join("pkg/__pycache__/a.pyc"), "x").unwrap();
        fs::write(dir.path().join("pkg/a.py"), "a = 1\n").unwrap();
        let files = read(dir.path()).unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["pkg/a.py"]);
        assert_eq!(read_leniently(dir.path()), files);
    }

    #[test]
    fn a_link_is_refused_in_what_candidates_get_and_skipped_in_what_stays() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.py"), "a = 1\n").unwrap();
        symlink("a.py", dir.path().join("b.py")).unwrap();
        assert!(read(dir.path()).is_err());
        assert_eq!(read_leniently(dir.path()).len(), 1);
    }
}
