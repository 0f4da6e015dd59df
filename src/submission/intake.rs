//! Where the readers of folders and archives put what they find, and where every limit is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
};

use super::{
    IntakeLimits, Refusal, SpecialKind,
    name::{self, Named},
    tree::{Clash, Tree},
};

/// What a source says an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Folder,
    Special(SpecialKind),
}

/// What a reader has to do with an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Read its data and [`Intake::store`] it under this path.
    Read(String),
    /// Look into it, where the source is a folder.
    Enter,
    /// Nothing; do not look into it.
    Skip,
}

/// The submission under construction.
pub(super) struct Intake<'a> {
    limits: &'a IntakeLimits,
    tree: Tree,
    files: BTreeMap<String, Vec<u8>>,
    left_out: BTreeSet<&'static str>,
    scanned: usize,
    total: u64,
}

/// What a source came down to.
pub(super) struct Taken {
    pub(super) files: BTreeMap<String, Vec<u8>>,
    pub(super) left_out: Vec<&'static str>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(limits: &'a IntakeLimits) -> Self {
        Self {
            limits,
            tree: Tree::default(),
            files: BTreeMap::new(),
            left_out: BTreeSet::new(),
            scanned: 0,
            total: 0,
        }
    }

    pub(super) fn limits(&self) -> &'a IntakeLimits {
        self.limits
    }

    /// Judges the next entry by its name and kind, before any of its data is read.
    pub(super) fn admit(&mut self, raw: &[u8], kind: EntryKind) -> Result<Admission, Refusal> {
        self.scanned += 1;
        if self.scanned > self.limits.scanned_entries {
            return Err(Refusal::TooManyScanned { limit: self.limits.scanned_entries });
        }
        let is_file = kind == EntryKind::File;
        let (components, left_out) = match name::judge(raw, is_file, self.limits)? {
            Named::Kept(components) => (components, false),
            Named::Root if kind == EntryKind::Folder => return Ok(Admission::Enter),
            Named::Root => {
                return Err(Refusal::FileAsFolder { entry: name::shown(raw) });
            }
            Named::LeftOut(rule, folder) => {
                self.left_out.insert(rule);
                (folder, true)
            }
        };
        match kind {
            EntryKind::Special(kind) if !left_out => {
                return Err(Refusal::Special { entry: name::shown(raw), kind });
            }
            _ => {}
        }
        self.tree.add(&components, is_file && !left_out).map_err(|clash| {
            let entry = name::shown(raw);
            match clash {
                Clash::Duplicate => Refusal::Duplicate { entry },
                Clash::FileAsFolder => Refusal::FileAsFolder { entry },
                Clash::Case(other) => {
                    Refusal::CaseCollision { entry, other: name::shown(other.as_bytes()) }
                }
            }
        })?;
        if self.tree.nodes() > self.limits.entries {
            return Err(Refusal::TooManyEntries { limit: self.limits.entries });
        }
        Ok(match (left_out, is_file) {
            (true, _) => Admission::Skip,
            (_, true) => Admission::Read(components.join("/")),
            (_, false) => Admission::Enter,
        })
    }

    /// Reads a file's data to its end, under the limits of one file, of all files, and of the
    /// ratio to `compressed` bytes where the source compresses files one by one.
    ///
    /// No size that the source declares is believed: what counts is what arrives, and its size is
    /// the answer.
    pub(super) fn store(
        &mut self,
        path: String,
        mut data: impl Read,
        compressed: Option<u64>,
        failed: impl Fn(io::Error) -> Refusal,
    ) -> Result<u64, Refusal> {
        let limits = self.limits;
        let mut kept = Vec::new();
        let mut buffer = [0; 16 << 10];
        loop {
            let count = match data.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed(error)),
            };
            kept.extend_from_slice(&buffer[..count]);
            let size = kept.len() as u64;
            let entry = || name::shown(path.as_bytes());
            if size > limits.file_bytes {
                return Err(Refusal::FileTooLarge { entry: entry(), limit: limits.file_bytes });
            }
            if self.total + size > limits.total_bytes {
                return Err(Refusal::TotalTooLarge { limit: limits.total_bytes });
            }
            if compressed.is_some_and(|compressed| limits.exceeds_ratio(size, compressed)) {
                return Err(Refusal::Ratio { entry: Some(entry()), limit: limits.ratio });
            }
        }
        let size = kept.len() as u64;
        self.total += size;
        self.files.insert(path, kept);
        Ok(size)
    }

    /// Ends the intake: strips a wrapper folder, and refuses what is empty.
    pub(super) fn finish(self) -> Result<Taken, Refusal> {
        if self.files.is_empty() {
            return Err(Refusal::Empty);
        }
        Ok(Taken {
            files: unwrapped(self.files, &self.limits.anchors),
            left_out: self.left_out.into_iter().collect(),
        })
    }
}

