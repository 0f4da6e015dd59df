use std::{collections::HashMap, time::SystemTime};

use bollard::models::{
    ContainerCreateBody, HostConfig, HostConfigCgroupnsModeEnum, HostConfigLogConfig,
    ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};

use super::{client::EngineFacts, labels, owner::Owner, seccomp::Seccomp};
use crate::sandbox::{ContainerSpec, Role, Tmpfs};

/// Where Podman mounts writable file systems of its own in a container whose root is read-only.
const PODMAN_TMPFS: [&str; 3] = ["/run", "/tmp", "/var/tmp"];

/// The create request of a hardened container. Pure.
pub fn create_body(
    spec: &ContainerSpec,
    engine: &EngineFacts,
    seccomp: &Seccomp,
    owner: &Owner,
    now: SystemTime,
) -> ContainerCreateBody {
    let id = spec.uid.to_string();
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        user: Some(format!("{id}:{id}")),
        entrypoint: Some(
            ["/opt/takehome/bin/python", interpreter_flags(spec.role), "-m", spec.module]
                .map(str::to_owned)
                .to_vec(),
        ),
        cmd: Some(Vec::new()),
        env: Some(environment(spec.role)),
        working_dir: Some("/".into()),
        labels: Some(label_map(spec, owner, now)),
        tty: Some(false),
        open_stdin: Some(true),
        stdin_once: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        stop_timeout: Some(0),
        // Joining a namespace refuses a host name of its own.
        hostname: spec.join.is_none().then(|| "sandbox".into()),
        // `network_disabled` would leave /etc/hosts empty, so that not even localhost resolves;
        // the mode `none` closes as much.
        network_disabled: Some(false),
        host_config: Some(host_config(spec, engine, seccomp)),
        ..Default::default()
    }
}

/// Isolated, but for one thing: `-I` would ignore `PYTHONHASHSEED`, and the candidate's workers
/// inherit the agent's string hash. Its environment is ours alone, so nothing else is let in.
const fn interpreter_flags(role: Role) -> &'static str {
    match role {
        Role::Judge => "-I",
        Role::Candidate => "-sPB",
    }
}

fn environment(role: Role) -> Vec<String> {
    // Workers are forks of the agent: what it freed must not be there to read. glibc overwrites memory
    // that is freed (mallopt(3), M_PERTURB), but for its caches, and Python's own allocator does not.
    let wiped = [
        "PYTHONMALLOC=malloc",
        "GLIBC_TUNABLES=glibc.malloc.perturb=170:glibc.malloc.tcache_count=0",
    ];
    let common = [
        "PATH=/opt/takehome/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG=C.UTF-8",
        "TZ=UTC",
        "HOME=/tmp",
        "PYTHONHASHSEED=0",
    ];
    let own: &[&str] = match role {
        Role::Judge => &[],
        Role::Candidate => &wiped,
    };
    common.iter().chain(own).map(|&variable| variable.to_owned()).collect()
}

fn label_map(spec: &ContainerSpec, owner: &Owner, now: SystemTime) -> HashMap<String, String> {
    let deadline = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .saturating_add(spec.lifetime)
        .as_secs();
    let pinned = spec.cores.as_ref().map(|cores| (labels::PINNED.into(), core_list(cores)));
    let always = [
        (labels::RUN.into(), spec.run.clone()),
        (labels::ROLE.into(), spec.role.as_str().into()),
        (labels::DEADLINE.into(), deadline.to_string()),
        (labels::OWNER.into(), owner.to_string()),
    ];
    always.into_iter().chain(pinned).collect()
}

fn host_config(spec: &ContainerSpec, engine: &EngineFacts, seccomp: &Seccomp) -> HostConfig {
    let memory = i64::try_from(spec.limits.memory_bytes).unwrap_or(i64::MAX);
    HostConfig {
        network_mode: Some(match &spec.join {
            None => "none".into(),
            Some(container) => format!("container:{container}"),
        }),
        readonly_rootfs: Some(true),
        privileged: Some(false),
        cap_drop: Some(vec!["ALL".into()]),
        security_opt: Some(vec![
            "no-new-privileges:true".into(),
            format!("seccomp={}", seccomp.option()),
        ]),
        memory: Some(memory),
        // Equal to memory: no swap, so that a limit is a limit.
        memory_swap: Some(memory),
        nano_cpus: Some((spec.limits.cpus.min(engine.cpus as f64) * 1e9) as i64),
        cpuset_cpus: spec.cores.as_deref().map(core_list),
        pids_limit: Some(i64::from(spec.limits.pids)),
        ulimits: Some(ulimits()),
        tmpfs: Some(tmpfs_map(spec, engine)),
        // `none` keeps the engine from mounting its own unlimited /dev/shm.
        ipc_mode: Some("none".into()),
        cgroupns_mode: engine.has_cgroup_namespaces.then_some(HostConfigCgroupnsModeEnum::PRIVATE),
        log_config: Some(HostConfigLogConfig { typ: Some("none".into()), config: None }),
        auto_remove: Some(false),
        sysctls: spec.join.is_none().then(network_settings),
        runtime: Some(engine.runtime.clone()),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        oom_score_adj: Some(500),
        init: Some(false),
        ..Default::default()
    }
}

