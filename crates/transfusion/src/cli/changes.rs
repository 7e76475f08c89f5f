//! `--set`: keys of a configuration, from the command line.

use std::path::{Path, PathBuf};

use clap::Args;
use manual::{ChangeError, with_changes};
use study::{StudySpec, parse, read_text};

#[derive(Debug, Args)]
pub struct Changes {
    /// Set a key of the configuration, such as train.lr=3e-4; may be repeated. The directory of the
    /// study keeps the configuration with it
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl Changes {
    /// The text of a configuration with what is set, what it says, and its name in messages.
    pub fn read(&self, path: &Path) -> anyhow::Result<(String, StudySpec)> {
        let text = read_text(path)?;
        match with_changes(&text, &self.set) {
            Ok(changed) => {
                let spec = parse(&changed, &self.name(path))?;
                Ok((changed, spec))
            }
            // What the file itself is blamed for is told as without changes.
            Err(ChangeError::Text(error)) => {
                parse::<StudySpec>(&text, path)?;
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn name(&self, path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        for set in &self.set {
            name.push(format!(" --set {set}"));
        }
        name.into()
    }
}
