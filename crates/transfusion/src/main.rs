//! The command line.

mod cli;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use kernels::{LargeBlocks, OrEnd};
use mimalloc::MiMalloc;

/// The large blocks of one training step serve the next; the small ones are better off with mimalloc.
#[global_allocator]
static ALLOCATOR: LargeBlocks<OrEnd<MiMalloc, { cli::Exit::Usage as i32 }>> =
    LargeBlocks(OrEnd(MiMalloc));

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    start_threads();
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

/// Starts the threads that work in parallel. Where the system refuses them, all is done on this one:
/// later, and not other.
fn start_threads() {
    if rayon::ThreadPoolBuilder::new().build_global().is_ok() {
        return;
    }
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    match alone.build_global() {
        Ok(()) => eprintln!("note: the system refuses more threads; the work is done on one"),
        Err(error) => eprintln!("note: no thread can be started ({error})"),
    }
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
