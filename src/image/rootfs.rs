use std::{
    fs::File,
    io::{BufWriter, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use tokio::process::Command;

use super::{
    command::{CommandError, run},
    recipe::Arch,
    sources,
};

const BOOTSTRAP: Duration = Duration::from_secs(900);

/// `images/base/base.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaseManifest {
    #[serde(rename = "schema")]
    _schema: u32,
    /// Preferred where a registry answers.
    pub(super) registry_image: String,
    suite: String,
    components: Vec<String>,
    source_date_epoch: u64,
    packages: Vec<String>,
}

impl BaseManifest {
    /// The manifest that this program carries.
    pub(super) fn embedded() -> Result<Self, toml::de::Error> {
        toml::from_str(&String::from_utf8_lossy(sources::file("base/base.toml")))
    }
}

/// Makes Debian's root as a tar file in `dir`.
///
/// # Errors
/// [`CommandError`] when mmdebstrap is missing or fails.
pub(super) async fn bootstrap(
    manifest: &BaseManifest,
    arch: Arch,
    dir: &Path,
) -> Result<PathBuf, CommandError> {
    let io = |source| CommandError::Start { program: "mmdebstrap".into(), source };
    let hook = dir.join("finish.sh");
    std::fs::write(&hook, sources::file("base/finish.sh")).map_err(io)?;
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).map_err(io)?;
    let out = dir.join("rootfs.tar");
    let mode = if nix::unistd::geteuid().is_root() { "root" } else { "unshare" };
    let mut command = Command::new("mmdebstrap");
    command
        .env("SOURCE_DATE_EPOCH", manifest.source_date_epoch.to_string())
        .args(["--quiet", "--variant=extract"])
        .arg(format!("--mode={mode}"))
        .arg(format!("--architectures={}", arch.debian()))
        .arg(format!("--include={}", manifest.packages.join(",")))
        .arg(format!("--extract-hook={}", hook.display()))
        .arg(&manifest.suite)
        .arg(&out);
    let components = manifest.components.join(" ");
    for mirror in mirrors().await {
        let suite = match &mirror {
            Mirror::Main(_) => manifest.suite.clone(),
            Mirror::Security(_) => format!("{}-security", manifest.suite),
        };
        command.arg(format!("deb {} {suite} {components}", mirror.uri()));
    }
    run(&mut command, BOOTSTRAP).await?;
    Ok(out)
}

/// The build context that makes an image of a root. The engine's import of a tar file would be simpler,
/// but Podman's takes no tag and one label.
pub(super) fn write_context(rootfs: &Path, context: &Path) -> std::io::Result<()> {
    const DOCKERFILE: &[u8] = b"FROM scratch\nADD rootfs.tar /\n";
    let mut tar = tar::Builder::new(BufWriter::new(File::create(context)?));
    append(&mut tar, "Dockerfile", DOCKERFILE.len() as u64, DOCKERFILE)?;
    let rootfs = File::open(rootfs)?;
    append(&mut tar, "rootfs.tar", rootfs.metadata()?.len(), rootfs)?;
    tar.into_inner()?.flush()
}

/// Adds a file whose bytes in the context depend on its name and content only.
pub(super) fn append<W: std::io::Write>(
    tar: &mut tar::Builder<W>,
    name: &str,
    size: u64,
    content: impl std::io::Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    tar.append_data(&mut header, name, content)
}

#[derive(Debug, PartialEq, Eq)]
enum Mirror {
    Main(String),
    Security(String),
}

impl Mirror {
    fn uri(&self) -> &str {
        match self {
            Self::Main(uri) | Self::Security(uri) => uri,
        }
    }
}

/// The mirrors that the host itself uses; none on a host that is not Debian, where mmdebstrap's
/// own default serves.
async fn mirrors() -> Vec<Mirror> {
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)",
        "Created-By: Packages",
    ]);
    let listing = run(&mut command, Duration::from_secs(30)).await.unwrap_or_default();
    parse_mirrors(&listing)
}

fn parse_mirrors(listing: &str) -> Vec<Mirror> {
    let rows: Vec<(&str, &str)> = listing
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('|');
            let (origin, release) = (fields.next()?, fields.next()?);
            let (component, uri) = (fields.next()?, fields.next()?);
            (origin == "Debian" && component == "main").then_some((release, uri))
        })
        .collect();
    let main = rows.iter().find(|(release, _)| !release.contains('-'));
    let security = rows.iter().find(|(release, _)| release.ends_with("-security"));
    match main {
        None => Vec::new(),
        Some((_, main)) => std::iter::once(Mirror::Main((*main).to_owned()))
            .chain(security.map(|(_, uri)| Mirror::Security((*uri).to_owned())))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_are_those_of_the_host_and_none_elsewhere() {
        let debian = "Other|stable|main|http://x/\nDebian|bookworm-updates|main|http://d/\n\
                      Debian|bookworm|contrib|http://c/\nDebian|bookworm|main|http://d/\n\
                      Debian|bookworm-security|main|http://s/\n";
        assert_eq!(
            parse_mirrors(debian),
            [Mirror::Main("http://d/".into()), Mirror::Security("http://s/".into())]
        );
        assert_eq!(parse_mirrors("Ubuntu|noble|main|http://u/\n"), []);
        assert_eq!(parse_mirrors(""), []);
    }

    #[test]
    fn the_embedded_manifest_is_valid() {
        let manifest = BaseManifest::embedded().expect("valid base.toml");
        assert!(manifest.packages.iter().any(|package| package == "python3"));
    }
}
