//! `prune`: remove what no longer belongs to a study.

use std::path::PathBuf;

use clap::Args;
use record::StudyDirectory;

use super::exit::Exit;
use super::table::counted;

/// Remove the results of earlier plans that no longer belong to a study
#[derive(Debug, Args)]
pub struct Prune {
    /// Directory of the study
    study: PathBuf,
    /// Only list them
    #[arg(long)]
    dry_run: bool,
}

impl Prune {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(self.study);
        let found = match self.dry_run {
            true => directory.superseded()?,
            false => directory.prune()?,
        };
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
