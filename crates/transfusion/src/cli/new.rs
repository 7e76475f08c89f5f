//! `new`: a commented study to start from, empty or from a look at one's own data.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::exit::Exit;
use super::from_data::from_data;
use super::shell::word;

/// What `new` writes: every key with its meaning, unit and default.
const TEMPLATE: &str = include_str!("../../../../configs/template.toml");

/// Write a commented study.toml into a new directory
#[derive(Debug, Args)]
pub struct New {
    /// Directory to make
    directory: PathBuf,
    /// Look at this folder or table, say what it is believed to be, and write a study of it
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
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
        let text = match &self.from {
            None => TEMPLATE.to_owned(),
            Some(from) => from_data(&absolute(from)?)?,
        };
        std::fs::create_dir_all(&self.directory)
            .with_context(|| format!("cannot create {}", self.directory.display()))?;
        durable::write(&path, text.as_bytes())?;
        output!("{}", path.display());
        let next = match self.from {
            None => "edit it, then: transfusion plan",
            Some(_) => "next: transfusion data audit",
        };
        say!("{next} {0}, transfusion run {0}", word(&path));
        Ok(Exit::Done)
    }
}

/// The path from anywhere: the study lies in another directory than this one.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
}
