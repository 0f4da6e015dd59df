use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{Canary, ChallengeId, LockError};
use crate::domain::Digest;

/// The version of `suite.lock` that this program reads and writes.
pub const LOCK_SCHEMA: u32 = 1;

/// What `challenge verify --seal` promised: these tests, in these groups, of this suite.
///
/// The score is computed over this list, never over what a run happened to report
/// (design.md, invariant 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteLock {
    /// [`LOCK_SCHEMA`].
    pub schema: u32,
    /// The challenge that it belongs to.
    pub challenge: ChallengeId,
    /// Digest of the suite's canonical tar.
    pub suite_sha256: Digest,
    /// What marks the hidden files as this sealing's.
    pub canary: Canary,
    /// Groups in the manifest's order.
    pub groups: Vec<LockedGroup>,
    /// Tests by group, then by id, so that sealing twice gives the same bytes.
    pub tests: Vec<LockedTest>,
}

/// A group and its share of 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedGroup {
    /// The group's name in the manifest.
    pub name: String,
    /// Its share of 100.
    pub weight: u32,
}

/// One sealed test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedTest {
    /// The node id that pytest gives it.
    pub id: String,
    /// Its group.
    pub group: String,
    /// The cap that its failure puts on the whole score, per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<u8>,
}

impl SuiteLock {
    /// Reads a `suite.lock`.
    ///
    /// # Errors
    /// It cannot be read, or see [`SuiteLock::parse`].
    pub fn load(path: &Path) -> Result<Self, LockError> {
        let text = fs::read_to_string(path)
            .map_err(|cause| LockError::Read { path: path.to_owned(), cause })?;
        Self::parse(&text, path)
    }

    /// Parses the text of a `suite.lock`; `file` names it in errors.
    ///
    /// # Errors
    /// It is not TOML of this schema, or contradicts itself.
    pub fn parse(text: &str, file: &Path) -> Result<Self, LockError> {
        let lock: Self = toml::from_str(text).map_err(|error| LockError::Parse {
            file: file.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        if lock.schema != LOCK_SCHEMA {
            return Err(LockError::Parse {
                file: file.to_owned(),
                message: format!("schema {} is not {LOCK_SCHEMA}", lock.schema),
            });
        }
        lock.consistent()
            .map_err(|cause| LockError::Inconsistent { file: file.to_owned(), cause })?;
        Ok(lock)
    }

    /// The text of a `suite.lock`.
    pub fn render(&self) -> String {
        let body = toml::to_string(self).expect("strings and small numbers are TOML");
        format!(
            "# Written by `takehome challenge verify {} --seal`. Do not edit.\n{body}",
            self.challenge
        )
    }

    /// Writes the lock so that a reader finds the old one or the new one, never a part.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LockError> {
        self.replace(path).map_err(|cause| LockError::Write { path: path.to_owned(), cause })
    }

    fn replace(&self, path: &Path) -> io::Result<()> {
        let folder = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let mut file = tempfile::Builder::new()
            .prefix(".suite.lock.")
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(folder)?;
        file.write_all(self.render().as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The rename itself is in the folder.
        File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{LOCK_SCHEMA, LockedGroup, LockedTest, SuiteLock};
    use crate::{challenge::LockError, domain::Digest};

    const CANARY: &str = "takehome-canary-00112233445566778899aabbccddeeff";

    fn lock() -> SuiteLock {
        SuiteLock {
            schema: LOCK_SCHEMA,
            challenge: "some-challenge".parse().unwrap(),
            suite_sha256: Digest::of(b"suite"),
            canary: CANARY.parse().unwrap(),
            groups: vec![LockedGroup { name: "contract".to_owned(), weight: 100 }],
            tests: vec![
                LockedTest {
                    id: "test_a.py::test_x[é \"q\"]".to_owned(),
                    group: "contract".to_owned(),
                    critical: None,
                },
                LockedTest {
                    id: "test_a.py::test_y".to_owned(),
                    group: "contract".to_owned(),
                    critical: Some(60),
                },
            ],
        }
    }

    #[test]
    fn the_text_is_for_people_and_round_trips() {
        let text = lock().render();
        insta::assert_snapshot!(text, @r#"
        # Written by `takehome challenge verify some-challenge --seal`. Do not edit.
        schema = 1
        challenge = "some-challenge"
        suite_sha256 = "f8ebd43dbef1f029bf4930c65c9b7c5cc76af476927cee861ff18fcc73bfc4ab"
        canary = "takehome-canary-00112233445566778899aabbccddeeff"

        [[groups]]
        name = "contract"
        weight = 100

        [[tests]]
        id = 'test_a.py::test_x[é "q"]'
        group = "contract"

        [[tests]]
        id = "test_a.py::test_y"
        group = "contract"
        critical = 60
        "#);
        assert_eq!(SuiteLock::parse(&text, Path::new("suite.lock")).unwrap(), lock());
    }

    #[test]
    fn a_saved_lock_replaces_the_old_one_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("suite.lock");
        fs::write(&path, "old").unwrap();
        lock().save(&path).unwrap();
        assert_eq!(SuiteLock::load(&path).unwrap(), lock());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let missing = dir.path().join("gone/suite.lock");
        assert!(matches!(lock().save(&missing), Err(LockError::Write { .. })));
        assert!(matches!(SuiteLock::load(&missing), Err(LockError::Read { .. })));
    }

    #[test]
    fn a_lock_that_was_edited_by_hand_is_refused() {
        let text = lock().render();
        for (from, to, complaint) in [
            ("schema = 1", "schema = 2", "schema 2 is not 1"),
            ("weight = 100", "weight = 90", "the weights sum to 90"),
            ("test_y", "test_x[é \\\"q\\\"]", "twice"),
            ("group = \"contract\"", "group = \"other\"", "other"),
            ("critical = 60", "critical = 100", "cap"),
            ("critical = 60", "skipped = true", "unknown field `skipped`"),
            ("suite_sha256 = \"", "suite_sha256 = \"0", "SHA-256"),
            ("canary-00", "canary-0", "not a canary"),
        ] {
            assert!(text.contains(from), "{from}");
            let error = SuiteLock::parse(&text.replace(from, to), Path::new("suite.lock"))
                .unwrap_err()
                .to_string();
            assert!(error.contains(complaint), "{to}: {error}");
            assert!(error.contains("--seal"), "{error}");
        }
    }
}
