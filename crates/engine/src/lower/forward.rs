//! The forward pass as far as it is written down.

use kernels::{MapShape, Precision};
use networks::{Cost, Layer, NetworkError, Shape};
use regimes::Tuning;

use super::builder::Builder;
use super::mode::Mode;
use crate::program::{BlockEnd, BufferId, Instruction, LeftOut, Mask, Program, Role, Weighted};

/// The forward pass in the making.
pub(super) struct Forward<'a> {
    pub builder: Builder,
    mode: &'a Mode<'a>,
    pixels: BufferId,
    blocks: Vec<BlockEnd>,
    weighted: Vec<Weighted>,
    auxiliary: Option<BufferId>,
    masks: Vec<Mask>,
    /// Updates of running statistics, after everything else.
    running: Vec<Instruction>,
}

impl<'a> Forward<'a> {
    pub fn new(input: MapShape, mode: &'a Mode) -> Self {
        let mut builder = Builder::default();
        let shape = vec![input.batch, input.channels, input.height, input.width];
        let pixels = builder.buffer(shape, Role::Pixels);
        Self {
            builder,
            mode,
            pixels,
            blocks: Vec::new(),
            weighted: Vec::new(),
            auxiliary: None,
            masks: Vec::new(),
            running: Vec::new(),
        }
    }

    /// The pixels that enter the first block.
    pub fn pixels(&self) -> BufferId {
        self.pixels
    }

    /// A block ends here, and `output` leaves it.
    pub fn end_block(&mut self, output: BufferId) {
        let end = self.builder.instructions.len();
        self.blocks.push(BlockEnd { end, output });
    }

    /// The logits of a second head.
    pub fn auxiliary(&mut self, logits: BufferId) {
        self.auxiliary = Some(logits);
    }

    /// The program of the forward pass, layer by layer and without a memory plan.
    pub fn finish(mut self) -> Program {
        let last = self.blocks.last().map_or(self.pixels, |block| block.output);
        self.builder.instructions.append(&mut self.running);
        Program {
            forward: self.builder.instructions.len(),
            buffers: self.builder.buffers,
            instructions: self.builder.instructions,
            pixels: self.pixels,
            targets: None,
            given: Vec::new(),
            masks: self.masks,
            logits: [last].into_iter().chain(self.auxiliary).collect(),
            losses: Vec::new(),
            sensitivity: None,
            blocks: self.blocks,
            weighted: self.weighted,
            memory: Default::default(),
        }
    }

    /// The extents of what leaves one layer.
    pub fn output(&self, layer: &Layer, x: BufferId) -> Result<MapShape, NetworkError> {
        let MapShape {
            batch,
            channels,
            height,
            width,
        } = self.builder.map_of(x);
        let input = Shape {
            channels,
            height,
            width,
        };
        let Shape {
            channels,
            height,
            width,
        } = layer.trace(input, &mut Cost::default())?;
        Ok(MapShape {
            batch,
            channels,
            height,
            width,
        })
    }

    /// Whether the pass is one of training, with auxiliary heads.
    pub fn is_training(&self) -> bool {
        match self.mode {
            Mode::Inference | Mode::Sensitivity => false,
            Mode::Observation | Mode::Training(_) => true,
        }
    }

    /// Whether the batch norm at `path` normalises by the batch.
    pub fn uses_batch(&self, path: &str) -> bool {
        match self.mode {
            Mode::Inference | Mode::Sensitivity => false,
            Mode::Observation => true,
            Mode::Training(training) => !training.tuning.uses_running(path),
        }
    }

    /// What becomes of each tensor in a step of training.
    pub fn tuning(&self) -> Option<&'a Tuning> {
        match self.mode {
            Mode::Inference | Mode::Observation | Mode::Sensitivity => None,
            Mode::Training(training) => Some(training.tuning),
        }
    }

    /// Factors that leave out a share of `x`, of what is called `name`.
    pub fn mask(&mut self, what: LeftOut, name: &str, share: f64, x: BufferId) -> BufferId {
        let MapShape {
            batch, channels, ..
        } = self.builder.map_of(x);
        let factors = self
            .builder
            .buffer(vec![batch, channels, 1, 1], Role::Given);
        self.masks.push(Mask::new(factors, what, name, share));
        factors
    }

    /// What products are rounded to: inference is in single precision.
    pub fn precision(&self) -> Precision {
        match self.mode {
            Mode::Inference | Mode::Observation | Mode::Sensitivity => Precision::Single,
            Mode::Training(training) => training.precision,
        }
    }

    /// The running statistics follow, if this is a step of training.
    pub fn follow(&mut self, running: Instruction) {
        if matches!(self.mode, Mode::Training(_)) {
            self.running.push(running);
        }
    }

    /// Notes the layer with the weight at `path`, whose instructions began at number `start`.
    pub fn weighted(&mut self, path: &str, start: usize, output: BufferId) {
        self.weighted.push(Weighted {
            path: format!("{path}.weight"),
            instructions: start..self.builder.instructions.len(),
            output,
        });
    }
}
