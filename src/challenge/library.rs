use std::path::PathBuf;

use super::{Challenge, ChallengeError};

impl Challenge {
    /// The challenge of that id in the first root that has it.
    ///
    /// # Errors
    /// There is none (the error lists the ids there are), or see [`Challenge::load`].
    pub fn find(roots: &[PathBuf], id: &str) -> Result<Self, ChallengeError> {
        let _ = (roots, id);
        todo!()
    }

    /// Every challenge's id and folder, by id; the first root that has an id wins.
    ///
    /// # Errors
    /// A root cannot be read.
    pub fn ids(roots: &[PathBuf]) -> Result<Vec<(String, PathBuf)>, ChallengeError> {
        let _ = roots;
        todo!()
    }
}
