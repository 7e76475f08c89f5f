//! Signals: the first that asks for an end stops after the current step, the second at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::exit::Exit;

/// The flag that the first Ctrl-C, termination signal or closed terminal sets, from the first call on.
pub fn flag() -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    FLAG.get_or_init(listening).clone()
}

fn listening() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    if let Err(error) = listen(&flag) {
        say!("note: Ctrl-C ends the program at once ({error})");
    }
    flag
}

/// A flag that the first signal that asks for an end sets, without a word.
pub fn quiet_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ] {
        // Where it cannot be registered, the signal ends the program.
        signal_hook::flag::register(signal, flag.clone()).ok();
    }
    flag
}

/// Says that the work stops.
pub fn tell() {
    say!("stopping after this step; run again to go on");
}

/// What a request for an end does. A terminal that closes says so more than once (by its own
/// signal and its shell's), so `is_repeated_by_itself` never ends the program at once.
fn end(flag: &AtomicBool, is_repeated_by_itself: bool) {
    match flag.swap(true, Ordering::Relaxed) {
        false => tell(),
        true if is_repeated_by_itself => {}
        true => std::process::exit(Exit::Interrupted as i32),
    }
}

#[cfg(unix)]
fn listen(flag: &Arc<AtomicBool>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut asked = vec![SIGINT, SIGTERM];
    // Under nohup the work goes on after its terminal has closed.
    if !is_ignored(SIGHUP) {
        asked.push(SIGHUP);
    }
    let mut signals = signal_hook::iterator::Signals::new(asked)?;
    let flag = flag.clone();
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for signal in signals.forever() {
                end(&flag, signal == SIGHUP);
            }
        })?;
    Ok(())
}

/// Waits until somebody asks for an end, by any of the same signals.
#[cfg(unix)]
pub fn wait() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut asked = vec![SIGINT, SIGTERM];
    if !is_ignored(SIGHUP) {
        asked.push(SIGHUP);
    }
    match signal_hook::iterator::Signals::new(asked) {
        Ok(mut signals) => {
            signals.forever().next();
        }
        // Then a signal ends the program by itself.
        Err(_) => loop {
            std::thread::park();
        },
    }
}

/// The same where there are no signals.
#[cfg(not(unix))]
pub fn wait() {
    let (asked, end) = std::sync::mpsc::channel();
    match ctrlc::set_handler(move || asked.send(()).unwrap_or_default()) {
        Ok(()) => end.recv().unwrap_or_default(),
        Err(_) => loop {
            std::thread::park();
        },
    }
}

/// Whether the process was started with this signal ignored, where the system tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let ignored = std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        });
    ignored.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(not(unix))]
fn listen(flag: &Arc<AtomicBool>) -> Result<(), ctrlc::Error> {
    let flag = flag.clone();
    ctrlc::set_handler(move || end(&flag, false))
}

/// Makes a limit on the size of files (`ulimit -f`) an error of the write, with a message, instead
/// of the end of the program.
pub fn survive_full_files() {
    #[cfg(unix)]
    {
        // A handler takes the place of the deadly default; nobody reads the flag.
        let reached = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, reached).ok();
    }
}
