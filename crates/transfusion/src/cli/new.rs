//! `new`: a commented study to start from, empty or from a look at one's own data.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use manual::{File, schema};

use super::exit::Exit;
use super::from_data::from_data;
use super::shell::word;

/// What `new` writes: every key with its meaning, unit and default.
const TEMPLATE: &str = include_str!("../../../../configs/template.toml");
/// The schema beside it, which its first line names.
const SCHEMA: &str = "study.schema.json";

/// Write a commented study.toml into a new directory
#[derive(Debug, Args)]
pub struct New {
    /// Directory to make
    directory: PathBuf,
    /// Look at this folder or table, say what it is believed to be, and write a study of it
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// Also write study.schema.json, by which editors know the keys; where it is there already, the
    /// first line of study.toml names it without this option
    #[arg(long)]
    schema: bool,
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
        let text = match self.with_schema()? {
            true => format!("#:schema ./{SCHEMA}\n{text}"),
            false => text,
        };
        durable::write(&path, text.as_bytes())?;
        output!("{}", path.display());
        let next = match self.from {
            None => "edit it, then: transfusion plan",
            Some(_) => "next: transfusion data audit",
        };
        say!("{next} {0}, transfusion run {0}", word(&path));
        Ok(Exit::Done)
    }

    /// Whether there is a schema beside the study, after it was written where that was asked for.
    fn with_schema(&self) -> anyhow::Result<bool> {
        let path = self.directory.join(SCHEMA);
        if self.schema {
            let text = format!("{:#}\n", schema(File::Study));
            durable::write(&path, text.as_bytes())?;
        }
        Ok(path.is_file())
    }
}

/// The path from anywhere: the study lies in another directory than this one.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
}
