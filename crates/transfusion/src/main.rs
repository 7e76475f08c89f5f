//! The command line.

mod cli;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;

/// Keeps the large blocks of one training step for the next; the system's allocator gives them back
/// and pays for every page again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let code = match catch_unwind(AssertUnwindSafe(|| cli::run(arguments))) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("error: {}", message(&error));
            cli::Exit::Usage
        }
        Err(_) => {
            eprintln!(
                "error: internal error; nothing that was written is lost, please report the message above"
            );
            cli::Exit::Internal
        }
    };
    ExitCode::from(code as u8)
}

/// The error and its causes, without those that a message already repeats.
fn message(error: &anyhow::Error) -> String {
    let mut message = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    message
}
