use super::{Canary, Challenge, ChallengeError, LOCK_SCHEMA, Suite, SuiteLock};
use crate::domain::Digest;

impl Challenge {
    /// The same challenge with its visible tests as the suite, and nothing that is hidden: for telling a
    /// candidate at once what these tests say. Its lock seals no test and its mark is no secret.
    ///
    /// # Errors
    /// The visible tests cannot be read, or there are none.
    pub fn visible(&self) -> Result<Self, ChallengeError> {
        let suite = Suite::load(&self.dir.join("tests/visible"))?;
        let mut manifest = self.manifest.clone();
        // Large inputs and drivers of timings are the hidden suite's.
        manifest.data = None;
        manifest.timing.clear();
        let lock = SuiteLock {
            schema: LOCK_SCHEMA,
            challenge: manifest.id.clone(),
            suite_sha256: suite.sha256,
            canary: mark(&suite.sha256),
            groups: Vec::new(),
            tests: Vec::new(),
        };
        Ok(Self { dir: self.dir.clone(), manifest, suite, lock: Some(lock) })
    }
}

/// The same for the same tests, so that a judge that has collected them serves the next check.
fn mark(suite: &Digest) -> Canary {
    let digest = Digest::of(format!("visible {suite}").as_bytes());
    format!("takehome-canary-{}", digest.short(32)).parse().unwrap_or_else(|_| Canary::random())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Challenge;

    #[test]
    fn nothing_hidden_is_in_what_checks_visible_tests() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges");
        for (id, dir) in Challenge::ids(&[root]).expect("challenges") {
            let whole = Challenge::load(&dir).expect("it loads");
            let visible = whole.visible().expect("it has visible tests");
            assert_ne!(visible.suite.sha256, whole.suite.sha256, "{id}");
            assert_ne!(visible.secret(), whole.secret(), "{id}");
            assert_eq!(visible.secret(), whole.visible().expect("again").secret(), "{id}");
            assert!(visible.manifest.data.is_none() && visible.manifest.timing.is_empty());
            let secret = whole.secret();
            let bytes = visible.suite.tar.windows(secret.len());
            assert!(!bytes.into_iter().any(|part| part == secret.as_bytes()), "{id}");
        }
    }
}
