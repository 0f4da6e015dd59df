use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    Challenge, ChallengeError, ChallengeId,
    folder::{MANIFEST_FILE, read_error},
};

/// Similarity from which an id is offered in place of an unknown one, from 0 to 1.
const NEAR: f64 = 0.8;

impl Challenge {
    /// The challenge of that id in the first root that has it.
    ///
    /// # Errors
    /// There is none (the error lists the ids there are), or see [`Challenge::load`].
    pub fn find(roots: &[PathBuf], id: &str) -> Result<Self, ChallengeError> {
        let known = Self::ids(roots)?;
        match known.iter().find(|(name, _)| name == id) {
            Some((_, dir)) => Self::load(dir),
            None => {
                if id.parse::<ChallengeId>().is_ok() {
                    let mut dirs = roots.iter().map(|root| root.join(id));
                    if let Some(dir) = dirs.find(|dir| dir.is_dir()) {
                        return Err(ChallengeError::NoManifest(dir));
                    }
                }
                let known: Vec<String> = known.into_iter().map(|(name, _)| name).collect();
                Err(ChallengeError::NotFound { id: id.to_owned(), near: near(id, &known), known })
            }
        }
    }

    /// Every challenge's id and folder, by id; the first root that has an id wins. A challenge
    /// is a folder with a `challenge.toml`, which is not read here.
    ///
    /// # Errors
    /// A root cannot be read.
    pub fn ids(roots: &[PathBuf]) -> Result<Vec<(String, PathBuf)>, ChallengeError> {
        let mut ids = BTreeMap::new();
        for root in roots {
            if !root.is_dir() {
                return Err(ChallengeError::NoRoot(root.clone()));
            }
            for (name, dir) in folders(root).map_err(read_error(root))? {
                if dir.join(MANIFEST_FILE).is_file() {
                    ids.entry(name).or_insert(dir);
                }
            }
        }
        Ok(ids.into_iter().collect())
    }
}

/// Folders with a name that is UTF-8, as every id is.
fn folders(root: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            folders.push((name, entry.path()));
        }
    }
    Ok(folders)
}

fn near(id: &str, known: &[String]) -> Option<String> {
    let id = id.to_lowercase();
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(&id, name), name))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_slip_finds_its_challenge_and_nonsense_finds_none() {
        let known = ["chunked-ledger", "courier-retry", "hotpath"].map(str::to_owned);
        for slip in ["courier-rety", "courier", "Courier-Retry", "couriers-retry"] {
            assert_eq!(near(slip, &known).as_deref(), Some("courier-retry"), "{slip}");
        }
        assert_eq!(near("zzz", &known), None);
        assert_eq!(near("anything", &[]), None);
    }
}
