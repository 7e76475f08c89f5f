//! Several trainings at once on one device, as the runs of a study are.

use std::sync::Barrier;
use std::time::Instant;

use anyhow::anyhow;
use bench::Trial;
use bench::memory::mib;

use crate::alone::Alone;
use crate::memory::free_bytes;
use crate::session::Plan;
use crate::single;

/// How long they are timed.
pub const SECONDS: f64 = 2.5;
/// Seconds between two looks at the clock, about, and steps at most.
const LOOK: f64 = 0.05;
const MOST_STEPS: usize = 100;

/// Prints images a second of all of `count` trainings, each a thread with a queue of its own.
pub fn run(plan: &Plan, count: usize, seconds: f64) -> anyhow::Result<()> {
    let first = plan.device()?;
    println!("{}", first.describe());
    let before = free_bytes()?;
    let trials = (0..count)
        .map(|_| trained(plan))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let taken = before.saturating_sub(free_bytes()?);
    let fed = together(trials, plan, seconds, single::fed)?;
    let alone = (0..count)
        .map(|_| queued(plan))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let alone = together(alone, plan, seconds, single::alone)?;
    println!(
        "many work={} type={} count={count} fed={fed:.1} alone={alone:.1} taken={:.0}MiB",
        plan.name,
        plan.numbers.name(),
        mib(taken as usize),
    );
    Ok(())
}

fn trained(plan: &Plan) -> anyhow::Result<Trial> {
    let mut trial = plan.trial(Box::new(plan.device()?))?;
    single::fed(&mut trial, single::WARM)?;
    Ok(trial)
}

fn queued(plan: &Plan) -> anyhow::Result<Alone> {
    let mut start = plan.trial(Box::new(engine::Cpu::default()))?;
    let program = start.program()?;
    let mut alone = Alone::new(plan.device()?, &start, program)?;
    single::alone(&mut alone, single::WARM)?;
    Ok(alone)
}

/// Images a second of all of them at once.
fn together<T: Send>(
    all: Vec<T>,
    plan: &Plan,
    seconds: f64,
    take: fn(&mut T, usize) -> anyhow::Result<f32>,
) -> anyhow::Result<f64> {
    let start = Barrier::new(all.len());
    let rate = |one: &mut T| -> anyhow::Result<f64> {
        let from = Instant::now();
        let once = take(one, 1).map(|_| from.elapsed().as_secs_f64());
        // Whoever failed keeps nobody waiting.
        start.wait();
        let at_once = ((LOOK / once?) as usize).clamp(1, MOST_STEPS);
        let from = Instant::now();
        let mut steps = 0;
        while from.elapsed().as_secs_f64() < seconds {
            take(one, at_once)?;
            steps += at_once;
        }
        Ok((steps * plan.work.batch) as f64 / from.elapsed().as_secs_f64())
    };
    let rate = &rate;
    std::thread::scope(|scope| {
        let workers: Vec<_> = all
            .into_iter()
            .map(|mut one| scope.spawn(move || rate(&mut one)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().map_err(|_| anyhow!("a training failed"))?)
            .sum()
    })
}
