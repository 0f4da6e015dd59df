//! A challenge that `challenge new` has just written, to be changed and looked at.

use std::fs;

use takehome::{
    challenge::{Challenge, ImageKind},
    package::Skeleton,
};
use tempfile::TempDir;

/// `some-challenge`, in a folder of its own.
pub struct NewChallenge {
    pub root: TempDir,
}

impl NewChallenge {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        skeleton("some-challenge").write(root.path()).expect("written");
        Self { root }
    }

    pub fn path(&self, file: &str) -> std::path::PathBuf {
        self.root.path().join("some-challenge").join(file)
    }

    pub fn load(&self) -> Challenge {
        Challenge::load(&self.path("")).expect("a challenge")
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("readable")
    }

    pub fn write(&self, file: &str, text: &str) -> &Self {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
        self
    }

    pub fn append(&self, file: &str, text: &str) -> &Self {
        let before = self.read(file);
        self.write(file, &format!("{before}\n{text}"))
    }

    pub fn replace(&self, file: &str, from: &str, to: &str) -> &Self {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        self.write(file, &text.replace(from, to))
    }

    pub fn remove(&self, path: &str) -> &Self {
        let path = self.path(path);
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.expect("removed");
        self
    }
}

pub fn skeleton(id: &str) -> Skeleton {
    Skeleton::new(id.parse().expect("an id"), None, ImageKind::Core)
}
