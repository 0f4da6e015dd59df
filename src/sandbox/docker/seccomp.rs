use std::{fs, io::Write as _, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::client::EngineFacts;
use crate::sandbox::{Role, SandboxError};

const CANDIDATE: &str = include_str!("../../../images/seccomp/candidate.json");
const JUDGE: &str = include_str!("../../../images/seccomp/judge.json");

/// A flag of personality(2).
const ADDR_NO_RANDOMIZE: u64 = 0x0004_0000;

/// The profile of a role in the form that the engine takes; needed until the container is created.
#[derive(Debug)]
pub enum Seccomp {
    /// Docker reads the profile in the request.
    Inline(String),
    /// Podman opens the file whose path is in the request, so it has to be on this machine; where the
    /// file is not there, it creates no container.
    File(NamedTempFile),
}

impl Seccomp {
    /// With `seeded_layout` a program may turn the randomisation of its addresses off.
    ///
    /// # Errors
    /// [`SandboxError::Engine`] when the engine wants a file and it cannot be written.
    pub fn new(
        role: Role,
        seeded_layout: bool,
        engine: &EngineFacts,
    ) -> Result<Self, SandboxError> {
        let text = match role {
            Role::Judge => JUDGE,
            Role::Candidate => CANDIDATE,
        };
        let profile = profile(text, seeded_layout);
        if !engine.is_podman() {
            return Ok(Self::Inline(profile));
        }
        write(&profile).map(Self::File).map_err(|error| SandboxError::Engine {
            action: "could not write the seccomp profile for Podman".into(),
            message: error.to_string(),
        })
    }

    /// What follows `seccomp=` among the security options.
    pub fn option(&self) -> String {
        match self {
            Self::Inline(profile) => profile.clone(),
            Self::File(file) => file.path().display().to_string(),
        }
    }
}

/// Readable for all: the engine may be another user's, and nothing in it is secret.
fn write(profile: &str) -> std::io::Result<NamedTempFile> {
    let dir = fs::canonicalize(std::env::temp_dir())?;
    let mut file = tempfile::Builder::new()
        .prefix("takehome-seccomp-")
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(dir)?;
    file.write_all(profile.as_bytes())?;
    Ok(file)
}

/// The profile as the engine takes it.
fn profile(text: &str, seeded_layout: bool) -> String {
    let Ok(mut profile) = serde_json::from_str::<Value>(text) else {
        return text.to_owned(); // the engine says what is wrong with it
    };
    if let Some(rules) = profile["syscalls"].as_array_mut().filter(|_| seeded_layout) {
        rules.push(json!({
            "comment": "personality: ADDR_NO_RANDOMIZE",
            "names": ["personality"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{ "index": 0, "value": ADDR_NO_RANDOMIZE, "op": "SCMP_CMP_EQ" }],
        }));
    }
    profile.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_timed_may_have_addresses_without_chance() {
        let named = |seeded| profile(CANDIDATE, seeded).contains("ADDR_NO_RANDOMIZE");
        assert!(named(true) && !named(false));
        let rules = |seeded| {
            let profile: Value = serde_json::from_str(&profile(CANDIDATE, seeded)).expect("JSON");
            profile["syscalls"].as_array().expect("rules").clone()
        };
        assert_eq!(rules(true)[..rules(false).len()], rules(false), "nothing else changes");
    }
}
