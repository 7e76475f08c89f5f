//! Results on stdout.

use std::io::Write as _;

use anyhow::Context as _;

use super::exit::Exit;

/// Prints a line on stdout. A reader that has gone (`| head`) ends the program in peace.
pub fn print_line(line: std::fmt::Arguments) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => {
            std::process::exit(Exit::Done as i32)
        }
        printed => printed.context("cannot print to stdout"),
    }
}
