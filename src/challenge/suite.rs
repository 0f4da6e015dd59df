use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::SuiteError;
use crate::{domain::Digest, submission::canonical};

/// The judge unpacks the suite into memory.
const MAX_BYTES: u64 = 64 << 20;

/// By-products of running the suite or looking at it, which differ from machine to machine.
const LEFT_OUT: [&str; 5] =
    ["__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".DS_Store"];

/// The hidden suite as it is streamed to the judge.
#[derive(Clone, PartialEq, Eq)]
pub struct Suite {
    /// Uncompressed canonical tar of `tests/hidden`: regular files only, sorted, no times.
    pub tar: Bytes,
    /// Digest of [`Suite::tar`].
    pub sha256: Digest,
}

impl Suite {
    /// Reads `tests/hidden`, without caches and bytecode.
    ///
    /// # Errors
    /// Missing, empty, too large, or with anything but regular files and folders in it.
    pub fn load(hidden: &Path) -> Result<Self, SuiteError> {
        if !hidden.is_dir() {
            return Err(SuiteError::Missing(hidden.to_owned()));
        }
        let mut files = BTreeMap::new();
        let mut total = 0;
        let mut open = vec![(hidden.to_owned(), String::new())];
        while let Some((folder, prefix)) = open.pop() {
            for (path, name) in entries(&folder)? {
                if LEFT_OUT.contains(&name.as_str()) || name.ends_with(".pyc") {
                    continue;
                }
                let metadata = path.symlink_metadata().map_err(read_error(&path))?;
                let relative = format!("{prefix}{name}");
                if metadata.is_dir() {
                    open.push((path, format!("{relative}/")));
                    continue;
                }
                if !metadata.is_file() {
                    let kind = if metadata.is_symlink() { "a symbolic link" } else { "not a file" };
                    return Err(SuiteError::Kind { path, kind });
                }
                total += metadata.len();
                if total > MAX_BYTES {
                    let path = hidden.to_owned();
                    return Err(SuiteError::TooLarge { path, limit: MAX_BYTES });
                }
                let data = fs::read(&path).map_err(read_error(&path))?;
                files.insert(relative, data);
            }
        }
        if files.is_empty() {
            return Err(SuiteError::Empty(hidden.to_owned()));
        }
        let tar = canonical::to_tar(&files);
        Ok(Self { sha256: Digest::of(&tar), tar })
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the hidden tests themselves.
        f.debug_struct("Suite").field("sha256", &self.sha256).finish_non_exhaustive()
    }
}

fn entries(folder: &Path) -> Result<Vec<(PathBuf, String)>, SuiteError> {
    fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(read_error(folder))?
        .into_iter()
        .map(|entry| match entry.file_name().into_string() {
            Ok(name) => Ok((entry.path(), name)),
            Err(_) => Err(SuiteError::Name(entry.path())),
        })
        .collect()
}

fn read_error(path: &Path) -> impl FnOnce(io::Error) -> SuiteError {
    let path = path.to_owned();
    move |cause| SuiteError::Read { path, cause }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink, path::Path};

    use super::Suite;
    use crate::challenge::SuiteError;

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    fn names(suite: &Suite) -> Vec<String> {
        tar::Archive::new(suite.tar.as_ref())
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn caches_change_nothing_and_content_changes_the_digest() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &[("test_b.py", "b"), ("data/x.json", "{}"), ("conftest.py", "")]);
        let before = Suite::load(dir.path()).unwrap();
        assert_eq!(names(&before), ["conftest.py", "data/x.json", "test_b.py"]);

        write(
            dir.path(),
            &[
                ("__pycache__/test_b.cpython-313.pyc", "x"),
                ("data/__pycache__/y.pyc", "x"),
                (".pytest_cache/README.md", "x"),
                ("old.pyc", "x"),
            ],
        );
        fs::create_dir(dir.path().join("empty")).unwrap();
        assert_eq!(Suite::load(dir.path()).unwrap(), before);

        write(dir.path(), &[("test_b.py", "c")]);
        assert_ne!(Suite::load(dir.path()).unwrap().sha256, before.sha256);
    }

    #[test]
    fn a_missing_an_empty_and_a_linked_suite_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        let missing = Suite::load(&dir.path().join("hidden"));
        assert!(matches!(missing, Err(SuiteError::Missing(_))));
        write(dir.path(), &[("__pycache__/a.pyc", "x")]);
        assert!(matches!(Suite::load(dir.path()), Err(SuiteError::Empty(_))));
        write(dir.path(), &[("test_a.py", "")]);
        symlink("test_a.py", dir.path().join("test_link.py")).unwrap();
        let linked = Suite::load(dir.path()).unwrap_err();
        assert!(matches!(linked, SuiteError::Kind { .. }));
        assert!(linked.to_string().contains("test_link.py is a symbolic link"));
    }
}
