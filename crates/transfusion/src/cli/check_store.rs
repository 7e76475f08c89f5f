//! `check-store`: whether a directory keeps what a study asks of a file system.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;
use durable::FileError;
use durable::store::{Check, Partner, StoreError, check, serve};
use serde_json::json;

use super::exit::Exit;
use super::interrupt;
use super::output::print_json;
use super::table::table;

/// Name of the hidden command that the second process is given.
const PARTNER: &str = "check-store-partner";

/// Check whether a directory keeps what a study asks of a file system
///
/// Tries with two processes what studies rely on: files made by one of two, files replaced whole,
/// how soon the other process sees them, times, syncing, names, room and speed. Works in a folder of
/// its own inside the directory, removes it, and touches nothing else.
#[derive(Debug, Args)]
pub struct CheckStore {
    /// Where studies are to be
    directory: PathBuf,
    /// Start the second process by this command, on another machine that has the directory under the
    /// same path: "ssh node7 /opt/transfusion"
    #[arg(long, value_name = "COMMAND")]
    with: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl CheckStore {
    pub fn run(self) -> anyhow::Result<Exit> {
        let stop = interrupt::quiet_flag();
        let directory = std::fs::canonicalize(&self.directory)
            .map_err(FileError::io("find", &self.directory))?;
        if !directory.is_dir() {
            bail!("{}: expected a directory", directory.display());
        }
        let partner = self.partner()?;
        let checks = match check(&directory, partner, &stop) {
            Err(StoreError::Interrupted) => {
                say!("{}", StoreError::Interrupted);
                return Ok(Exit::Interrupted);
            }
            checks => checks?,
        };
        let findings = checks
            .iter()
            .filter(|check| check.finding.is_some())
            .count();
        match self.json {
            true => print_json(&json!({
                "directory": directory,
                "with": self.with,
                "is_fine": findings == 0,
                "checks": checks,
            }))?,
            false => tell(&directory, &checks, self.with.is_some()),
        }
        Ok(match findings {
            0 => Exit::Done,
            _ => Exit::Findings,
        })
    }

    fn partner(&self) -> anyhow::Result<Partner> {
        let mut words = self.with.iter().flat_map(|with| with.split_whitespace());
        let mut command = match words.next() {
            Some(program) => Command::new(program),
            None => Command::new(std::env::current_exe().context("cannot find this program")?),
        };
        command.args(words).arg(PARTNER).stderr(Stdio::inherit());
        Ok(Partner::start(command)?)
    }
}

fn tell(directory: &Path, checks: &[Check], is_elsewhere: bool) {
    let row = |check: &Check| {
        let verdict = match check.finding {
            None => "fine",
            Some(_) => "NOT FINE",
        };
        vec![check.need.into(), verdict.into(), check.seen.clone()]
    };
    let shown = table(
        &["what a study needs", "", "seen"],
        3,
        checks.iter().map(row),
    );
    output!("{shown}");
    for check in checks {
        if let Some(finding) = &check.finding {
            output!("{}: {finding}", check.need);
        }
    }
    if checks.iter().all(|check| check.finding.is_none()) {
        output!("{} is fine for studies", directory.display());
    }
    if !is_elsewhere {
        say!(
            "both processes were on this machine; where several are to share the directory, try two: --with \"ssh <machine> transfusion\""
        );
    }
}

/// The second process of `check-store`: asked on stdin, answers on stdout
#[derive(Debug, Args)]
pub struct CheckStorePartner;

impl CheckStorePartner {
    pub fn run(self) -> anyhow::Result<Exit> {
        let stop = interrupt::quiet_flag();
        serve(std::io::stdin().lock(), std::io::stdout().lock(), &stop)?;
        Ok(Exit::Done)
    }
}
