//! `devices`: what there is to compute on.

use clap::Args;
use devices::Machine;

use super::exit::Exit;
use super::output::print_json;

/// Show the processor and every GPU, what GPUs need, and what of it is missing
#[derive(Debug, Args)]
pub struct Devices {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Devices {
    pub fn run(self) -> anyhow::Result<Exit> {
        let machine = Machine::look();
        match self.json {
            true => print_json(&machine)?,
            false => output!("{machine}"),
        }
        Ok(Exit::Done)
    }
}
