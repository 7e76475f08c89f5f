//! What runs programs.

mod cpu;
mod device;
mod reference;

pub use self::cpu::Cpu;
pub use self::device::{Device, DeviceFault, Processor};
pub use self::reference::Reference;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use crate::gallery::{Gallery, Scale};
use crate::placed::Placed;
use crate::program::{BufferId, Kept, Program};

/// What a step of training is told besides its program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Learning rate.
    pub lr: f64,
    /// Number of the update, from 1.
    pub number: u64,
}

impl Step {
    /// For programs that update nothing.
    pub const NONE: Self = Self { lr: 0.0, number: 1 };

    /// Share of the step in an average whose weights fall by `decay` from a step to the one before:
    /// (1 − decay) / (1 − decayᵗ) after step t, 1 after the first.
    pub fn share(self, decay: f64) -> f64 {
        (1.0 - decay) / (1.0 - decay.powf(self.number.max(1) as f64))
    }
}

/// Runs programs on one kind of device. It holds what outlives programs, and the buffers of the
/// one program that it is in.
///
/// ```
/// use std::sync::Arc;
///
/// use engine::{Cpu, Executor, Kept, Mode, Part, Step, lower};
/// use networks::Input;
/// use networks::zoo::{self, Choice};
///
/// let input = Input::square(3, 16);
/// let network = zoo::network(&Choice::named("cbr-tiny"), input, 2)?;
/// let program = Arc::new(lower(&network, &Part::whole(&network, 1), &Mode::Inference)?);
///
/// let mut device = Cpu::default();
/// for parameter in network.parameters() {
///     device.put(&Kept::Tensor(parameter.path.clone()), vec![0.5; parameter.len()]);
/// }
/// device.enter(&program);
/// device.upload(program.pixels, &[0.0; 3 * 16 * 16]);
/// device.run(0..program.instructions.len(), Step::NONE);
/// assert_eq!(device.download(program.logits[0]).len(), 2);
/// # Ok::<(), networks::NetworkError>(())
/// ```
pub trait Executor: Debug + Send {
    /// Places what outlives programs, in place of what had its name.
    fn put(&mut self, kept: &Kept, values: Vec<f32>);

    /// The numbers of what outlives programs; none where nothing has the name.
    fn kept(&self, kept: &Kept) -> Option<Vec<f32>>;

    /// Forgets the moments of the optimiser, or the starts of penalties.
    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool);

    /// Makes a program the present one: its buffers hold arbitrary numbers at first. What outlives
    /// it and has no numbers yet begins with zeros.
    fn enter(&mut self, program: &Arc<Program>);

    /// Writes a buffer of the present program, as many numbers as it has.
    fn upload(&mut self, buffer: BufferId, values: &[f32]);

    /// Holds pictures, in place of those before, from which [`place`](Self::place) makes batches
    /// from now on. Returns false, and holds none, where there is no room for them or the executor
    /// works from pixels alone: whether it does decides nothing but where the work is done.
    fn hold(&mut self, gallery: &Arc<dyn Gallery>, scale: &Scale) -> bool {
        let _ = (gallery, scale);
        false
    }

    /// Writes pictures that it holds, placed and normalised by its scale, to a buffer
    /// `[pictures, channels, height, width]` of the present program.
    ///
    /// # Panics
    /// Panics where it holds none.
    fn place(&mut self, buffer: BufferId, placed: &[Placed]) {
        panic!(
            "{} pictures for {buffer:?} of an executor that holds none",
            placed.len()
        );
    }

    /// The numbers of a buffer of the present program: right from the instruction that writes it to
    /// the end of its lifetime.
    fn download(&self, buffer: BufferId) -> Vec<f32>;

    /// Runs instructions of the present program, by number.
    fn run(&mut self, instructions: Range<usize>, step: Step);

    /// Queues the whole of the present program, a step of training, on a device that works beside
    /// the processor; its losses are weighed there. Where their sum is no finite number, no weight
    /// moves, in this step and all that are queued behind it, until [`loss`](Self::loss) has told
    /// so. An executor that works at the call returns false and does nothing.
    fn queue(&mut self, step: Step) -> bool {
        let _ = step;
        false
    }

    /// The loss of the oldest queued step that has not been told; waits for it.
    fn loss(&mut self) -> f32 {
        f32::NAN
    }
}
