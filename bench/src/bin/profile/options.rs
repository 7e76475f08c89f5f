//! What is asked for.

use std::str::FromStr;

use anyhow::{Context as _, bail};
use bench::{Pass, Work};
use kernels::Precision;

/// What to profile, and how.
pub struct Options {
    pub work: Work,
    pub pass: Pass,
    /// Of products.
    pub precision: Precision,
    /// Steps that are timed, after one that is not.
    pub steps: usize,
    pub threads: usize,
    /// Whether shapes have lines of their own.
    pub detail: bool,
}

impl Options {
    /// Reads the arguments behind the program's name.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let work = arguments
            .next()
            .context("expected a work: <network>-<size>-b<batch>")?;
        let mut options = Self {
            work: Work::parse(&work)?,
            pass: Pass::Train,
            precision: Precision::Single,
            steps: 5,
            threads: 2,
            detail: false,
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "bf16" => options.precision = Precision::Bf16,
                "--steps" => options.steps = number(&argument, arguments.next())?,
                "--threads" => options.threads = number(&argument, arguments.next())?,
                "--detail" => options.detail = true,
                flag if flag.starts_with("--") => {
                    bail!("expected `--steps`, `--threads` or `--detail`, found `{flag}`")
                }
                word => options.pass = Pass::parse(word)?,
            }
        }
        Ok(options)
    }
}

/// The number behind a flag, at least 1.
fn number(flag: &str, value: Option<String>) -> anyhow::Result<usize> {
    let number = value.as_deref().map(usize::from_str);
    match number {
        Some(Ok(number)) if number > 0 => Ok(number),
        _ => bail!("expected a number from 1 behind `{flag}`, found {value:?}"),
    }
}
