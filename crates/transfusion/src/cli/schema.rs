//! `schema`: what editors know of `study.toml`.

use clap::Args;
use manual::{File, schema};

use super::exit::Exit;
use super::output::print_json;

/// Print the JSON schema (draft 7) of study.toml, for editors
#[derive(Debug, Args)]
pub struct Schema {
    /// Of what `transfusion pretrain` reads instead
    #[arg(long)]
    pretrain: bool,
}

impl Schema {
    pub fn run(self) -> anyhow::Result<Exit> {
        print_json(&schema(match self.pretrain {
            true => File::Pretraining,
            false => File::Study,
        }))?;
        Ok(Exit::Done)
    }
}
