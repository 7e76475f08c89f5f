//! `weights fetch`: known weights into the cache.

use std::path::PathBuf;

use clap::Args;
use study::StudyError;
use telling::Meter;
use transfusion::weights::{Access, ENTRIES, Known, cache};

use crate::cli::exit::Exit;

#[derive(Debug, Args)]
pub struct Fetch {
    /// Name of the weights, as `transfusion weights list` has it
    name: String,
    /// Open no connection; say what is missing
    #[arg(long)]
    offline: bool,
    /// Take the file from here: it, or a folder that holds it, got by other means
    #[arg(long, value_name = "FILE_OR_FOLDER")]
    from: Option<PathBuf>,
}

impl Fetch {
    pub fn run(self) -> anyhow::Result<Exit> {
        let known = known(&self.name)?;
        let access = match (&self.from, self.offline) {
            (Some(from), _) => Access::From(from),
            (None, true) => Access::Offline,
            (None, false) => Access::Online,
        };
        say!("fetching {} ({})", known.name, known.licence);
        let fetched = cache::fetch(known, access, &mut Meter::default())?;
        output!(
            "{}{}",
            fetched.path.display(),
            if fetched.is_new {
                ""
            } else {
                " (was already there)"
            }
        );
        Ok(Exit::Done)
    }
}

/// The weights of that name; an error that names them all otherwise.
fn known(name: &str) -> Result<&'static Known, StudyError> {
    Known::find(name).ok_or_else(|| {
        let names: Vec<_> = ENTRIES.iter().map(|known| known.name).collect();
        StudyError::Value {
            field: "name",
            expected: format!("one of {}", names.join(", ")),
            found: match networks::zoo::nearest(name, &names) {
                Some(nearest) => format!("`{name}` (did you mean `{nearest}`?)"),
                None => format!("`{name}`"),
            },
        }
    })
}
