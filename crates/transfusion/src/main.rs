//! The command line.

mod cli;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;

/// Keeps the large blocks of one training step for the next; the system's allocator gives them back
/// and pays for every page again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let report_panic = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if unprinted(info.payload()).is_none() {
            report_panic(info);
        }
    }));
    let code = match catch_unwind(AssertUnwindSafe(|| cli::run(arguments))) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("error: {}", message(&error));
            cli::Exit::Usage
        }
        Err(panic) => match unprinted(&*panic) {
            // Whoever read the output has seen enough.
            Some(reason) if reason.contains("Broken pipe") => cli::Exit::Done,
            Some(reason) => {
                eprintln!("error: cannot print the result: {reason}; files are written");
                cli::Exit::Usage
            }
            None => {
                eprintln!(
                    "error: internal error; nothing that was written is lost, please report the message above"
                );
                cli::Exit::Internal
            }
        },
    };
    ExitCode::from(code as u8)
}

/// Why standard output took no more, if that is what `println!` panicked about.
fn unprinted(panic: &(dyn Any + Send)) -> Option<&str> {
    panic
        .downcast_ref::<String>()?
        .strip_prefix("failed printing to stdout: ")
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
