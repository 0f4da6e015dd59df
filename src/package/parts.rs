use std::{collections::BTreeMap, fs, io::Cursor, path::PathBuf};

use super::{
    Leak, archive, leak, local, requirements,
    secrets::Secrets,
    tree::{self, Files},
};
use crate::{
    challenge::{Challenge, ChallengeId},
    submission::{IntakeLimits, Refusal, Submission},
};

/// What a candidate receives: the README, the starter at the root, the visible tests, and what
/// their local run needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its challenge.
    pub challenge: ChallengeId,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) origin: Origin,
    pub(super) data: Vec<u8>,
}

/// Where a file of a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Readme,
    Starter,
    Visible,
    /// The program itself.
    Program,
}

/// A package cannot be made: the challenge's author has to change something.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A part is missing.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// A part holds what no submission may hold, so it could not come back.
    #[error("{what} would be refused when it comes back: {refusal}")]
    Refused {
        /// The folder or the package.
        what: String,
        /// By which rule.
        refusal: Refusal,
    },
    /// A file of the starter stands where the package has one of its own.
    #[error("starter/{0} is in the way of a file of that name that every package has")]
    Taken(String),
    /// The starter lacks a file that a submission must have.
    #[error("the package lacks {0}, which the manifest's interface.required names")]
    Incomplete(String),
    /// A library is not in the image.
    #[error("dependencies.allowed names {library}, which the image `{image}` does not have")]
    NotInImage {
        /// The library.
        library: String,
        /// The image's kind.
        image: &'static str,
    },
    /// Something hidden is in it.
    #[error("something hidden is in the package: {}", leak::list(.0))]
    Leaks(Vec<Leak>),
}

impl PackageError {
    /// What the author does about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Missing(path) if path.ends_with("README.md") => {
                "write what the candidate has to know into it".into()
            }
            Self::Missing(_) => {
                "AUTHORING.md says what belongs there; `takehome challenge new` writes a whole \
                 example"
                    .into()
            }
            Self::Refused { refusal, .. } => refusal.remedy(),
            Self::Taken(_) => "rename or remove it".into(),
            Self::Incomplete(path) => format!("add starter/{path}, without the solution"),
            Self::NotInImage { .. } => {
                "remove it from the manifest, or add it to the image's requirements.in and run \
                 `make locks`"
                    .into()
            }
            Self::Leaks(_) => {
                "remove it from the candidate's side, or from the hidden side where it may be known"
                    .into()
            }
        }
    }
}

impl Package {
    /// The package of a challenge, with nothing hidden in it.
    ///
    /// # Errors
    /// A part is missing, could not come back, or holds something hidden.
    pub fn of(challenge: &Challenge) -> Result<Self, PackageError> {
        let package = Self::assemble(challenge)?;
        let leaks = leak::find(&package.entries, &Secrets::of(challenge));
        if leaks.is_empty() { Ok(package) } else { Err(PackageError::Leaks(leaks)) }
    }

    /// The files' paths and sizes, in the archive's order.
    pub fn files(&self) -> impl Iterator<Item = (&str, usize)> {
        self.entries.iter().map(|(path, entry)| (path.as_str(), entry.data.len()))
    }

    /// The archive: the same bytes whenever and wherever it is made.
    pub fn to_zip(&self) -> Vec<u8> {
        archive::zip(self.entries.iter().map(|(path, entry)| (path.as_str(), &entry.data[..])))
    }

    fn assemble(challenge: &Challenge) -> Result<Self, PackageError> {
        let manifest = &challenge.manifest;
        let readme = challenge.dir.join("README.md");
        let readme = match fs::read(&readme) {
            Ok(data) if !data.is_empty() => Files::from([("README.md".to_owned(), data)]),
            _ => return Err(PackageError::Missing(readme)),
        };
        let visible = part(challenge, "tests/visible")?
            .into_iter()
            .map(|(path, data)| (format!("tests/visible/{path}"), data))
            .collect();
        let requirements = requirements::render(manifest).map_err(|error| {
            PackageError::NotInImage { library: error.library, image: error.image }
        })?;
        let mut program = local::plugin();
        program.extend(local::configuration(&manifest.limits));
        program.insert("requirements.txt".into(), requirements.into_bytes());

        let mut entries = BTreeMap::new();
        for (origin, files) in [
            (Origin::Program, program),
            (Origin::Readme, readme),
            (Origin::Visible, visible),
            (Origin::Starter, part(challenge, "starter")?),
        ] {
            for (path, data) in files {
                if entries.insert(path.clone(), Entry { origin, data }).is_some() {
                    return Err(PackageError::Taken(path));
                }
            }
        }
        let package = Self { challenge: manifest.id.clone(), entries };
        package.can_come_back(&manifest.interface.required)?;
        Ok(package)
    }

    /// What was only unpacked and packed again must be a submission.
    fn can_come_back(&self, required: &[String]) -> Result<(), PackageError> {
        let limits = IntakeLimits::default().with_anchors(required);
        let returned = Submission::from_archive("package.zip", Cursor::new(self.to_zip()), &limits)
            .map_err(|refusal| PackageError::Refused { what: "the package".into(), refusal })?;
        match returned.missing(required).into_iter().next() {
            Some(path) => Err(PackageError::Incomplete(path)),
            None => Ok(()),
        }
    }
}

/// A folder of the challenge that candidates get.
fn part(challenge: &Challenge, name: &str) -> Result<Files, PackageError> {
    let folder = challenge.dir.join(name);
    let files = tree::read(&folder)
        .map_err(|refusal| PackageError::Refused { what: name.to_owned(), refusal })?;
    if files.is_empty() { Err(PackageError::Missing(folder)) } else { Ok(files) }
}
