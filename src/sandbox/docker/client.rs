use std::{os::unix::fs::MetadataExt as _, time::Duration};

use bollard::{API_DEFAULT_VERSION, Docker};

use crate::sandbox::SandboxError;

/// A request that takes longer means a stuck engine.
const REQUEST_TIMEOUT_S: u64 = 120;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What the engine said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFacts {
    /// Engine version.
    pub version: String,
    /// Negotiated API version.
    pub api: String,
    /// Kernel release.
    pub kernel: String,
    /// Architecture in the engine's words: `x86_64`, `aarch64`.
    pub arch: String,
    /// Low-level runtime that containers get: the one that was asked for, else the engine's default.
    pub runtime: String,
    /// Versions of the engine's components by name: `runc`, `containerd`.
    pub components: Vec<(String, String)>,
    /// Cores that the engine has.
    pub cpus: usize,
    /// Memory that the engine has, bytes.
    pub memory_bytes: u64,
    /// Control group version in the engine's words: `1` or `2`.
    pub cgroup_version: String,
    /// The engine can give a container a control group namespace of its own.
    pub has_cgroup_namespaces: bool,
    /// It runs without root's rights.
    pub rootless: bool,
    /// `seccomp`, `apparmor`, `rootless` … as the engine lists them.
    pub security_options: Vec<String>,
    /// Storage driver.
    pub storage_driver: String,
    /// Folder of the engine's data, on the engine's machine.
    pub root_dir: String,
    /// Names of the low-level runtimes it offers.
    pub runtimes: Vec<String>,
}

impl EngineFacts {
    /// A current Docker Engine.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self {
            version: "29.6.0".into(),
            api: "1.53".into(),
            kernel: "6.12".into(),
            arch: "x86_64".into(),
            runtime: "runc".into(),
            components: vec![("runc".into(), "1.4.3".into())],
            cpus: 2,
            memory_bytes: 8 << 30,
            cgroup_version: "2".into(),
            has_cgroup_namespaces: true,
            rootless: false,
            security_options: vec!["name=seccomp,profile=builtin".into()],
            storage_driver: "overlay2".into(),
            root_dir: "/var/lib/docker".into(),
            runtimes: vec!["runc".into()],
        }
    }

    /// Podman behind the same API (docs/podman.md).
    pub fn is_podman(&self) -> bool {
        self.components.iter().any(|(name, _)| name == "Podman Engine")
    }

    /// Limits are given to it and have no effect: without root it has no say in control groups v1.
    pub fn ignores_limits(&self) -> bool {
        self.rootless && self.cgroup_version == "1"
    }
}

/// Connects to `DOCKER_HOST` or the default socket and negotiates the API version.
///
/// # Errors
/// [`SandboxError::EngineDown`] when nobody answers within ten seconds, [`SandboxError::Runtime`]
/// when the engine has no runtime of that name.
pub async fn connect(runtime: Option<&str>) -> Result<(Docker, EngineFacts), SandboxError> {
    let down = |message: String| SandboxError::EngineDown(message);
    let docker = Docker::connect_with_defaults().map_err(|error| down(root_cause(&error)))?;
    let answer = tokio::time::timeout(CONNECT_TIMEOUT, async {
        let docker = docker.negotiate_version().await?;
        let version = docker.version().await?;
        let info = docker.info().await?;
        Ok::<_, bollard::errors::Error>((docker, version, info))
    })
    .await
    .map_err(|_| down(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs())))?;
    let (docker, version, info) = answer.map_err(|error| down(root_cause(&error)))?;
    let docker = docker.with_timeout(Duration::from_secs(REQUEST_TIMEOUT_S));
    let api = docker.client_version().to_string();
    let cgroup_version =
        info.cgroup_version.map_or_else(|| "unknown".into(), |version| version.to_string());
    let mut facts = EngineFacts {
        version: version.version.unwrap_or_default(),
        kernel: version.kernel_version.or(info.kernel_version).unwrap_or_default(),
        arch: info.architecture.unwrap_or_default(),
        runtime: info.default_runtime.unwrap_or_else(|| "runc".into()),
        components: version
            .components
            .unwrap_or_default()
            .into_iter()
            .map(|component| (component.name, component.version))
            .collect(),
        cpus: usize::try_from(info.ncpu.unwrap_or(1)).unwrap_or(1).max(1),
        memory_bytes: u64::try_from(info.mem_total.unwrap_or(0)).unwrap_or(0),
        // Introduced with API 1.41, the oldest version that is supported.
        has_cgroup_namespaces: api_at_least(&api, 41),
        api,
        cgroup_version,
        rootless: false,
        security_options: info.security_options.unwrap_or_default(),
        storage_driver: info.driver.unwrap_or_default(),
        root_dir: info.docker_root_dir.unwrap_or_default(),
        runtimes: info.runtimes.unwrap_or_default().into_keys().collect(),
    };
    if !api_at_least(&facts.api, 41) {
        return Err(SandboxError::Engine {
            action: "negotiate the engine's API".into(),
            message: format!(
                "version {} is too old; {API_DEFAULT_VERSION} down to 1.41 are supported",
                facts.api
            ),
        });
    }
    facts.rootless = is_rootless(&facts);
    facts.runtimes.sort();
    if let Some(asked) = runtime {
        if !facts.runtimes.iter().any(|offered| offered == asked) {
            return Err(SandboxError::Runtime { asked: asked.into(), offered: facts.runtimes });
        }
        asked.clone_into(&mut facts.runtime);
    }
    Ok((docker, facts))
}

/// Podman 4.3 does not say so, but its data belong to whoever runs it.
fn is_rootless(engine: &EngineFacts) -> bool {
    let says_so = engine.security_options.iter().any(|option| option.contains("rootless"));
    let data = || std::fs::metadata(&engine.root_dir).is_ok_and(|folder| folder.uid() != 0);
    says_so || (engine.is_podman() && data())
}

fn api_at_least(api: &str, minor: u32) -> bool {
    let mut parts = api.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let (major, found) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (major, found) >= (1, minor)
}

/// The innermost cause: for a socket that is not there, the system's own words.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Turns an engine's answer into our error; `action` completes "failed to".
pub fn engine_error(action: impl Into<String>, error: bollard::errors::Error) -> SandboxError {
    use bollard::errors::Error as E;
    match error {
        E::DockerResponseServerError { message, .. } | E::DockerStreamError { error: message } => {
            SandboxError::Engine { action: action.into(), message }
        }
        E::RequestTimeoutError => SandboxError::Stalled(action.into()),
        other => SandboxError::EngineDown(root_cause(&other)),
    }
}
