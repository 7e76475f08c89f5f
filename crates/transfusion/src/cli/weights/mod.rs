//! `weights`: list, fetch, inspect, convert.

mod convert;
mod fetch;
mod inspect;
mod list;

use clap::Subcommand;

use super::exit::Exit;

#[derive(Debug, Subcommand)]
pub enum Weights {
    /// List the known pretrained weights, those built in, and which are in the cache
    List(list::List),
    /// Bring known weights into the cache, checked by their hash
    Fetch(fetch::Fetch),
    /// Print the tensors of a file of weights, their statistics and which network they fit
    Inspect(inspect::Inspect),
    /// Write weights of any format as safetensors with what is known of them
    Convert(convert::Convert),
}

impl Weights {
    pub fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::List(command) => command.run(),
            Self::Fetch(command) => command.run(),
            Self::Inspect(command) => command.run(),
            Self::Convert(command) => command.run(),
        }
    }
}
