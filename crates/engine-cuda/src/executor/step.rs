//! What a step of training is told, and what it tells, on a device.

use std::collections::VecDeque;
use std::sync::Arc;

use engine::{Descent, Step};
use regimes::Rule;

use crate::driver::{Context, DeviceMemory, Event, HostMemory, Stream};
use crate::error::CudaError;

/// Floats of a step: learning rate, that divided by `1 − β₁ⁿ`, `1 / √(1 − β₂ⁿ)`, its share in
/// averages, whether every loss so far was finite, the loss.
const LEN: usize = 6;
/// Those that every step is told.
const TOLD: usize = 4;
/// And whether the losses so far were finite, where that begins anew.
const ANEW: usize = 5;

/// How a program moves weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moves {
    pub descent: Descent,
    /// Decay of their averages, where it makes any.
    pub average: Option<f64>,
}

/// The numbers of the present step, and the losses of those before.
#[derive(Debug)]
pub(super) struct StepNumbers {
    host: HostMemory,
    device: DeviceMemory,
    /// Behind the last copy from the host.
    copied: Event,
    last: Option<Step>,
    /// Whether a loss was told that is no finite number, or none was asked for yet.
    begins: bool,
    queued: VecDeque<Loss>,
    /// Told, to be used again.
    idle: Vec<Loss>,
}

/// A loss on its way to the host.
#[derive(Debug)]
struct Loss {
    host: HostMemory,
    copied: Event,
}

impl StepNumbers {
    pub fn new(context: &Arc<Context>) -> Result<Self, CudaError> {
        Ok(Self {
            host: HostMemory::new(context, LEN)?,
            device: DeviceMemory::new(context, LEN * size_of::<f32>())?,
            copied: Event::new(context)?,
            last: None,
            begins: true,
            queued: VecDeque::new(),
            idle: Vec::new(),
        })
    }

    pub fn address(&self) -> u64 {
        self.device.address()
    }

    /// Tells the device of a step that is waited for, where it is another or `begins`.
    pub fn tell(
        &mut self,
        stream: &Stream,
        step: Step,
        moves: Moves,
        begins: bool,
    ) -> Result<(), CudaError> {
        match begins || self.last != Some(step) {
            true => self.upload(stream, step, moves, ANEW),
            false => Ok(()),
        }
    }

    /// Tells the device of a step behind others.
    pub fn queue(&mut self, stream: &Stream, step: Step, moves: Moves) -> Result<(), CudaError> {
        let begins = std::mem::take(&mut self.begins);
        self.upload(stream, step, moves, if begins { ANEW } else { TOLD })
    }

    fn upload(
        &mut self,
        stream: &Stream,
        step: Step,
        moves: Moves,
        len: usize,
    ) -> Result<(), CudaError> {
        self.last = Some(step);
        self.copied.wait()?;
        self.host.values_mut()[..ANEW].copy_from_slice(&numbers(step, moves));
        stream.upload(&self.host, &self.device, len)?;
        stream.mark(&self.copied)
    }

    /// Sends the loss of the step that was queued last on its way.
    pub fn send_loss(&mut self, context: &Arc<Context>, stream: &Stream) -> Result<(), CudaError> {
        let mut loss = match self.idle.pop() {
            Some(loss) => loss,
            None => Loss {
                host: HostMemory::new(context, 1)?,
                copied: Event::new(context)?,
            },
        };
        let at = self.address() + (ANEW * size_of::<f32>()) as u64;
        stream.download(at, &mut loss.host)?;
        stream.mark(&loss.copied)?;
        self.queued.push_back(loss);
        Ok(())
    }

    /// The oldest loss on its way; not a number where there is none.
    pub fn loss(&mut self) -> Result<f32, CudaError> {
        let Some(loss) = self.queued.pop_front() else {
            return Ok(f32::NAN);
        };
        loss.copied.wait()?;
        let value = loss.host.values()[0];
        self.begins |= !value.is_finite();
        self.idle.push(loss);
        Ok(value)
    }
}

fn numbers(step: Step, moves: Moves) -> [f32; ANEW] {
    let lr = step.lr as f32;
    let [first, second] = match moves.descent.rule {
        Rule::Sgd { .. } => [1.0, 1.0],
        Rule::Adam { beta1, beta2, .. } => {
            [beta1, beta2].map(|beta| 1.0 - f64::from(beta as f32).powf(step.number.max(1) as f64))
        }
    };
    let size = (f64::from(lr) / first) as f32;
    let share = moves.average.map_or(1.0, |decay| step.share(decay));
    [lr, size, (1.0 / second.sqrt()) as f32, share as f32, 1.0]
}
