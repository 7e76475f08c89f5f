//! How much memory this process may still take, and has taken.

use std::fs::read_to_string;
use std::path::Path;

/// Free memory in MiB, the least of what the machine and the process's control group leave; `None`
/// where the system does not tell.
pub fn free_mib() -> Option<f64> {
    let machine = read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()
    });
    let group = group_bytes(Path::new("/sys/fs/cgroup"));
    [
        machine.map(|kib| kib / 1024.0),
        group.map(|b| b / f64::from(1 << 20)),
    ]
    .into_iter()
    .flatten()
    .reduce(f64::min)
}

/// What version 2 of Linux's control groups leaves; no limit is no number.
fn group_bytes(group: &Path) -> Option<f64> {
    let number =
        |name: &str| -> Option<f64> { read_to_string(group.join(name)).ok()?.trim().parse().ok() };
    Some((number("memory.max")? - number("memory.current")?).max(0.0))
}

/// Forgets the peak, so that [`peak_mib`] speaks of what follows; without effect where the system
/// keeps none.
pub fn forget_peak() {
    // Refused on some systems, which then keep the older peak.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory this process held since [`forget_peak`], in MiB; `None` where the system does
/// not tell.
pub fn peak_mib() -> Option<f64> {
    own_mib("VmHWM:")
}

/// The memory that this process holds now, in MiB; `None` where the system does not tell.
pub fn held_mib() -> Option<f64> {
    own_mib("VmRSS:")
}

fn own_mib(key: &str) -> Option<f64> {
    let status = read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(key))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_leaves_what_it_does_not_use() {
        let group = tempfile::tempdir().unwrap();
        assert_eq!(group_bytes(group.path()), None);
        std::fs::write(group.path().join("memory.max"), "max\n").unwrap();
        std::fs::write(group.path().join("memory.current"), "600\n").unwrap();
        assert_eq!(group_bytes(group.path()), None);
        std::fs::write(group.path().join("memory.max"), "1000\n").unwrap();
        assert_eq!(group_bytes(group.path()), Some(400.0));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_machine_has_some_left() {
        assert!(free_mib().unwrap() > 1.0);
        assert!(peak_mib().unwrap() > 1.0);
    }
}
