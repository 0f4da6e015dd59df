use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{Manifest, SampleError};
use crate::domain::Verdict;

/// A solution with a known outcome, beside the challenge.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The folder's name.
    pub slug: String,
    /// The folder, which is the submission; `expected.toml` is an inert file in it.
    pub dir: PathBuf,
    /// What the name says it is.
    pub kind: SampleKind,
    /// What must come out.
    pub expected: Expected,
}

/// What a sample's name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SampleKind {
    /// Another right solution: it must score 100.
    Correct,
    /// A solution with one known flaw.
    Wrong,
    /// A solution that attacks the grading.
    Hostile,
}

/// The `expected.toml` of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// What the sample does, in one line.
    pub summary: String,
    /// [`Verdict::Graded`] or [`Verdict::CandidateFault`].
    pub verdict: Verdict,
    /// Exactly these groups lose a test.
    pub fails: Vec<String>,
    /// A hostile sample may leave open which groups it loses: what matters is that its trick does
    /// not lift its score above [`Expected::score_at_most`].
    pub any_groups: bool,
    /// The score is at most this.
    pub score_at_most: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpected {
    summary: String,
    verdict: RawVerdict,
    fails: Option<Vec<String>>,
    score_at_most: Option<f64>,
}

/// The verdicts that a sample can have: the other two are not about a submission.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawVerdict {
    Graded,
    CandidateFault,
}

impl Sample {
    /// Every sample in `folder`, by slug; none when there is no such folder.
    pub(super) fn load_all(folder: &Path, manifest: &Manifest) -> Result<Vec<Self>, SampleError> {
        Self::load_each(folder, manifest)?.into_iter().collect()
    }

    /// Every sample in `folder`, or what is wrong with it.
    pub(super) fn load_each(
        folder: &Path,
        manifest: &Manifest,
    ) -> Result<Vec<Result<Self, SampleError>>, SampleError> {
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut folders: Vec<PathBuf> = fs::read_dir(folder)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|cause| SampleError::Read { path: folder.to_owned(), cause })?
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir() && !is_by_product(path))
            .collect();
        folders.sort();
        Ok(folders.into_iter().map(|path| Self::load(path, manifest)).collect())
    }

    fn load(dir: PathBuf, manifest: &Manifest) -> Result<Self, SampleError> {
        let slug = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kind = SampleKind::of(&slug).ok_or_else(|| SampleError::Slug(dir.clone()))?;
        let file = dir.join("expected.toml");
        let text = fs::read_to_string(&file)
            .map_err(|cause| SampleError::Read { path: file.clone(), cause })?;
        let expected = Expected::parse(&text, kind, manifest)
            .map_err(|message| SampleError::Expected { file, message })?;
        Ok(Self { slug, dir, kind, expected })
    }
}

impl SampleKind {
    fn of(slug: &str) -> Option<Self> {
        match slug.split_once('-') {
            Some((_, "")) => None,
            Some(("correct", _)) => Some(Self::Correct),
            Some(("wrong", _)) => Some(Self::Wrong),
            Some(("hostile", _)) => Some(Self::Hostile),
            _ => None,
        }
    }
}

impl Expected {
    /// Parses and checks an `expected.toml`; the error says what is wrong.
    fn parse(text: &str, kind: SampleKind, manifest: &Manifest) -> Result<Self, String> {
        let raw: RawExpected =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let any_groups =
            kind == SampleKind::Hostile && raw.fails.is_none() && raw.score_at_most.is_some();
        let fails = raw.fails.unwrap_or_default();
        if let Some(unknown) = fails.iter().find(|name| manifest.group(name).is_none()) {
            let names: Vec<&str> =
                manifest.groups.iter().map(|group| group.name.as_str()).collect();
            return Err(format!("`fails`: no group {unknown:?}; there are {}", names.join(", ")));
        }
        if raw.score_at_most.is_some_and(|most| !(0.0..=100.0).contains(&most)) {
            return Err("`score_at_most`: write a number from 0 to 100".to_owned());
        }
        match (kind, raw.verdict) {
            (SampleKind::Correct, RawVerdict::Graded) if fails.is_empty() => {}
            (SampleKind::Correct, _) => {
                return Err("a correct sample is graded and fails no group".to_owned());
            }
            (SampleKind::Wrong, RawVerdict::Graded) if fails.is_empty() => {
                return Err("`fails`: name the groups that catch this wrong sample".to_owned());
            }
            (_, RawVerdict::CandidateFault) if !fails.is_empty() => {
                return Err("`fails`: a candidate fault has no groups".to_owned());
            }
            _ => {}
        }
        Ok(Self {
            summary: raw.summary,
            verdict: match raw.verdict {
                RawVerdict::Graded => Verdict::Graded,
                RawVerdict::CandidateFault => Verdict::CandidateFault,
            },
            fails,
            any_groups,
            score_at_most: raw.score_at_most,
        })
    }
}

/// Folders that tools leave beside the samples.
fn is_by_product(path: &Path) -> bool {
    path.file_name().is_some_and(|name| {
        let name = name.as_encoded_bytes();
        name.starts_with(b".") || name.starts_with(b"__")
    })
}
