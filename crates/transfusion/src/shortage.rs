//! What the machine does not have just now: memory, threads.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::Exit;

/// Ends the program where memory is exhausted. Whatever was written is whole, so that it goes on
/// when it is run again.
pub fn of_memory(bytes: usize) {
    static IS_ENDING: AtomicBool = AtomicBool::new(false);
    // What is printed may ask for memory, too; and other threads may come here.
    if !IS_ENDING.swap(true, Ordering::Relaxed) {
        writeln!(
            std::io::stderr(),
            "error: this process gets no more memory ({bytes} bytes were asked for); nothing that was written is lost: free some, or ask for less with `--jobs 1`, and run again"
        )
        .ok();
        std::process::exit(Exit::Interrupted as i32);
    }
}

/// Starts the threads that share the work; fewer where the machine does not give as many.
pub fn start_threads() {
    let begun = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build_global()
    };
    // 0: one a core, or as RAYON_NUM_THREADS says.
    if let Err(error) = begun(0)
        && begun(1).is_err()
    {
        writeln!(
            std::io::stderr(),
            "error: the machine gives no thread ({error}); nothing is lost: run again when it does"
        )
        .ok();
        std::process::exit(Exit::Interrupted as i32);
    }
}
