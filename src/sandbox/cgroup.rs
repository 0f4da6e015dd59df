//! Resource figures of a container from the kernel's control groups, version 1 and 2.
//!
//! Sources: kernel Documentation/admin-guide/cgroup-v1/{memory,cpuacct}.rst and cgroup-v2.rst.
//! `memory.max_usage_in_bytes` and `memory.peak` include the page cache, so the peak is taken from
//! samples of anonymous memory.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::starvation::Look;

/// What a container has cost so far. A figure is absent where the kernel's files cannot be read,
/// as with a remote engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// User and system time of all its processes, milliseconds.
    pub cpu_ms: Option<u64>,
    /// Highest sampled anonymous memory, bytes.
    pub peak_anon_bytes: Option<u64>,
    /// Processes that the kernel killed for memory, its own limit's or the whole machine's.
    pub oom_kills: Option<u64>,
    /// Whether it ever reached its own limit of memory.
    pub limit_reached: Option<bool>,
    /// How long others kept it from running, milliseconds.
    pub starved_ms: Option<u64>,
}

impl Usage {
    /// Whether, since `before`, the kernel killed a process of the container although its own limit
    /// was never reached: then the machine was out of memory, and the container's processes are the
    /// first that its killer takes.
    pub fn was_killed_by_machine(&self, before: &Self) -> bool {
        self.oom_kills > Some(before.oom_kills.unwrap_or(0)) && self.limit_reached == Some(false)
    }
}

/// Where one container's figures are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cgroup {
    /// One hierarchy per controller.
    V1 {
        /// Directory in the memory hierarchy.
        memory: PathBuf,
        /// Directory in the cpuacct hierarchy.
        cpuacct: PathBuf,
    },
    /// The unified hierarchy.
    V2 {
        /// The container's directory.
        dir: PathBuf,
    },
}

impl Cgroup {
    /// Finds the control group of the process `pid`, which must belong to container `id`: with a
    /// remote engine the same pid is some other process of this machine.
    pub fn of_container(pid: i64, id: &str) -> Option<Self> {
        let membership = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        Self::locate(&membership, id, Path::new("/sys/fs/cgroup"), |path| path.is_dir())
    }

    fn locate(
        membership: &str,
        id: &str,
        root: &Path,
        exists: impl Fn(&Path) -> bool,
    ) -> Option<Self> {
        if id.is_empty() {
            return None;
        }
        let find = |controller: &str| {
            membership.lines().find_map(|line| {
                let mut fields = line.splitn(3, ':');
                let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
                let ours = if controller.is_empty() {
                    controllers.is_empty()
                } else {
                    controllers.split(',').any(|name| name == controller)
                };
                (ours && path.contains(id)).then(|| (controllers.to_owned(), path.to_owned()))
            })
        };
        let under = |hierarchy: &str, path: &str| {
            Some(root.join(hierarchy).join(path.trim_start_matches('/'))).filter(|dir| exists(dir))
        };
        if let (Some((_, memory)), Some((names, cpuacct))) = (find("memory"), find("cpuacct")) {
            let memory = under("memory", &memory)?;
            let cpuacct = under("cpuacct", &cpuacct).or_else(|| under(&names, &cpuacct))?;
            return Some(Self::V1 { memory, cpuacct });
        }
        let (_, path) = find("")?;
        Some(Self::V2 { dir: under("", &path)? })
    }

    /// Anonymous memory now, bytes.
    pub fn anon_bytes(&self) -> Option<u64> {
        match self {
            Self::V1 { memory, .. } => keyed(&read(memory, "memory.stat")?, "total_rss"),
            Self::V2 { dir } => keyed(&read(dir, "memory.stat")?, "anon"),
        }
    }

    /// User and system time.
    pub fn cpu(&self) -> Option<Duration> {
        match self {
            Self::V1 { cpuacct, .. } => {
                let nanoseconds = read(cpuacct, "cpuacct.usage")?.trim().parse().ok()?;
                Some(Duration::from_nanos(nanoseconds))
            }
            Self::V2 { dir } => {
                Some(Duration::from_micros(keyed(&read(dir, "cpu.stat")?, "usage_usec")?))
            }
        }
    }

    /// What its threads have waited for so far; the first [`MOST_THREADS`] of them.
    pub fn look(&self) -> Option<Look> {
        let threads = match self {
            Self::V1 { cpuacct, .. } => read(cpuacct, "tasks")?,
            Self::V2 { dir } => read(dir, "cgroup.threads")?,
        };
        let threads = threads.lines().filter_map(|line| line.parse().ok()).take(MOST_THREADS);
        let waited = threads.filter_map(|thread| Some((thread, waited(thread)?))).collect();
        Some(Look { used: self.cpu()?, waited })
    }

    /// Whether the container ever reached its own limit of memory. Version 2 counts that; of
    /// version 1 the highest usage tells, since its failure counters stay 0 on newer kernels (seen
    /// on 6.18). The page cache is part of that figure, so a container that reads large files
    /// counts as one that reached its limit.
    pub fn limit_reached(&self) -> Option<bool> {
        match self {
            Self::V1 { memory, .. } => {
                let bytes = |file| read(memory, file)?.trim().parse::<u64>().ok();
                let reached = |peak, limit| {
                    Some(bytes(peak)?.saturating_add(NEAR_LIMIT_BYTES) >= bytes(limit)?)
                };
                let plain = reached("memory.max_usage_in_bytes", "memory.limit_in_bytes")?;
                // With swap accounted, the sum of both has a limit of its own.
                let sum = reached("memory.memsw.max_usage_in_bytes", "memory.memsw.limit_in_bytes");
                Some(plain || sum.unwrap_or(false))
            }
            Self::V2 { dir } => Some(keyed(&read(dir, "memory.events")?, "oom")? > 0),
        }
    }

