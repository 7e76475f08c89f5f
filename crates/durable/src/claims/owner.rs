//! The process behind a claim.

use std::fmt;
#[cfg(target_os = "linux")]
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A process, named so that others on its machine can find out whether it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Name of the machine, for people.
    pub host: String,
    /// What makes process numbers comparable: the start of the machine and the space of numbers on
    /// it, which a container has of its own. None where that cannot be found out; such owners live
    /// by their beats alone.
    pub machine: Option<String>,
    /// Number of the process.
    pub pid: u32,
    /// When it started, in ticks since the machine did: a number may be given again. None where
    /// that cannot be found out.
    pub started: Option<u64>,
}

/// What the process table of this machine says of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    Runs,
    Ended,
    /// It is elsewhere, or cannot be told from another of the same number.
    Unknown,
}

impl Owner {
    /// The process that calls this.
    pub fn this_process() -> Self {
        let pid = std::process::id();
        Self {
            host: host(),
            machine: machine(),
            pid,
            started: process(pid).map(|entry| entry.started),
        }
    }

    /// What the process table says of it.
    pub(super) fn process(&self) -> Process {
        if self.machine.is_none() || self.machine != machine() {
            return Process::Unknown;
        }
        match (process(self.pid), self.started) {
            (Some(entry), _) if entry.has_ended => Process::Ended,
            (Some(entry), Some(started)) if entry.started == started => Process::Runs,
            (Some(_), Some(_)) => Process::Ended,
            (None, _) if !is_numbered(self.pid) => Process::Ended,
            _ => Process::Unknown,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {}", self.pid, self.host)
    }
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "unknown".into())
}

/// The start of this machine and the space of process numbers that we are in.
#[cfg(target_os = "linux")]
fn machine() -> Option<String> {
    static MACHINE: OnceLock<Option<String>> = OnceLock::new();
    MACHINE.get_or_init(found_machine).clone()
}

#[cfg(target_os = "linux")]
fn found_machine() -> Option<String> {
    let start = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", start.trim(), space.display()))
}

/// Without the start of the machine: process numbers given again then look alive, and the beats
/// decide.
#[cfg(all(unix, not(target_os = "linux")))]
fn machine() -> Option<String> {
    Some(host())
}

#[cfg(not(unix))]
fn machine() -> Option<String> {
    None
}

/// A line of the process table.
struct Entry {
    /// Whether only its parent has yet to hear of its end.
    has_ended: bool,
    /// In ticks since the machine's start.
    started: u64,
}

/// The process of that number, where `/proc` shows it.
fn process(pid: u32) -> Option<Entry> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold spaces and brackets. The
    // third is the state and the 22nd the start.
    let mut fields = line[line.rfind(')')? + 1..].split_ascii_whitespace();
    let has_ended = matches!(fields.next()?, "Z" | "X");
    let started = fields.nth(18)?.parse().ok()?;
    Some(Entry { has_ended, started })
}

/// Whether any process has that number; also one that we may not see.
#[cfg(unix)]
fn is_numbered(pid: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_none_or(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

#[cfg(not(unix))]
fn is_numbered(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_process_table_knows_its_own() {
        let own = Owner::this_process();
        assert_eq!(own.process(), Process::Runs);
        let elsewhere = Owner {
            machine: Some("another".into()),
            ..own.clone()
        };
        assert_eq!(elsewhere.process(), Process::Unknown);
        let before = Owner {
            started: own.started.map(|s| s - 1),
            ..own.clone()
        };
        assert_eq!(
            before.process(),
            Process::Ended,
            "the number was given again"
        );

        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let of_child = |started| Owner {
            pid: child.id(),
            started,
            ..own.clone()
        };
        let started = process(child.id()).map(|e| e.started);
        let (known, unknown) = (of_child(started), of_child(None));
        assert_eq!(known.process(), Process::Runs);
        assert_eq!(unknown.process(), Process::Unknown);
        child.kill().unwrap();
        while known.process() == Process::Runs {
            std::thread::yield_now();
        }
        // Nobody has asked how it ended, so its number is still taken.
        assert_eq!(known.process(), Process::Ended);
        child.wait().unwrap();
        assert_eq!(known.process(), Process::Ended);
        assert_eq!(unknown.process(), Process::Ended);
    }
}
