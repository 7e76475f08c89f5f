//! The command line.

mod cli;
mod shortage;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use kernels::{LargeBlocks, OrEnd};
use mimalloc::MiMalloc;

/// The large blocks of one training step serve the next; the small ones are better off with mimalloc.
#[global_allocator]
static ALLOCATOR: OrEnd<LargeBlocks<MiMalloc>, 75> = OrEnd(LargeBlocks(MiMalloc));

fn main() -> ExitCode {
    shortage::start_threads();
    let arguments = cli::Arguments::parse();
    let code = match catch_unwind(AssertUnwindSafe(|| cli::run(arguments))) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("error: {}", message(&error));
            cli::Exit::of(&error)
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
