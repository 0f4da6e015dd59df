use std::{fmt, fs, str::FromStr};

/// A process of ours, named so that a later one can tell whether it still lives.
///
/// A pid alone is reused, so its start time (proc_pid_stat(5), field 22) goes with it; machine, boot
/// and pid namespace say where, and in which container, the pid means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    machine: String,
    boot_id: String,
    pid_namespace: String,
    pid: u32,
    start_ticks: u64,
}

/// Whether an owner still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Lives,
    /// It has ended.
    Gone,
    /// It is on another machine or in another pid namespace.
    Unknown,
}

impl Owner {
    /// This process.
    pub fn this_process() -> Self {
        Self::of(std::process::id())
    }

    /// A process of this pid namespace.
    pub fn of(pid: u32) -> Self {
        Self {
            machine: machine_id(),
            boot_id: boot_id(),
            pid_namespace: pid_namespace(),
            pid,
            start_ticks: start_ticks(pid).unwrap_or(0),
        }
    }

    /// What this process can tell of the owner.
    pub fn fate(&self) -> Fate {
        let elsewhere = self.machine != machine_id() || self.pid_namespace != pid_namespace();
        if elsewhere || self.boot_id.is_empty() {
            return Fate::Unknown;
        }
        let lives = self.boot_id == boot_id() && start_ticks(self.pid) == Some(self.start_ticks);
        if lives { Fate::Lives } else { Fate::Gone }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, boot_id, pid_namespace, pid, start_ticks } = self;
        write!(f, "{machine} {boot_id} {pid_namespace} {pid} {start_ticks}")
    }
}

impl FromStr for Owner {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut fields = text.split(' ');
        let mut next = || fields.next().ok_or(());
        Ok(Self {
            machine: next()?.to_owned(),
            boot_id: next()?.to_owned(),
            pid_namespace: next()?.to_owned(),
            pid: next()?.parse().map_err(|_| ())?,
            start_ticks: next()?.parse().map_err(|_| ())?,
        })
    }
}

/// The machine's own name for itself (machine-id(5)): an engine can be shared over the network, and
/// every machine's first pid namespace has the same number.
fn machine_id() -> String {
    fs::read_to_string("/etc/machine-id")
        .or_else(|_| fs::read_to_string("/var/lib/dbus/machine-id"))
        .map_or_else(|_| "-".to_owned(), |text| text.trim().to_owned())
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

fn pid_namespace() -> String {
    fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default()
}

fn start_ticks(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name may hold spaces and brackets; fields are counted after the last bracket.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_survives_the_label() {
        let owner = Owner::this_process();
        assert_eq!(owner.to_string().parse(), Ok(owner.clone()));
        assert_eq!(owner.fate(), Fate::Lives);
    }

    #[test]
    fn a_reused_pid_and_an_earlier_boot_are_gone_but_another_namespace_is_unknown() {
        let owner = Owner::this_process();
        let reused = Owner { start_ticks: owner.start_ticks + 1, ..owner.clone() };
        assert_eq!(reused.fate(), Fate::Gone);
        assert_eq!(Owner { boot_id: "other".into(), ..owner.clone() }.fate(), Fate::Gone);
        let other = Owner { machine: "other".into(), boot_id: "other".into(), ..owner.clone() };
        assert_eq!(other.fate(), Fate::Unknown);
        let inside = Owner { pid_namespace: "pid:[1]".into(), pid: 1, ..owner };
        assert_eq!(inside.fate(), Fate::Unknown);
    }
}
