//! Looking at the data of a study without training.

use std::path::PathBuf;

use clap::Args;
use study::{DataSpec, OpenData, StudySpec, open_source, parse, read_text};

use crate::cli::exit::Exit;
use crate::cli::location::locate;
use crate::cli::output::print_json;

#[derive(Debug, Args)]
pub struct Look {
    /// The study's configuration
    study: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl Look {
    /// The data of the study, with the folder of its configuration.
    pub(super) fn spec(&self) -> anyhow::Result<(DataSpec, PathBuf)> {
        let (path, base) = locate(&self.study);
        let spec: StudySpec = parse(&read_text(&path)?, &path)?;
        Ok((spec.data, base))
    }

    /// The data, opened whatever crosses their parts: who looks wants to see that.
    pub(super) fn open(&self) -> anyhow::Result<OpenData> {
        let (mut spec, base) = self.spec()?;
        spec.allow_leaks.get_or_insert("only looked at".into());
        OpenData::new(&spec, &base, None)
    }

    /// Decodes every picture and names those that cannot be read.
    pub(super) fn check(self) -> anyhow::Result<Exit> {
        let (spec, base) = self.spec()?;
        let dataset = open_source(&spec, &base)?.dataset;
        let bad = dataset.check();
        if self.json {
            let rows: Vec<_> = bad
                .iter()
                .map(|u| serde_json::json!({"picture": u.path, "reason": u.reason.to_string()}))
                .collect();
            print_json(&rows)?;
        } else {
            for picture in &bad {
                output!("{picture}");
            }
            output!("{} pictures, {} cannot be read", dataset.len(), bad.len());
        }
        Ok(if bad.is_empty() {
            Exit::Done
        } else {
            Exit::Findings
        })
    }
}
