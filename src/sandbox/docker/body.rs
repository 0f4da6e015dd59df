use std::{collections::HashMap, time::SystemTime};

use bollard::models::{
    ContainerCreateBody, HostConfig, HostConfigCgroupnsModeEnum, HostConfigLogConfig,
    ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};

use super::{client::EngineFacts, labels, owner::Owner};
use crate::sandbox::{ContainerSpec, Role};

const CANDIDATE_SECCOMP: &str = include_str!("../../../images/seccomp/candidate.json");
const JUDGE_SECCOMP: &str = include_str!("../../../images/seccomp/judge.json");

/// The create request of a hardened container. Pure.
pub fn create_body(
    spec: &ContainerSpec,
    engine: &EngineFacts,
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
        host_config: Some(host_config(spec, engine)),
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
    HashMap::from([
        (labels::RUN.into(), spec.run.clone()),
        (labels::ROLE.into(), spec.role.as_str().into()),
        (labels::DEADLINE.into(), deadline.to_string()),
        (labels::OWNER.into(), owner.to_string()),
    ])
}

fn host_config(spec: &ContainerSpec, engine: &EngineFacts) -> HostConfig {
    let memory = i64::try_from(spec.limits.memory_bytes).unwrap_or(i64::MAX);
    let seccomp = match spec.role {
        Role::Judge => JUDGE_SECCOMP,
        Role::Candidate => CANDIDATE_SECCOMP,
    };
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
            format!("seccomp={}", compact(seccomp)),
        ]),
        memory: Some(memory),
        // Equal to memory: no swap, so that a limit is a limit.
        memory_swap: Some(memory),
        nano_cpus: Some((spec.limits.cpus.min(engine.cpus as f64) * 1e9) as i64),
        pids_limit: Some(i64::from(spec.limits.pids)),
        ulimits: Some(ulimits()),
        tmpfs: Some(spec.tmpfs.iter().map(|mount| tmpfs(mount, spec.uid)).collect()),
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

/// No connection may tell the next test, or the next candidate in the judge's namespace, of itself
/// (tcp(7)): a closed one would be listed for a minute (TIME_WAIT), and its round trip times are kept.
fn network_settings() -> HashMap<String, String> {
    [("net.ipv4.tcp_max_tw_buckets", "0"), ("net.ipv4.tcp_no_metrics_save", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn tmpfs(mount: &crate::sandbox::Tmpfs, uid: u32) -> (String, String) {
    let options = format!(
        "rw,nosuid,nodev,noexec,size={},nr_inodes={},mode=0700,uid={uid},gid={uid}",
        mount.bytes, mount.inodes
    );
    (mount.path.to_owned(), options)
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

fn compact(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json)
        .map(|value| value.to_string())
        .unwrap_or_else(|_| json.to_owned())
}
