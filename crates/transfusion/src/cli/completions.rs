//! `completions`: what a shell completes.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::exit::Exit;
use super::output::print_bytes;

/// Print what makes a shell complete commands and options
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(self, mut command: Command) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        generate(self.shell, &mut command, "transfusion", &mut script);
        print_bytes(&script);
        Ok(Exit::Done)
    }
}
