//! What a candidate's container is, asked of the real engine while it runs candidate code.

mod common;

use common::{exec, exec_as, hanging, pair_of};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_running_pair_is_hardened_and_holds_nothing_hidden() {
    let Some(docker) = common::engine().await else { return };
    let submission = hanging();
    let path = submission.path().to_str().expect("a path");
    let grading = common::Running::start(&[
        "--challenges",
        common::TINY,
        "grade",
        path,
        "--challenge",
        "tiny",
    ]);
    let [judge, candidate] = pair_of(&docker, grading.pid()).await;
    let id = candidate.id.clone().expect("an id");
    let podman = common::is_podman(&docker).await;

    for (role, container) in [("judge", &judge), ("candidate", &candidate)] {
        let host = container.host_config.clone().expect("a host config");
        let config = container.config.clone().expect("a config");
        assert_eq!(host.readonly_rootfs, Some(true), "{role}");
        assert_eq!(host.privileged, Some(false), "{role}");
        // Podman lists them one by one.
        let dropped = host.cap_drop.expect("dropped capabilities");
        assert!(dropped == ["ALL"] || (podman && dropped.len() > 10), "{role}: {dropped:?}");
        assert_eq!(host.memory, host.memory_swap, "{role}: swap");
        assert!(host.memory > Some(0), "{role}");
        assert!(host.pids_limit > Some(0), "{role}");
        assert!(host.nano_cpus > Some(0), "{role}");
        assert_eq!(host.log_config.and_then(|log| log.typ).as_deref(), Some("none"), "{role}");
        // Podman has no word for it here; the list of writable places below shows it.
        assert!(podman || host.ipc_mode.as_deref() == Some("none"), "{role}");
        assert_eq!(host.oom_score_adj, Some(500), "{role}");
        assert_eq!(host.auto_remove, Some(false), "{role}");
        assert!(host.binds.unwrap_or_default().is_empty(), "{role}: no mounts of the host");
        let options = host.security_opt.expect("security options").join(" ");
        assert!(options.contains("no-new-privileges"), "{role}");
        assert!(options.contains("seccomp="), "{role}");
        assert!(podman || options.contains("SCMP_ACT_ERRNO"), "{role}");
        for (path, options) in host.tmpfs.expect("tmpfs") {
            let ours: &[&str] = if podman { &[] } else { &["nr_inodes=", "mode=0700"] };
            for wanted in ["nosuid", "nodev", "noexec", "size="].iter().chain(ours) {
                assert!(options.contains(wanted), "{role} {path}: {wanted}");
            }
        }
        let limits: Vec<String> =
            host.ulimits.expect("ulimits").into_iter().filter_map(|limit| limit.name).collect();
        for wanted in ["core", "nofile", "fsize", "memlock", "stack"] {
            let podmans = format!("RLIMIT_{}", wanted.to_uppercase());
            assert!(
                limits.iter().any(|name| [wanted, &podmans].contains(&&**name)),
                "{role}: {wanted}"
            );
        }
        let user: u32 = config
            .user
            .expect("a user")
            .split(':')
            .next()
            .expect("a uid")
            .parse()
            .expect("a number");
        assert!(user >= 10_000, "{role}: unprivileged");
        let labels = config.labels.expect("labels");
        for wanted in ["takehome.run", "takehome.deadline", "takehome.owner"] {
            assert!(labels.contains_key(wanted), "{role}: {wanted}");
        }
    }
    let judge_id = judge.id.clone().expect("an id");
    let network = |container: &bollard::models::ContainerInspectResponse| {
        container.host_config.clone().and_then(|host| host.network_mode).expect("a mode")
    };
    assert_eq!(network(&judge), "none");
    assert_eq!(network(&candidate), format!("container:{judge_id}"));
    let users = [&judge, &candidate].map(|c| c.config.clone().and_then(|config| config.user));
    assert_ne!(users[0], users[1], "each side has a user of its own");

    let user = users[1].clone().expect("a user");

    // The suite's lines, its canary and the reference are in no file of the candidate's container.
    let tiny = common::root().join(common::TINY).join("tiny");
    let suite = std::fs::read_to_string(tiny.join("tests/hidden/test_total.py")).expect("a suite");
    let reference = std::fs::read_to_string(tiny.join("reference/tiny.py")).expect("a reference");
    let needles: Vec<&str> = suite
        .lines()
        .filter(|line| line.contains("assert ") || line.contains("CANARY"))
        .chain(reference.lines().filter(|line| line.contains("return ") && line.contains("sum(")))
        .map(str::trim)
        .collect();
    assert!(needles.len() >= 5, "there is something to look for");
    for user in ["0:0", &user] {
        assert_eq!(search(&docker, &id, user, &needles).await, "");
    }
    let found = search(&docker, &id, &user, &["time.sleep(3600)"]).await;
    assert!(found.contains("tiny.py"), "the search finds what is there: {found}");
    let packages =
        exec(&docker, &id, &["sh", "-c", "ls /opt/takehome/lib/python3*/site-packages"]).await;
    assert!(packages.contains("takehome_agent") && !packages.contains("takehome_pytest"));

    // No route, no name service, no engine, nothing writable but the scratch space.
    assert_eq!(exec(&docker, &id, &["cat", "/proc/net/route"]).await.lines().count(), 1);
    assert_eq!(exec(&docker, &id, &["ls", "/sys/class/net"]).await.trim(), "lo");
    let resolve = "import socket; socket.getaddrinfo('example.org', 80)";
    let answer = exec(&docker, &id, &["/opt/takehome/bin/python", "-c", resolve]).await;
    assert!(answer.contains("gaierror"), "{answer}");
    let resolve = "import socket; print(socket.getaddrinfo('localhost', 80)[0][4])";
    let answer = exec(&docker, &id, &["/opt/takehome/bin/python", "-c", resolve]).await;
    assert!(answer.contains("127.0.0.1") || answer.contains("::1"), "localhost: {answer}");
    let sockets = exec(
        &docker,
        &id,
        &["sh", "-c", "ls -d /run/*.sock /var/run/*.sock /run/docker* 2>/dev/null; true"],
    )
    .await;
    assert_eq!(sockets, "");
    let writable = exec_as(
        &docker,
        &id,
        &user,
        &["sh", "-c", "find / -xdev -writable -not -type l 2>/dev/null | grep -v '^/proc' | head"],
    )
    .await;
    let mut writable: Vec<&str> = writable.lines().collect();
    writable.sort_unstable();
    assert_eq!(writable, ["/state", "/tmp", "/work"], "the root is read-only");
    for path in ["/etc/x", "/opt/x", "/usr/x", "/x"] {
        let refused = exec(&docker, &id, &["sh", "-c", &format!("echo x > {path}")]).await;
        assert!(refused.contains("Read-only file system"), "{path}: {refused}");
    }
    let find = "find / -xdev -perm /6000 -type f 2>/dev/null; true";
    let privileged = exec(&docker, &id, &["sh", "-c", find]).await;
    assert_eq!(privileged, "", "no setuid file");
    // Process 1 cannot be read by a process of the same user.
    let peek =
        exec_as(&docker, &id, &user, &["sh", "-c", "cat /proc/1/environ; ls -l /proc/1/fd"]).await;
    assert!(peek.contains("Permission denied") && !peek.contains("PATH="), "{peek}");
}

