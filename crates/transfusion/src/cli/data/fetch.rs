//! `data fetch`: a public data set, checked by its hash.

use std::path::PathBuf;

use clap::Args;
use study::StudyError;
use telling::Meter;
use transfusion::catalogue::{self, ENTRIES};
use transfusion::download::Download;

use crate::cli::exit::Exit;

#[derive(Debug, Args)]
pub struct Fetch {
    /// Name of the data set
    name: String,
    /// Folder to keep it in
    #[arg(long, default_value_os_t = catalogue::default_folder().to_path_buf())]
    to: PathBuf,
    /// Download from this address instead; the hash must be the published one all the same
    #[arg(long)]
    mirror: Option<String>,
}

impl Fetch {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let names: Vec<_> = ENTRIES.iter().map(|e| e.name).collect();
        let known = |found: String| StudyError::Value {
            field: "name",
            expected: format!("one of {}", names.join(", ")),
            found,
        };
        let entry = catalogue::find(&self.name).ok_or_else(|| {
            match networks::zoo::nearest(&self.name, &names) {
                Some(nearest) => known(format!("`{}` (did you mean `{nearest}`?)", self.name)),
                None => known(format!("`{}`", self.name)),
            }
        })?;
        let Some((url, checksum)) = entry.published else {
            return Err(StudyError::Value {
                field: "name",
                expected: "a data set that is published as one file".into(),
                found: format!(
                    "`{}`, which has to be put in place by hand: {}",
                    entry.name, entry.description
                ),
            }
            .into());
        };
        let path = self.to.join(entry.file);
        let url = self.mirror.as_deref().unwrap_or(url);
        say!("fetching {url} ({})", entry.licence);
        let is_new = Download::new(url, checksum, &path).run(&mut Meter::default())?;
        output!(
            "{}{}",
            path.display(),
            if is_new { "" } else { " (was already there)" }
        );
        Ok(Exit::Done)
    }
}
