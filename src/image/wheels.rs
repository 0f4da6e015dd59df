use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::process::Command;

use super::{
    command::{CommandError, run},
    recipe::Arch,
    sources,
};
use crate::domain::Digest;

const DOWNLOAD: Duration = Duration::from_secs(1800);

/// The wheels that hashed locks name, fetched by the host's pip into a folder under `cache` that
/// is complete or absent.
///
/// # Errors
/// [`CommandError`] when pip is missing or a wheel cannot be fetched or has another hash.
pub(super) async fn fetch(
    locks: &[&str],
    arch: Arch,
    cache: &Path,
) -> Result<PathBuf, CommandError> {
    let mut key = arch.wheel_tag().to_owned();
    for lock in locks {
        key.push_str(&Digest::of(sources::file(lock)).to_string());
    }
    let target = cache.join(Digest::of(key.as_bytes()).short(16));
    if target.is_dir() {
        return Ok(target);
    }
    let io = |source| CommandError::Start { program: "pip".into(), source };
    std::fs::create_dir_all(cache).map_err(io)?;
    let partial = tempfile::tempdir_in(cache).map_err(io)?;
    let wheels = partial.path().join("wheels");
    let mut command = Command::new("python3");
    command
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--require-hashes", "--only-binary=:all:", "--no-deps"])
        .args(["--python-version", "3.13", "--implementation", "cp", "--abi", "cp313"])
        .args(["--dest".as_ref(), wheels.as_os_str()])
        .env_remove("PIP_REQUIRE_VIRTUALENV");
    for glibc in ["manylinux_2_28", "manylinux_2_17", "manylinux2014"] {
        command.arg("--platform").arg(format!("{glibc}_{}", arch.wheel_tag()));
    }
    for (index, lock) in locks.iter().enumerate() {
        let path = partial.path().join(format!("{index}.lock"));
        std::fs::write(&path, sources::file(lock)).map_err(io)?;
        command.arg("--requirement").arg(&path);
    }
    run(&mut command, DOWNLOAD).await?;
    match std::fs::rename(&wheels, &target) {
        // Another process was faster; its folder is the same.
        Err(_) if target.is_dir() => {}
        other => other.map_err(io)?,
    }
    Ok(target)
}
