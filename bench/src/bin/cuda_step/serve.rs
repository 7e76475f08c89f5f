//! Steps as someone asks for them.
//!
//! Says `ready` with `parameters=`, `planned=`, `taken=` (bytes of the device by plan, and as the
//! driver tells) and `launches=`. Answers every line `fed N` or `alone N` with `seconds=` and the
//! `loss=` of the last of `N` steps. Between the two kinds the device is given up and taken again,
//! which is not counted.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, bail};
use bench::Trial;
use engine_cuda::{Schedule, footprint};

use crate::alone::Alone;
use crate::memory::free_bytes;
use crate::session::Plan;
use crate::single;

enum Side {
    Fed(Box<Trial>),
    Alone(Box<Alone>),
}

/// Until standard input ends.
pub fn run(plan: &Plan) -> anyhow::Result<()> {
    let device = plan.device()?;
    let before = free_bytes()?;
    let mut trial = plan.trial(Box::new(device))?;
    let program = trial.program()?;
    single::fed(&mut trial, single::WARM)?;
    let taken = before.saturating_sub(free_bytes()?);
    let parameters = trial.parameters();
    let launches = Schedule::of(&program).launches.len();
    let planned = footprint(&program);
    say(&format!(
        "ready parameters={parameters} planned={planned} taken={taken} launches={launches}"
    ))?;
    let mut side = Side::Fed(Box::new(trial));
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (kind, steps) = line.trim().split_once(' ').context("expected KIND STEPS")?;
        let steps = steps.parse().context("expected a number of steps")?;
        side = turned(side, kind, plan)?;
        let start = Instant::now();
        let loss = take(&mut side, steps)?;
        say(&format!(
            "seconds={} loss={loss}",
            start.elapsed().as_secs_f64()
        ))?;
    }
    Ok(())
}

/// The side that takes steps of a kind.
fn turned(side: Side, kind: &str, plan: &Plan) -> anyhow::Result<Side> {
    Ok(match (kind, side) {
        ("fed", side @ Side::Fed(_)) | ("alone", side @ Side::Alone(_)) => side,
        ("fed", other) => {
            drop(other);
            let mut trial = plan.trial(Box::new(plan.device()?))?;
            single::fed(&mut trial, single::WARM)?;
            Side::Fed(Box::new(trial))
        }
        ("alone", other) => {
            drop(other);
            let mut start = plan.trial(Box::new(engine::Cpu::default()))?;
            let program = start.program()?;
            let mut alone = Alone::new(plan.device()?, &start, program)?;
            single::alone(&mut alone, single::WARM)?;
            Side::Alone(Box::new(alone))
        }
        (other, _) => bail!("expected fed or alone, found `{other}`"),
    })
}

fn take(side: &mut Side, steps: usize) -> anyhow::Result<f32> {
    match side {
        Side::Fed(trial) => single::fed(trial, steps),
        Side::Alone(alone) => single::alone(alone, steps),
    }
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
