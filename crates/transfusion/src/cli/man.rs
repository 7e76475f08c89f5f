//! `man`: manual pages.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};

use super::exit::Exit;
use super::output::print_bytes;

/// Print the manual page, or write the pages of all commands into a folder
#[derive(Debug, Args)]
pub struct Man {
    /// Folder for a page a command [default: the page of transfusion itself, on stdout]
    folder: Option<PathBuf>,
}

impl Man {
    pub fn run(self, mut command: Command) -> anyhow::Result<Exit> {
        // Gives commands of commands their whole names.
        command.build();
        let Some(folder) = self.folder else {
            print_bytes(&page(&command)?);
            return Ok(Exit::Done);
        };
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let mut commands = vec![&command];
        while let Some(command) = commands.pop() {
            let shown = |inner: &&Command| !inner.is_hide_set() && inner.get_name() != "help";
            commands.extend(command.get_subcommands().filter(shown));
            let name = command.get_display_name().unwrap_or(command.get_name());
            let path = folder.join(format!("{name}.1"));
            durable::write(&path, &page(command)?)?;
            output!("{}", path.display());
        }
        Ok(Exit::Done)
    }
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}
