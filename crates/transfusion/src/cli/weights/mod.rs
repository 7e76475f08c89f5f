//! `weights`: list, fetch.

mod fetch;
mod list;

use clap::Subcommand;

use super::Exit;

#[derive(Debug, Subcommand)]
pub enum Weights {
    /// List the known pretrained weights, those built in, and which are in the cache
    List(list::List),
    /// Bring known weights into the cache, checked by their hash
    Fetch(fetch::Fetch),
}

impl Weights {
    pub fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::List(command) => command.run(),
            Self::Fetch(command) => command.run(),
        }
    }
}
