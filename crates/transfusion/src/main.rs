//! The command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod shortage;

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use cli::{Exit, interrupt, message, output};
use engine::DeviceFault;
use kernels::{LargeBlocks, OrEnd};
use mimalloc::MiMalloc;
use transfusion::terminal::{one_line, say};

/// The large blocks of one training step serve the next; the small ones are better off with mimalloc.
#[global_allocator]
static ALLOCATOR: OrEnd<LargeBlocks<MiMalloc>, 75> = OrEnd(LargeBlocks(MiMalloc));

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        say(format_args!("{panic}"));
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            say(format_args!("{trace}"));
        }
    }));
    interrupt::survive_full_files();
    shortage::start_threads();
    let code = match cli::Arguments::try_parse() {
        Ok(arguments) => carry_out(arguments),
        Err(refused) => explain(&refused),
    };
    ExitCode::from(with_stdout(code) as u8)
}

fn carry_out(arguments: cli::Arguments) -> Exit {
    let caught = catch_unwind(AssertUnwindSafe(|| cli::run(arguments)));
    // A device that fails in the midst of work unwinds with its reason.
    let ended: Result<_, Box<dyn Any + Send>> =
        caught.or_else(|panic| Ok(Err((*panic.downcast::<DeviceFault>()?).into())));
    match ended {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            let code = Exit::of(&error);
            let hope = match code {
                Exit::Interrupted => "; this may pass: give the same command again then",
                _ => "",
            };
            say(format_args!("error: {}{hope}", message(&error)));
            code
        }
        Err(_) => {
            say(format_args!(
                "error: internal error; nothing that was written is lost, please report the message above"
            ));
            Exit::Internal
        }
    }
}

/// Prints help, or what is wrong with the arguments, which may come from anywhere.
fn explain(refused: &clap::Error) -> Exit {
    let code = match refused.use_stderr() {
        true => Exit::Usage,
        false => Exit::Done,
    };
    // In clap's colours, unless an argument would speak to the terminal itself.
    let is_harmless = |argument: std::ffi::OsString| {
        let argument = argument.to_string_lossy();
        one_line(&argument) == argument
    };
    let printed = match std::env::args_os().all(is_harmless) {
        true => refused.print(),
        false => {
            say(format_args!("{}", refused.render().to_string().trim_end()));
            Ok(())
        }
    };
    if let (Err(error), Exit::Done) = (printed, code) {
        output::lose(error);
    }
    code
}

/// What became of a command, and of what it printed.
fn with_stdout(code: Exit) -> Exit {
    let Some(error) = output::refused() else {
        return code;
    };
    say(format_args!(
        "error: stdout did not take all that was printed ({error}); files that were written are whole"
    ));
    match code {
        Exit::Done | Exit::Findings => Exit::Unprinted,
        code => code,
    }
}
