//! Results on stdout. Losing stdout stops no work: what is on disk matters more than what is
//! printed, and the exit code says what became of the work.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use transfusion::terminal::{visible, visible_json};

/// Why nothing more is printed.
enum Lost {
    /// The reader has gone (`| head`): it has what it wanted.
    ReaderGone,
    /// The system refused, such as for a full disk.
    Refused(std::io::Error),
}

static LOST: Mutex<Option<Lost>> = Mutex::new(None);

/// Prints a line, as long as stdout takes lines.
pub fn print_line(line: Arguments) {
    print(&format!("{}\n", visible(&line.to_string())));
}

/// Prints a value as JSON.
pub fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(value)?;
    print(&format!("{}\n", visible_json(&json)));
    Ok(())
}

/// Prints JSON that is one line already.
pub fn print_json_line(json: &str) {
    print(&format!("{}\n", visible_json(json)));
}

fn print(text: &str) {
    let is_lost = || {
        LOST.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    };
    if is_lost() {
        return;
    }
    let mut stdout = std::io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    if let Err(error) = printed {
        lose(error);
    }
}

/// Notes that stdout takes nothing any more.
pub fn lose(error: std::io::Error) {
    let lost = match error.kind() {
        ErrorKind::BrokenPipe => Lost::ReaderGone,
        _ => Lost::Refused(error),
    };
    LOST.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert(lost);
}

/// Why stdout refused what was printed, if it did. A reader that has gone is no error.
pub fn refused() -> Option<std::io::Error> {
    match LOST.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(Lost::Refused(error)) => Some(error),
        Some(Lost::ReaderGone) | None => None,
    }
}
