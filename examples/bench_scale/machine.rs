//! What the figures were measured on, without a word that tells whose it is.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, bail};
use bytesize::ByteSize;
use nix::sys::statvfs::statvfs;

/// What a grading takes in the database with its report, its tests and their indexes, bytes; with a margin.
const A_GRADING: u64 = 24 << 10;

/// Cores, processor, memory, kernel and build.
pub fn described() -> BTreeMap<&'static str, String> {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let value = |text: &str, field: &str| {
        let line = text.lines().find(|line| line.starts_with(field))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let unknown = || "unknown".to_owned();
    let memory = value(&read("/proc/meminfo"), "MemTotal")
        .and_then(|text| text.strip_suffix("kB")?.trim().parse::<u64>().ok())
        .map(|kib| format!("{:.0} GiB", kib as f64 / 1_048_576.0));
    let kernel = read("/proc/sys/kernel/osrelease");
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    BTreeMap::from([
        (
            "cores",
            std::thread::available_parallelism().map_or_else(|_| unknown(), |n| n.to_string()),
        ),
        ("processor", value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(unknown)),
        ("memory", memory.unwrap_or_else(unknown)),
        ("kernel", kernel.split('-').next().unwrap_or_default().trim().to_owned()),
        ("takehome", format!("{}, {build} build", env!("CARGO_PKG_VERSION"))),
    ])
}

/// Says beforehand what would be found out after minutes.
///
/// # Errors
/// The disk has less room than a store of so many gradings takes.
pub fn has_room(folder: &Path, gradings: u64) -> anyhow::Result<()> {
    let disk = statvfs(folder).with_context(|| format!("look at {}", folder.display()))?;
    let free = disk.blocks_available() * disk.fragment_size();
    let needed = gradings.saturating_mul(A_GRADING);
    if free < needed {
        bail!(
            "No space left for {gradings} gradings: they take about {}, and {} are free",
            ByteSize(needed),
            ByteSize(free)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_cannot_fit_is_refused_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        has_room(folder.path(), 1).expect("room for one");
        let error = has_room(folder.path(), u64::MAX).expect_err("no room").to_string();
        assert!(error.contains("No space left"), "{error}");
    }
}
