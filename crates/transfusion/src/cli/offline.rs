//! Machines without a connection.

use std::path::Path;

use anyhow::bail;
use study::{StudySpec, to_fetch};
use transfusion::download::{OFFLINE, is_offline};

/// Where the machine is offline, by `flag` or by the variable, names all that would have to be
/// downloaded, before anything is opened.
pub fn check(flag: bool, spec: &StudySpec, base: &Path) -> anyhow::Result<()> {
    let missing = match flag || is_offline() {
        true => to_fetch(spec, base),
        false => Vec::new(),
    };
    if missing.is_empty() {
        return Ok(());
    }
    let by = if flag { "--offline" } else { OFFLINE };
    bail!(
        "{by}: the study needs what is not on this machine; where there is a connection, run: {}",
        missing.join("; ")
    )
}
