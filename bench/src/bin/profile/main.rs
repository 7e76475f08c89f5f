//! Times every instruction of a work's program alone.
//!
//! ```text
//! cargo run --release -p bench --bin profile -- WORK [train|probe|infer] [bf16] [--steps N] [--threads N] [--detail]
//! ```
//! One line for all instructions of a name: their share of the step, milliseconds a step, GFLOP/s by
//! direct sums (so that fast algorithms may exceed the machine), GB/s of operands that are each read
//! or written once, and how many there are in a step. With `--detail` those of different shapes
//! have lines of their own: convolutions with what they read, its extents, kernel `k`, stride `s`,
//! groups `g` and channels; all others with the shape of what they write.

mod measurement;
mod options;
mod table;

use bench::Trial;
use bench::memory::mib;
use kernels::LargeBlocks;
use mimalloc::MiMalloc;

use crate::options::Options;
use crate::table::Table;

#[global_allocator]
static ALLOCATOR: LargeBlocks<MiMalloc> = LargeBlocks(MiMalloc);

fn main() -> anyhow::Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut trial = Trial::new(&options.work, options.pass, options.precision)?;
    let program = trial.program()?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()?;
    let seconds = pool.install(|| measurement::seconds(&trial, &program, options.steps));
    let step: f64 = seconds.iter().sum();
    println!(
        "{:.1} ms a step, {:.1} images/s; planned {:.1} MiB of maps (at least {:.1}), {:.1} MiB of tensors",
        step * 1e3,
        options.work.batch as f64 / step,
        mib(program.memory.peak_bytes()),
        mib(program.bound_bytes()),
        mib(program.kept_bytes()),
    );
    print!("{}", Table::of(&program, &seconds, options.detail));
    Ok(())
}
