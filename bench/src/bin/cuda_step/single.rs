//! One work, its medians in a line.

use std::time::Instant;

use bench::Trial;
use bench::memory::mib;
use engine_cuda::{Schedule, footprint};

use crate::alone::Alone;
use crate::memory::free_bytes;
use crate::session::Plan;

/// Turns whose median counts.
pub const TURNS: usize = 15;
/// Seconds that a turn takes, about.
const TURN: f64 = 0.1;
/// Steps before any that counts: after them a program runs as it will ever after.
pub const WARM: usize = 4;

/// Prints a heading and the line.
pub fn run(plan: &Plan, turns: usize) -> anyhow::Result<()> {
    // Opened first, so that the driver's own memory is not the program's.
    let device = plan.device()?;
    println!("{}", device.describe());
    let before = free_bytes()?;
    let mut trial = plan.trial(Box::new(device))?;
    let program = trial.program()?;
    let fed = median(turns, |steps| fed(&mut trial, steps))?;
    let taken = before.saturating_sub(free_bytes()?) as usize;
    let mut alone = Alone::new(plan.device()?, &trial, program.clone())?;
    drop(trial);
    let uploaded = alone.uploaded();
    let alone = median(turns, |steps| self::alone(&mut alone, steps))?;
    println!(
        "{:26} {:>5} {:>10} {:>10} {:>10} {:>10} {:>11} {:>10} {:>8}  uploaded when alone",
        "work",
        "type",
        "fed ms",
        "img/s",
        "alone ms",
        "img/s",
        "planned MiB",
        "taken MiB",
        "launches"
    );
    let rate = |seconds: f64| plan.work.batch as f64 / seconds;
    println!(
        "{:26} {:>5} {:10.3} {:10.1} {:10.3} {:10.1} {:11.0} {:10.0} {:8}  {uploaded}",
        plan.name,
        plan.numbers.name(),
        fed * 1e3,
        rate(fed),
        alone * 1e3,
        rate(alone),
        mib(footprint(&program)),
        mib(taken),
        Schedule::of(&program).launches.len(),
    );
    Ok(())
}

/// Takes steps as training does, to their end; the last loss.
pub fn fed(trial: &mut Trial, steps: usize) -> anyhow::Result<f32> {
    for _ in 0..steps {
        trial.advance();
    }
    Ok(trial.settle().last().copied().unwrap_or(f32::NAN))
}

/// Takes steps on the device alone, to their end; the last loss.
pub fn alone(alone: &mut Alone, steps: usize) -> anyhow::Result<f32> {
    for _ in 0..steps {
        alone.step()?;
    }
    Ok(alone.settle().unwrap_or(f32::NAN))
}

/// Seconds of a step: the median of turns, each of many steps and the wait for the last.
fn median(turns: usize, mut take: impl FnMut(usize) -> anyhow::Result<f32>) -> anyhow::Result<f64> {
    take(WARM)?;
    let start = Instant::now();
    take(2)?;
    let steps = ((2.0 * TURN / start.elapsed().as_secs_f64()) as usize).max(1);
    let mut seconds = Vec::new();
    for _ in 0..turns {
        let start = Instant::now();
        let loss = take(steps)?;
        seconds.push(start.elapsed().as_secs_f64() / steps as f64);
        if !loss.is_finite() {
            println!("NO NUMBER: a turn ended in a loss of {loss}");
        }
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[turns / 2])
}
