//! The command line.

mod cli;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let code = match catch_unwind(AssertUnwindSafe(|| cli::run(arguments))) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("error: {error:#}");
            cli::Exit::Usage
        }
        Err(_) => {
            eprintln!("error: internal error; nothing that was written is lost, please report the message above");
            cli::Exit::Internal
        }
    };
    ExitCode::from(code as u8)
}
