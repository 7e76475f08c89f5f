//! `self-check`: whether the program does on this machine what it promises.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use durable::FileError;
use self_check::{Check, State, Subject, every};
use serde_json::json;

use super::exit::Exit;
use super::interrupt;
use super::output::print_json;

/// Check in about a minute that the program does on this machine what it promises
///
/// Known numbers, the kernels of this processor and its GPUs against plain sums, gradients against
/// differences, a study that is killed and goes on, and what studies ask of the file system. Needs
/// no network and no data; works in folders of its own inside the directory, and removes them.
#[derive(Debug, Args)]
pub struct SelfCheck {
    /// Where studies are to be
    #[arg(default_value = ".")]
    directory: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl SelfCheck {
    pub fn run(self) -> anyhow::Result<Exit> {
        let stop = interrupt::quiet_flag();
        let directory = std::fs::canonicalize(&self.directory)
            .map_err(FileError::io("find", &self.directory))?;
        if !directory.is_dir() {
            bail!("{}: expected a directory", directory.display());
        }
        let subject = Subject {
            program: std::env::current_exe().context("cannot find this program")?,
            directory,
        };
        let began = Instant::now();
        let mut checks: Vec<Check> = Vec::new();
        let told = every(&subject, &stop, &mut |check| {
            if !self.json {
                output!("{check}");
            }
            checks.push(check);
        });
        if let Err(interrupted) = told {
            say!("{interrupted}");
            return Ok(Exit::Interrupted);
        }
        let seconds = began.elapsed().as_secs_f64();
        let failed = checks.iter().filter(|check| check.state == State::Failed);
        let failed = failed.count();
        match self.json {
            true => print_json(&json!({
                "program": concat!("transfusion ", env!("CARGO_PKG_VERSION")),
                "directory": subject.directory,
                "is_fine": failed == 0,
                "seconds": seconds,
                "checks": checks,
            }))?,
            false if failed == 0 => {
                output!("all is well: {} checks in {seconds:.0} s", checks.len())
            }
            false => output!("{failed} of {} checks failed", checks.len()),
        }
        Ok(match failed {
            0 => Exit::Done,
            _ => Exit::Findings,
        })
    }
}
