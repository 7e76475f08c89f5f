//! Our side of the comparison with PyTorch: `step WORK MODE THREADS [bf16]` builds the work,
//! prints `ready` with the number of parameters, and then answers every line `N` on standard input
//! with the seconds that `N` steps took, the most memory that the process has held, what of it came
//! since it was ready to build, and what the program of a step plans for, all in MiB.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, bail};
use bench::{Pass, Trial, Work, memory};
use kernels::{LargeBlocks, Precision};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: LargeBlocks<MiMalloc> = LargeBlocks(MiMalloc);

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (arguments, precision) = match arguments.split_last() {
        Some((last, rest)) if last == "bf16" => (rest, Precision::Bf16),
        _ => (&arguments[..], Precision::Single),
    };
    let [work, pass, threads] = arguments else {
        bail!("expected WORK train|probe|infer THREADS [bf16], found {arguments:?}");
    };
    let (work, pass) = (Work::parse(work)?, Pass::parse(pass)?);
    let threads = threads.parse().context("THREADS is no number")?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    pool.install(|| serve(&work, pass, precision))
}

fn serve(work: &Work, pass: Pass, precision: Precision) -> anyhow::Result<()> {
    let before = memory::resident_mib()?;
    let mut trial = Trial::new(work, pass, precision)?;
    let program = trial.program()?;
    let planned = memory::mib(program.footprint(rayon::current_num_threads()));
    let mut out = std::io::stdout();
    writeln!(out, "ready {}", trial.parameters())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let steps: usize = line?.trim().parse().context("expected a number of steps")?;
        let start = Instant::now();
        let mut last = 0.0;
        for _ in 0..steps {
            last = trial.step();
        }
        let seconds = start.elapsed().as_secs_f64();
        if !last.is_finite() {
            bail!("the last step ended in {last}");
        }
        let peak = memory::peak_mib()?;
        writeln!(out, "{seconds} {peak} {} {planned}", peak - before)?;
        out.flush()?;
    }
    Ok(())
}
