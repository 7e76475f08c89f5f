//! `explain`: what a key of `study.toml` means.

use clap::Args;
use manual::{STUDY, explain};
use serde_json::json;

use super::exit::Exit;
use super::output::print_json;

/// Tell what a key of study.toml means: what may be written, its default, an example, its page
#[derive(Debug, Args)]
pub struct Explain {
    /// The key, such as train.lr or grid.init.transfuse [default: the tables are listed]
    key: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(self) -> anyhow::Result<Exit> {
        match (self.key, self.json) {
            (Some(key), true) => print_json(&explain(&key)?)?,
            (Some(key), false) => output!("{}", explain(&key)?),
            (None, true) => {
                let about = |key: &manual::Key| json!({ "key": key.name, "about": key.about });
                print_json(&STUDY.iter().map(about).collect::<Vec<_>>())?;
            }
            (None, false) => {
                for key in STUDY {
                    output!("{:<10} {}", key.name, key.about);
                }
            }
        }
        Ok(Exit::Done)
    }
}
