//! A new challenge: a whole small one, which its author replaces part by part.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};

use super::tree::Files;
use crate::challenge::{ChallengeId, ImageKind};

static TEMPLATE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/package/skeleton");

/// What stands in the template, which is a valid challenge as it is.
const ID: &str = "new-challenge";
const TITLE: &str = "The new challenge";
const IMAGE: &str = "image = \"core\" ";

/// The folder of a new challenge, in memory.
#[derive(Debug, Clone)]
pub struct Skeleton {
    id: ChallengeId,
    files: Files,
}

/// The folder of a new challenge cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SkeletonError {
    /// Something is there already.
    #[error("{} is there already, and nothing is overwritten", .0.display())]
    Exists(PathBuf),
    /// The disk refuses.
    #[error("failed to write {}: {cause}", .path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
}

impl Skeleton {
    /// A challenge of that id. A title is one line; without one it is made from the id.
    pub fn new(id: ChallengeId, title: Option<&str>, image: ImageKind) -> Self {
        let title = match title {
            Some(title) => title.trim().to_owned(),
            None => title_of(id.as_str()),
        };
        let mut files = Files::new();
        collect(&TEMPLATE, &mut files);
        for (path, data) in &mut files {
            let text = String::from_utf8_lossy(data).replace(ID, id.as_str());
            let text = if path == "challenge.toml" {
                let quoted = toml::Value::from(title.as_str()).to_string();
                text.replace(&format!("{TITLE:?}"), &quoted)
                    .replace(IMAGE, &format!("image = \"{image}\" "))
            } else {
                text.replace(TITLE, &title)
            };
            *data = text.into_bytes();
        }
        Self { id, files }
    }

    /// Writes it as a folder of its id below `root`, which is made where it is missing.
    ///
    /// # Errors
    /// There is something of that name, or the disk refuses.
    pub fn write(&self, root: &Path) -> Result<PathBuf, SkeletonError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| SkeletonError::Write { path, cause }
        };
        fs::create_dir_all(root).map_err(failed(root))?;
        let dir = root.join(self.id.as_str());
        // Makes it or fails: nobody else's folder is ever written into.
        fs::create_dir(&dir).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => SkeletonError::Exists(dir.clone()),
            _ => SkeletonError::Write { path: dir.clone(), cause },
        })?;
        for (file, data) in &self.files {
            let path = dir.join(file);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed(parent))?;
            }
            fs::write(&path, data).map_err(failed(&path))?;
        }
        Ok(dir)
    }
}

/// The template's files, without what running its tests leaves behind.
fn collect(dir: &Dir<'_>, files: &mut Files) {
    for file in dir.files() {
        let path = file.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "py" || extension == "toml" || extension == "md")
        {
            files.insert(path.display().to_string(), file.contents().to_vec());
        }
    }
    for sub in dir.dirs() {
        let hidden =
            sub.path().file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden {
            collect(sub, files);
        }
    }
}

/// "Word count" of `word-count`.
fn title_of(id: &str) -> String {
    let text = id.replace('-', " ");
    let text = text.trim();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
