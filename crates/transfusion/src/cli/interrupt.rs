//! Ctrl-C: the first stops after the current step, the second at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first Ctrl-C (or a termination signal) sets.
pub fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = flag.clone();
    let handled = ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(super::exit::Exit::Interrupted as i32);
        }
        eprintln!("stopping after this step; run again to go on");
    });
    if let Err(error) = handled {
        eprintln!("note: Ctrl-C ends the program at once ({error})");
    }
    flag
}
