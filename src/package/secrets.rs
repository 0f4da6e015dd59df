//! The side of a challenge that a candidate never sees.

use super::tree::{self, Files};
use crate::challenge::Challenge;

/// What stays with the judge.
pub(super) struct Secrets {
    /// `tests/hidden`.
    pub(super) hidden: Files,
    /// `reference`.
    pub(super) reference: Files,
    /// `samples`, paths with the sample's name in front.
    pub(super) samples: Files,
}

impl Secrets {
    pub(super) fn of(challenge: &Challenge) -> Self {
        Self {
            hidden: tree::from_tar(&challenge.suite.tar),
            reference: tree::read_leniently(&challenge.dir.join("reference")),
            samples: tree::read_leniently(&challenge.dir.join("samples")),
        }
    }

    /// The whole solutions that score 100, by the folder they are in.
    pub(super) fn solutions(&self) -> Vec<(String, Files)> {
        let mut solutions = vec![("reference".to_owned(), self.reference.clone())];
        for (path, data) in &self.samples {
            let Some((slug, file)) = path.split_once('/') else { continue };
            if !slug.starts_with("correct-") || file == "expected.toml" {
                continue;
            }
            let folder = format!("samples/{slug}");
            if solutions.last().is_none_or(|(last, _)| *last != folder) {
                solutions.push((folder, Files::new()));
            }
            if let Some((_, files)) = solutions.last_mut() {
                files.insert(file.to_owned(), data.clone());
            }
        }
        solutions
    }
}