/// The files without the one folder around them that zip tools and code hosts add.
///
/// A single folder at the root may as well be the solution's own package. The anchors decide:
/// it is a wrapper only if none of them is at the root and one of them is inside it.
fn unwrapped(files: BTreeMap<String, Vec<u8>>, anchors: &[String]) -> BTreeMap<String, Vec<u8>> {
    let Some((wrapper, _)) = files.keys().next().and_then(|path| path.split_once('/')) else {
        return files;
    };
    let prefix = format!("{wrapper}/");
    let is_wrapper = files.keys().all(|path| path.starts_with(&prefix))
        && !anchors.iter().any(|anchor| holds(&files, anchor))
        && anchors.iter().any(|anchor| holds(&files, &format!("{prefix}{anchor}")));
    if !is_wrapper {
        return files;
    }
    files.into_iter().map(|(path, data)| (path[prefix.len()..].to_owned(), data)).collect()
}

/// Whether `path` is one of the files, or a folder with a file in it.
pub(super) fn holds<V>(files: &BTreeMap<String, V>, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let folder = format!("{path}/");
    files.contains_key(path)
        || files.range(folder.clone()..).next().is_some_and(|(found, _)| found.starts_with(&folder))
}

impl IntakeLimits {
    /// Whether `data` bytes out of `compressed` bytes are more than sources can reach. Deflate
    /// ends at 1,032 to 1, text at about 20, repetitive tables at about 100.
    pub(super) fn exceeds_ratio(&self, data: u64, compressed: u64) -> bool {
        data > self.ratio_floor && data > compressed.saturating_mul(self.ratio)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{holds, unwrapped};

    fn files(paths: &[&str]) -> BTreeMap<String, Vec<u8>> {
        paths.iter().map(|path| ((*path).to_owned(), Vec::new())).collect()
    }

    fn stripped(paths: &[&str], anchors: &[&str]) -> Vec<String> {
        let anchors: Vec<String> = anchors.iter().map(|anchor| (*anchor).to_owned()).collect();
        unwrapped(files(paths), &anchors).into_keys().collect()
    }

    #[test]
    fn a_wrapper_is_stripped_when_the_anchor_is_inside_it_only() {
        assert_eq!(
            stripped(&["sol-main/README.md", "sol-main/pkg/main.py"], &["pkg/main.py"]),
            ["README.md", "pkg/main.py"]
        );
        assert_eq!(stripped(&["w/pkg/main.py"], &["other.py", "pkg"]), ["pkg/main.py"]);
    }

    #[test]
    fn a_package_at_the_root_is_not_taken_for_a_wrapper() {
        assert_eq!(stripped(&["pkg/main.py"], &["pkg/main.py"]), ["pkg/main.py"]);
        let twice = ["pkg/main.py", "pkg/pkg/main.py"];
        assert_eq!(stripped(&twice, &["pkg/main.py"]), twice);
        assert_eq!(stripped(&["pkg/x.py"], &[]), ["pkg/x.py"]);
        assert_eq!(stripped(&["pkg/x.py"], &["main.py"]), ["pkg/x.py"]);
        assert_eq!(stripped(&["README.md", "w/main.py"], &["main.py"]), ["README.md", "w/main.py"]);
        assert_eq!(stripped(&["v/main.py", "w/main.py"], &["main.py"]).len(), 2);
    }

    #[test]
    fn a_path_is_held_as_a_file_or_as_a_folder_with_something_in_it() {
        let files = files(&["a/b.py", "a-c", "d"]);
        for held in ["a", "a/", "a/b.py", "d"] {
            assert!(holds(&files, held), "{held}");
        }
        for missing in ["b.py", "a/b", "a/b.py/c", "", "e"] {
            assert!(!holds(&files, missing), "{missing}");
        }
    }
}
