//! Times the layers of the benchmark's networks on noise: the measurement behind the table in
//! `kernels::Algorithm::choose`.
//!
//! ```text
//! cargo run --release -p bench --bin layers -- [PREFIX] [--cpu] [--bf16]
//! ```
//! Convolutions by every algorithm that can compute them: milliseconds, and behind them the
//! GFLOP/s of the direct sum (so that fast algorithms may exceed the machine). `*` marks the
//! algorithm that the table chooses, `!` a faster one where the choice is more than a tenth slower.
//! Then batch norm with ReLU (`norm`), with pooling (`pooled`) and with the sum of a residual block
//! (`residual`), and attention, layer norm over the channels of every pixel (`pixel norm`) and GELU,
//! forward and backward. With `--cpu` on one thread, counting its own time only.

mod clock;
mod convolutions;
mod norms;
mod tokens;

use kernels::Precision;

/// What to time.
pub struct Options {
    /// Of the names of layers.
    pub prefix: String,
    /// Whether to count the time of one thread only.
    pub cpu: bool,
    /// Of the convolutions.
    pub precision: Precision,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let prefix = arguments.iter().find(|a| !a.starts_with("--"));
    let options = Options {
        prefix: prefix.cloned().unwrap_or_default(),
        cpu: has("--cpu"),
        precision: match has("--bf16") {
            true => Precision::Bf16,
            false => Precision::Single,
        },
    };
    if options.cpu {
        // One thread, this one: its clock then sees all the work.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread();
        pool.build_global()?;
    }
    convolutions::report(&options)?;
    norms::report(&options)?;
    tokens::report(&options)?;
    Ok(())
}