/// As the kernel takes it (cpuset(7), list format).
pub(super) fn core_list(cores: &[u32]) -> String {
    cores.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// No connection may tell the next test, or the next candidate in the judge's namespace, of itself
/// (tcp(7)): a closed one would be listed for a minute (TIME_WAIT), and its round trip times are kept.
fn network_settings() -> HashMap<String, String> {
    [("net.ipv4.tcp_max_tw_buckets", "0"), ("net.ipv4.tcp_no_metrics_save", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn tmpfs_map(spec: &ContainerSpec, engine: &EngineFacts) -> HashMap<String, String> {
    let options = |mount: &Tmpfs| {
        let common = format!("rw,nosuid,nodev,noexec,size={}", mount.bytes);
        if engine.is_podman() {
            // It refuses `uid`, `gid` and `nr_inodes`. `U` gives the folder to the container's user; that
            // inodes are bounded by memory alone is a known limit (docs/podman.md).
            format!("{common},mode=0700,U,notmpcopyup")
        } else {
            let (inodes, id) = (mount.inodes, spec.uid);
            format!("{common},nr_inodes={inodes},mode=0700,uid={id},gid={id}")
        }
    };
    let ours = spec.tmpfs.iter().map(|mount| (mount.path.to_owned(), options(mount)));
    if !engine.is_podman() {
        return ours.collect();
    }
    PODMAN_TMPFS
        .iter()
        .map(|path| {
            ((*path).to_owned(), "ro,nosuid,nodev,noexec,size=4096,mode=0555,notmpcopyup".into())
        })
        .chain(ours)
        .collect()
}

/// `nproc` is left out on purpose: it counts a user id over the whole host; pids_limit bounds it.
fn ulimits() -> Vec<ResourcesUlimits> {
    const GIB: i64 = 1 << 30;
    [
        ("core", 0),
        ("nofile", 4096),
        ("fsize", 4 * GIB),
        ("memlock", 0),
        ("stack", 64 << 20),
        ("msgqueue", 0),
        ("cpu", 3600),
    ]
    .map(|(name, value)| ResourcesUlimits {
        name: Some(name.into()),
        soft: Some(if name == "stack" { 8 << 20 } else { value }),
        hard: Some(value),
    })
    .to_vec()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sandbox::ContainerLimits;

    fn host_config_on(components: &[&str]) -> HostConfig {
        let engine = EngineFacts {
            components: components.iter().map(|&name| (name.into(), "1".into())).collect(),
            ..EngineFacts::for_tests()
        };
        let spec = ContainerSpec {
            role: Role::Candidate,
            image: "takehome-candidate-core:1".into(),
            module: "takehome_agent",
            join: Some("judge".into()),
            uid: 42_000,
            limits: ContainerLimits { memory_bytes: 1 << 28, cpus: 1.0, pids: 64 },
            tmpfs: vec![Tmpfs { path: "/tmp", bytes: 4096, inodes: 100 }],
            run: "run".into(),
            cores: Some(vec![0, 3]),
            seeded_layout: false,
            lifetime: Duration::from_secs(60),
        };
        let seccomp = Seccomp::new(Role::Candidate, false, &engine).expect("a profile");
        let body = create_body(&spec, &engine, &seccomp, &Owner::this_process(), SystemTime::now());
        let host = body.host_config.expect("a host config");
        let options = host.security_opt.clone().expect("options");
        let profile = options.iter().find_map(|o| o.strip_prefix("seccomp=")).expect("a profile");
        let text = match seccomp {
            Seccomp::Inline(_) => profile.to_owned(),
            Seccomp::File(_) => std::fs::read_to_string(profile).expect("a file"),
        };
        let profile: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(profile["defaultAction"], "SCMP_ACT_ERRNO");
        host
    }

    #[test]
    fn docker_gets_the_profile_inline_and_bounds_inodes() {
        let tmpfs = host_config_on(&["Engine", "runc"]).tmpfs.expect("tmpfs");
        let wanted = "rw,nosuid,nodev,noexec,size=4096,nr_inodes=100,mode=0700,uid=42000,gid=42000";
        assert_eq!(tmpfs, HashMap::from([("/tmp".into(), wanted.into())]));
    }

    #[test]
    fn podman_gets_a_file_and_no_writable_place_of_its_own() {
        let tmpfs = host_config_on(&["Podman Engine"]).tmpfs.expect("tmpfs");
        assert_eq!(tmpfs["/tmp"], "rw,nosuid,nodev,noexec,size=4096,mode=0700,U,notmpcopyup");
        for closed in ["/run", "/var/tmp"] {
            assert!(tmpfs[closed].starts_with("ro,"), "{closed}");
        }
    }
}
