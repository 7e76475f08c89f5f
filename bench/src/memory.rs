//! How much memory this process holds.

use anyhow::{Context as _, anyhow};

/// Resident memory now, in MiB.
pub fn resident_mib() -> anyhow::Result<f64> {
    status("VmRSS:")
}

/// Pages of mapped files, the program's own among them, that are resident now, in MiB.
pub fn file_mib() -> anyhow::Result<f64> {
    status("RssFile:")
}

/// The most resident memory so far, in MiB.
pub fn peak_mib() -> anyhow::Result<f64> {
    status("VmHWM:")
}

/// Bytes in MiB.
pub fn mib(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn status(key: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/self/status")
        .context("memory is read from /proc, which only Linux has")?;
    text.lines()
        .find_map(|line| line.strip_prefix(key))
        .and_then(|rest| rest.trim().split(' ').next())
        .and_then(|number| number.parse::<f64>().ok())
        .map(|kib| kib / 1024.0)
        .ok_or_else(|| anyhow!("no `{key}` in /proc/self/status"))
}
