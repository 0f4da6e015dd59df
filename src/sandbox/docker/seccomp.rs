use std::{fs, io::Write as _, os::unix::fs::PermissionsExt as _};

use tempfile::NamedTempFile;

use super::client::EngineFacts;
use crate::sandbox::{Role, SandboxError};

const CANDIDATE: &str = include_str!("../../../images/seccomp/candidate.json");
const JUDGE: &str = include_str!("../../../images/seccomp/judge.json");

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
    /// # Errors
    /// [`SandboxError::Engine`] when the engine wants a file and it cannot be written.
    pub fn new(role: Role, engine: &EngineFacts) -> Result<Self, SandboxError> {
        let profile = match role {
            Role::Judge => JUDGE,
            Role::Candidate => CANDIDATE,
        };
        if !engine.is_podman() {
            return Ok(Self::Inline(compact(profile)));
        }
        write(profile).map(Self::File).map_err(|error| SandboxError::Engine {
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

fn compact(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json)
        .map(|value| value.to_string())
        .unwrap_or_else(|_| json.to_owned())
}
