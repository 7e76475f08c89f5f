//! `new`: a commented study to start from.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use super::exit::Exit;

/// What `new` writes: every key with its meaning, unit and default.
const TEMPLATE: &str = include_str!("../../../../configs/template.toml");

/// Write a commented study.toml into a new directory
#[derive(Debug, Args)]
pub struct New {
    /// Directory to make
    directory: PathBuf,
}

impl New {
    pub fn run(self) -> anyhow::Result<Exit> {
        let path = self.directory.join("study.toml");
        if path.exists() {
            bail!(
                "{} already exists and was left as it is; choose another directory",
                path.display()
            );
        }
        std::fs::create_dir_all(&self.directory)
            .with_context(|| format!("cannot create {}", self.directory.display()))?;
        durable::write(&path, TEMPLATE.as_bytes())?;
        output!("{}", path.display());
        eprintln!(
            "edit it, then: transfusion plan {0}, transfusion run {0}",
            path.display()
        );
        Ok(Exit::Done)
    }
}
