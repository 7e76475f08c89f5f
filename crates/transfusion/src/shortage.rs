//! What the machine does not have just now: threads.

use std::io::Write as _;

use crate::cli::Exit;

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