    /// Processes killed for memory.
    pub fn oom_kills(&self) -> Option<u64> {
        match self {
            Self::V1 { memory, .. } => keyed(&read(memory, "memory.oom_control")?, "oom_kill"),
            Self::V2 { dir } => keyed(&read(dir, "memory.events")?, "oom_kill"),
        }
    }
}

/// A bomb of threads is not worth more of our time.
const MOST_THREADS: usize = 64;

/// Memory is charged in batches of pages, so a full container may be a little below its limit.
const NEAR_LIMIT_BYTES: u64 = 1 << 20;

fn read(dir: &Path, file: &str) -> Option<String> {
    std::fs::read_to_string(dir.join(file)).ok()
}

/// How long a thread has waited on run queues. One that has just ended has not.
fn waited(thread: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{thread}/schedstat")).ok()?;
    text.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

fn keyed(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(' ')?;
        (name == key).then(|| value.trim().parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bc2";

    #[test]
    fn version_1_is_found_by_controller_and_by_joint_mount_name() {
        let membership = "11:memory:/docker/4bc2\n5:cpu,cpuacct:/docker/4bc2\n0::/docker/4bc2\n";
        let found = Cgroup::locate(membership, ID, Path::new("/cg"), |path| {
            !path.starts_with("/cg/cpuacct")
        });
        assert_eq!(
            found,
            Some(Cgroup::V1 {
                memory: "/cg/memory/docker/4bc2".into(),
                cpuacct: "/cg/cpu,cpuacct/docker/4bc2".into(),
            })
        );
    }

    #[test]
    fn version_2_is_found_for_both_cgroup_drivers() {
        for path in ["/system.slice/docker-4bc2.scope", "/docker/4bc2"] {
            let found = Cgroup::locate(&format!("0::{path}\n"), ID, Path::new("/cg"), |_| true);
            assert_eq!(found, Some(Cgroup::V2 { dir: format!("/cg{path}").into() }));
        }
    }

    #[test]
    fn a_process_of_another_container_or_of_none_is_refused() {
        for membership in ["0::/docker/ffff\n", "0::/\n", "", "garbage"] {
            assert_eq!(Cgroup::locate(membership, ID, Path::new("/cg"), |_| true), None);
        }
    }

    #[test]
    fn figures_are_read_from_both_versions() {
        let dir = tempfile::tempdir().expect("tempdir");
        let put =
            |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("write");
        put("memory.stat", "cache 5\nrss 1\ntotal_rss 4096\nanon 8192\n");
        put("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        put("memory.events", "low 0\noom 3\noom_kill 1\n");
        put("cpuacct.usage", "1234567890\n");
        put("cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
        let v1 = Cgroup::V1 { memory: dir.path().into(), cpuacct: dir.path().into() };
        assert_eq!(
            (v1.anon_bytes(), v1.cpu(), v1.oom_kills()),
            (Some(4096), Some(Duration::from_nanos(1_234_567_890)), Some(2))
        );
        let v2 = Cgroup::V2 { dir: dir.path().into() };
        assert_eq!(
            (v2.anon_bytes(), v2.cpu(), v2.oom_kills()),
            (Some(8192), Some(Duration::from_millis(2500)), Some(1))
        );
        assert_eq!((v1.limit_reached(), v2.limit_reached()), (None, Some(true)));
        put("memory.events", "low 0\nmax 7\noom 0\noom_kill 1\n");
        assert_eq!(v2.limit_reached(), Some(false));
        put("memory.limit_in_bytes", "67108864\n");
        put("memory.max_usage_in_bytes", "33554432\n");
        assert_eq!(v1.limit_reached(), Some(false));
        put("memory.memsw.limit_in_bytes", "67108864\n");
        put("memory.memsw.max_usage_in_bytes", "67100672\n");
        assert_eq!(v1.limit_reached(), Some(true));
    }

    #[test]
    fn the_waiting_of_live_threads_is_read_and_of_others_passed_over() {
        let dir = tempfile::tempdir().expect("tempdir");
        let put =
            |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("write");
        let us = std::process::id();
        for (file, group) in [
            ("tasks", Cgroup::V1 { memory: dir.path().into(), cpuacct: dir.path().into() }),
            ("cgroup.threads", Cgroup::V2 { dir: dir.path().into() }),
        ] {
            put("cpuacct.usage", "5000000\n");
            put("cpu.stat", "usage_usec 5000\n");
            assert_eq!(group.look(), None, "without {file}");
            put(file, &format!("{us}\n4294967295\nx\n"));
            let look = group.look().expect("a look");
            assert_eq!(look.used, Duration::from_millis(5));
            assert_eq!(look.waited.keys().collect::<Vec<_>>(), [&us]);
        }
    }

    #[test]
    fn a_kill_below_the_limit_is_the_machines() {
        let usage = |kills, reached| Usage {
            oom_kills: Some(kills),
            limit_reached: reached,
            ..Usage::default()
        };
        let before = usage(1, Some(false));
        assert!(usage(2, Some(false)).was_killed_by_machine(&before));
        assert!(!usage(2, Some(true)).was_killed_by_machine(&before));
        assert!(!usage(2, None).was_killed_by_machine(&before));
        assert!(!usage(1, Some(false)).was_killed_by_machine(&before));
        assert!(usage(1, Some(false)).was_killed_by_machine(&Usage::default()));
    }
}