/// Files that hold one of the lines. Nobody in the container has the right to override permissions,
/// so root looks at what is root's and the container's user at what is its own.
async fn search(docker: &bollard::Docker, id: &str, user: &str, needles: &[&str]) -> String {
    let script = "grep -rlF --exclude-dir=proc --exclude-dir=sys -- \"$1\" / 2>/dev/null";
    let patterns = needles.join("\n");
    exec_as(docker, id, user, &["sh", "-c", script, "sh", &patterns]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seccomp_profile_refuses_what_it_names() {
    let Some(docker) = common::engine().await else { return };
    let submission = hanging();
    let path = submission.path().to_str().expect("a path");
    let grading = common::Running::start(&[
        "--challenges",
        common::TINY,
        "grade",
        path,
        "--challenge",
        "tiny",
    ]);
    let [_, candidate] = pair_of(&docker, grading.pid()).await;
    let probe =
        std::fs::read_to_string(common::root().join("images/seccomp/probe.py")).expect("a probe");
    let user = candidate.config.and_then(|config| config.user).expect("a user");
    let id = candidate.id.expect("an id");
    let output =
        exec_as(&docker, &id, &user, &["/opt/takehome/bin/python", "-I", "-c", &probe]).await;
    let seen: Value = serde_json::from_str(&output).unwrap_or_else(|e| panic!("{e}: {output}"));
    let denied = seen["denied"].as_object().expect("denied");
    assert!(denied.len() > 30, "the probe tries what the profile names");
    for (name, errno) in denied {
        let expected: &[Value] = match name.as_str() {
            // glibc falls back to clone, whose flags can be inspected.
            "clone3" => &[json!(38)],
            // A foreign ABI kills the process, whose system calls cannot be filtered.
            "abi_i386" | "abi_x32" => &[json!("SIGSYS"), json!(38)],
            _ => &[json!(1)],
        };
        assert!(expected.contains(errno), "{name}: {errno}");
    }
    for (name, error) in seen["allowed"].as_object().expect("allowed") {
        assert!(error.is_null(), "{name} is needed and refused: {error}");
    }
}
