//! Many small trainings: `side_by_side [WORK [RUNS [ROUNDS]]]` prints the images a second of `RUNS`
//! runs side by side, one thread each and as many at once as there are processors, and of one run
//! on all processors, each the median of alternating turns, and their ratio.
//!
//! The runs share the processors as the jobs of a study do.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use bench::{Pass, Trial, Work};
use kernels::{LargeBlocks, Precision};
use mimalloc::MiMalloc;
use rayon::ThreadPoolBuilder;

#[global_allocator]
static ALLOCATOR: LargeBlocks<MiMalloc> = LargeBlocks(MiMalloc);

/// Steps of a run in a turn take about so long on one thread.
const SECONDS: f64 = 0.5;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.len() > 3 {
        bail!("expected [WORK [RUNS [ROUNDS]]], found {arguments:?}");
    }
    let name = arguments.first().map_or("cbr-tiny-32-b32", String::as_str);
    let number = |at: usize, default: usize| match arguments.get(at) {
        Some(text) => text
            .parse()
            .with_context(|| format!("`{text}` is no number")),
        None => Ok(default),
    };
    let (runs, rounds) = (number(1, 8)?, number(2, 5)?);
    ensure!(runs > 0 && rounds > 0, "RUNS and ROUNDS are at least 1");
    let work = Work::parse(name)?;
    let trial = |_| Trial::new(&work, Pass::Train, Precision::Single);
    let mut trials = (0..runs).map(trial).collect::<anyhow::Result<Vec<_>>>()?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);

    let warm = take(&mut trials[0], 2, 1)? / 2.0;
    let steps = ((SECONDS / warm) as usize).max(1);
    side_by_side(&mut trials, 1, processors)?;
    let (mut many, mut one) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let images = (runs * steps * work.batch) as f64;
        many.push(images / side_by_side(&mut trials, steps, processors)?);
        one.push(images / take(&mut trials[0], runs * steps, processors)?);
    }
    let (many, one) = (median(many), median(one));
    println!(
        "{name}: {runs} runs side by side {many:.1} images/s, one run on {processors} processors \
         {one:.1} images/s, ratio {:.2}",
        many / one
    );
    Ok(())
}

/// Seconds until every trial has taken `steps`, by as many workers as there are processors.
fn side_by_side(trials: &mut [Trial], steps: usize, processors: usize) -> anyhow::Result<f64> {
    let workers = processors.min(trials.len());
    let queue = Mutex::new(trials.iter_mut());
    let next = || {
        let mut queue = queue.lock().ok()?;
        let trial = queue.next()?;
        Some((trial, queue.len() == 0))
    };
    let work = || -> anyhow::Result<()> {
        while let Some((trial, is_last)) = next() {
            // As in a study, the last has the processors to itself once the others end.
            let threads = match is_last {
                true => processors,
                false => processors / workers,
            };
            take(trial, steps, threads)?;
        }
        Ok(())
    };
    let start = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| match worker.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
    })?;
    Ok(start.elapsed().as_secs_f64())
}

/// Seconds of `steps` on `threads` of their own.
fn take(trial: &mut Trial, steps: usize, threads: usize) -> anyhow::Result<f64> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
    let start = Instant::now();
    pool.install(|| {
        for _ in 0..steps {
            trial.step();
        }
    });
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
