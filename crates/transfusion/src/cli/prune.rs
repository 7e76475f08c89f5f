//! `prune`: remove what no longer belongs to a study.

use std::path::PathBuf;

use clap::Args;
use record::StudyDirectory;
use serde_json::json;

use super::exit::Exit;
use super::output::print_json;
use super::table::counted;

/// Remove the results of earlier plans that no longer belong to a study
#[derive(Debug, Args)]
pub struct Prune {
    /// Directory of the study
    study: PathBuf,
    /// Only list them
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Prune {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(self.study);
        let found = match self.dry_run {
            true => directory.superseded()?,
            false => directory.prune()?,
        };
        if self.json {
            let records: Vec<_> = found.all().collect();
            print_json(&json!({ "removed": !self.dry_run, "records": records }))?;
            return Ok(Exit::Done);
        }
        for path in found.all() {
            output!("{}", path.display());
        }
        let count = counted(found.all().count(), "record");
        say!(
            "{count} {}",
            match self.dry_run {
                true => "would be removed",
                false => "removed",
            }
        );
        Ok(Exit::Done)
    }
}
