//! Steps on the device beside those of the processor.

use anyhow::ensure;
use bench::Trial;
use engine::Executor;
use networks::Weights;

use crate::numbers::Numbers;
use crate::session::Plan;

/// Steps that are compared.
pub const STEPS: usize = 3;

struct Trained {
    losses: Vec<f32>,
    weights: Weights,
}

/// Prints losses of both and how far the moves of weights are off; an error where the first loss,
/// which no step came before, is off by more than rounding, or where a second training on the
/// device has other bytes.
pub fn run(plan: &Plan, steps: usize) -> anyhow::Result<()> {
    let device = plan.device()?;
    println!("{}", device.describe());
    let start = plan
        .trial(Box::new(engine::Cpu::default()))?
        .model()
        .weights();
    let expected = trained(plan, Box::new(engine::Cpu::default()), steps)?;
    let found = trained(plan, Box::new(device), steps)?;
    let again = trained(plan, Box::new(plan.device()?), steps)?;
    let off = off(&start, &found.weights, &expected.weights);
    println!(
        "check work={} type={} processor={:?} device={:?} moves_off_by={off:.1e}",
        plan.name,
        plan.numbers.name(),
        expected.losses,
        found.losses
    );
    let allowed = match plan.numbers {
        Numbers::F32 => 1e-4,
        Numbers::Tf32 => 1e-2,
        Numbers::Bf16 => 5e-2,
    };
    let share = (found.losses[0] / expected.losses[0] - 1.0).abs();
    ensure!(
        share < allowed,
        "the first loss is off by {share:.1e} of {allowed:.0e}"
    );
    ensure!(
        again.losses == found.losses,
        "other losses again: {:?}",
        again.losses
    );
    ensure!(
        again.weights == found.weights,
        "other bytes of weights again"
    );
    Ok(())
}

fn trained(plan: &Plan, executor: Box<dyn Executor>, steps: usize) -> anyhow::Result<Trained> {
    let mut trial: Trial = plan.trial(executor)?;
    Ok(Trained {
        losses: (0..steps).map(|_| trial.step()).collect(),
        weights: trial.model().weights(),
    })
}

/// How far moves from `start` to `found` are off those to `expected`, as a share of them: of all
/// tensors that moved the middle one.
fn off(start: &Weights, found: &Weights, expected: &Weights) -> f64 {
    let norm = |a: &[f32], b: &[f32]| -> f64 {
        let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let mut shares: Vec<f64> = expected
        .tensors
        .iter()
        .filter_map(|(path, expected)| {
            let move_of = norm(&expected.values, &start.tensors.get(path)?.values);
            let off = norm(&expected.values, &found.tensors.get(path)?.values);
            (move_of > 0.0).then_some(off / move_of)
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    shares.get(shares.len() / 2).copied().unwrap_or(0.0)
}
