//! The lane of this host: one timing at a time, and the core that it has to itself.
//!
//! Whoever holds the lock on the lane's file times; the file says which core. The kernel lets go of the
//! lock when its holder dies (flock(2)), so there is nothing to clean up.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

/// The cores of this host, and which of them is the lane's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cores {
    /// What is timed runs here; absent where there is only one core, or the engine is not on this host.
    pub timed: Option<u32>,
    /// Everything else runs here meanwhile.
    pub others: Vec<u32>,
    /// How many there are.
    pub all: u32,
}

impl Cores {
    /// The last core is the lane's: interrupts tend to the first. With a single one there is none
    /// that others could be kept off, and it is shared.
    pub fn of(count: usize) -> Self {
        let all = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let last = all - 1;
        Self { timed: Some(last), others: if all > 1 { (0..last).collect() } else { vec![0] }, all }
    }

    /// Where nothing can be pinned.
    pub fn unknown(count: usize) -> Self {
        Self { timed: None, ..Self::of(count) }
    }

    /// Whether graders can be kept off the lane's core.
    pub fn can_be_alone(&self) -> bool {
        self.timed.is_some_and(|core| !self.others.contains(&core))
    }
}

/// The right to time, held until it is dropped.
#[derive(Debug)]
pub struct Lane {
    _file: File,
}

impl Lane {
    /// Takes the lane at `path` if it is free; `core` is told to others. `None`: somebody times.
    ///
    /// # Errors
    /// The file can be neither opened nor made.
    pub fn try_take(path: &Path, core: Option<u32>) -> io::Result<Option<Self>> {
        let mut file = open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Another user's file cannot be written; graders then do without the hint.
        let _ = write(&mut file, core);
        Ok(Some(Self { _file: file }))
    }

    /// The core of the lane at `path`, where somebody times just now.
    pub fn reserved(path: &Path) -> Option<u32> {
        let mut file = File::open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {}
            _ => return None,
        }
        let mut text = String::new();
        std::io::Read::take(&mut file, 32).read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }
}

/// Where the lane of this host is.
pub fn lane_path() -> PathBuf {
    std::env::temp_dir().join("takehome-timing.lane")
}

fn open(path: &Path) -> io::Result<File> {
    // Without O_CREAT first: in a sticky folder the kernel refuses it for another user's file
    // (proc_sys_fs(5), protected_regular).
    let existing =
        OpenOptions::new().read(true).write(true).open(path).or_else(|_| File::open(path));
    existing.or_else(|_| {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    })
}

fn write(file: &mut File, core: Option<u32>) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    if let Some(core) = core {
        write!(file, "{core}")?;
    }
    Ok(())
}

/// What the kernel has counted of a core so far, in ticks: all time, and what the hypervisor gave to
/// others (proc_stat(5)). `None` where it does not say.
pub fn core_ticks(core: Option<u32>) -> Option<CoreTicks> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    parse_ticks(&text, core)
}

/// Ticks of a core, see [`core_ticks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreTicks {
    all: u64,
    stolen: u64,
}

impl CoreTicks {
    /// The share that was stolen since `before`, 0 to 1.
    pub fn stolen_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all);
        let stolen = self.stolen.saturating_sub(before.stolen);
        if all == 0 { 0.0 } else { stolen as f64 / all as f64 }
    }
}

fn parse_ticks(text: &str, core: Option<u32>) -> Option<CoreTicks> {
    let name = core.map_or_else(|| "cpu".to_owned(), |core| format!("cpu{core}"));
    let line = text.lines().find(|line| line.split(' ').next() == Some(&name))?;
    let ticks: Option<Vec<u64>> =
        line.split_whitespace().skip(1).map(|field| field.parse().ok()).collect();
    let ticks = ticks?;
    // user nice system idle iowait irq softirq steal; guest time is in user already.
    let eight = ticks.get(..8)?;
    Some(CoreTicks {
        all: eight.iter().fold(0, |sum: u64, &tick| sum.saturating_add(tick)),
        stolen: eight[7],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_others_see_its_core() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lane");
        assert_eq!(Lane::reserved(&path), None);
        let lane = Lane::try_take(&path, Some(1)).unwrap().expect("it is free");
        assert_eq!(Lane::reserved(&path), Some(1));
        assert!(Lane::try_take(&path, Some(0)).unwrap().is_none());
        drop(lane);
        assert_eq!(Lane::reserved(&path), None);
        assert!(Lane::try_take(&path, None).unwrap().is_some());
    }

    #[test]
    fn graders_have_the_other_cores_where_there_are_any() {
        let two = Cores::of(2);
        assert_eq!(
            (two.timed, two.others.as_slice(), two.can_be_alone()),
            (Some(1), &[0][..], true)
        );
        let one = Cores::of(1);
        assert_eq!(
            (one.timed, one.others.as_slice(), one.can_be_alone()),
            (Some(0), &[0][..], false)
        );
        assert!(!Cores::unknown(4).can_be_alone());
    }

    #[test]
    fn stolen_time_is_a_share_of_the_cores_own() {
        let stat = "cpu  10 0 10 80 0 0 0 0 0 0\ncpu1 5 0 5 80 0 0 0 10 0 0\n";
        let before = parse_ticks(stat, Some(1)).expect("a line");
        assert_eq!(before, CoreTicks { all: 100, stolen: 10 });
        let now = CoreTicks { all: 200, stolen: 30 };
        assert!((now.stolen_since(before) - 0.2).abs() < 1e-12);
        assert_eq!(parse_ticks(stat, Some(7)), None);
        assert_eq!(parse_ticks("cpu1 5 x\n", Some(1)), None);
    }
}
