//! How long instructions take.

use std::sync::Arc;
use std::time::Instant;

use bench::Trial;
use engine::{Cpu, Executor as _, Kept, Program, Step};

/// Seconds of every instruction alone: the mean over `steps`, after one that is not counted.
pub fn seconds(trial: &Trial, program: &Arc<Program>, steps: usize) -> Vec<f64> {
    let mut device = device(trial);
    device.enter(program);
    let mut seconds = vec![0.0; program.instructions.len()];
    for number in 0..=steps {
        trial.upload(program, &mut device);
        let step = Step {
            lr: 1e-3,
            number: number as u64 + 1,
        };
        for (at, total) in seconds.iter_mut().enumerate() {
            let start = Instant::now();
            device.run(at..at + 1, step);
            if number > 0 {
                *total += start.elapsed().as_secs_f64() / steps as f64;
            }
        }
    }
    seconds
}

/// The processor with the weights of the trial.
fn device(trial: &Trial) -> Cpu {
    let mut device = Cpu::default();
    for parameter in trial.model().network().parameters() {
        if let Some(values) = trial.model().values(&parameter.path) {
            device.put(&Kept::Tensor(parameter.path), values);
        }
    }
    device
}
