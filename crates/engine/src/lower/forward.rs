//! The walk through the layers.

use kernels::{MapShape, Precision};
use networks::{Block, Cost, Layer, NetworkError, Shape};

use super::builder::Builder;
use super::{Mode, activation, arrange, conv, joint, linear, norm, pool, tokens};
use crate::program::{BlockEnd, BufferId, Instruction, Program, Role, Weighted};

/// The forward pass in the making.
pub(super) struct Forward<'a> {
    pub builder: Builder,
    mode: &'a Mode<'a>,
    pixels: BufferId,
    blocks: Vec<BlockEnd>,
    weighted: Vec<Weighted>,
    auxiliary: Option<BufferId>,
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
            running: Vec::new(),
        }
    }

    pub fn blocks(&mut self, blocks: &[Block]) -> Result<(), NetworkError> {
        let mut x = self.pixels;
        for block in blocks {
            x = self.layers(&block.layers, x)?;
            let end = self.builder.instructions.len();
            self.blocks.push(BlockEnd { end, output: x });
        }
        Ok(())
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
            logits: [last].into_iter().chain(self.auxiliary).collect(),
            losses: Vec::new(),
            blocks: self.blocks,
            weighted: self.weighted,
            memory: Default::default(),
        }
    }

    /// What leaves the layers when `x` enters the first.
    pub fn layers(&mut self, layers: &[Layer], x: BufferId) -> Result<BufferId, NetworkError> {
        layers.iter().try_fold(x, |x, layer| self.layer(layer, x))
    }

    fn layer(&mut self, layer: &Layer, x: BufferId) -> Result<BufferId, NetworkError> {
        let output = self.output(layer, x)?;
        let y = match layer {
            Layer::ReverseChannels => arrange::reverse_channels(&mut self.builder, x),
            Layer::PadSame(of) => {
                arrange::pad_same(&mut self.builder, x, of.kernel, of.stride, output)
            }
            Layer::Conv(of) => conv::forward(self, of, x, output),
            Layer::BatchNorm(of) => norm::batch_norm(self, &of.0, x),
            Layer::LayerNorm(of) => norm::layer_norm(&mut self.builder, &of.0, x),
            Layer::Activation(of) => activation::forward(&mut self.builder, *of, x),
            Layer::MaxPool(of) => pool::maximum(&mut self.builder, &of.0, x, output),
            Layer::AveragePool(of) => pool::average(&mut self.builder, &of.0, x, output),
            Layer::GlobalAverage => pool::global_average(&mut self.builder, x, output),
            Layer::Residual(of) => joint::residual(self, &of.body, &of.shortcut, of.relu, x)?,
            Layer::Branches(of) => joint::branches(self, &of.0, x, output)?,
            Layer::Gate(of) => joint::gate(self, &of.0, x)?,
            Layer::Scale(of) => joint::scale_channels(&mut self.builder, &of.path, of.channels, x),
            Layer::Linear(of) => {
                let features = [of.features_in, of.features_out];
                linear::forward(self, &of.path, features, x, output)
            }
            Layer::Embed(of) => {
                let paths = [of.class_token.as_str(), of.positions.as_str()];
                tokens::embed(&mut self.builder, paths, x, output)
            }
            Layer::Attention(of) => tokens::attention(&mut self.builder, of.heads, x, output),
            Layer::FirstToken => tokens::first_token(&mut self.builder, x, output),
            Layer::Auxiliary(of) => {
                if self.is_training() {
                    self.auxiliary = Some(self.layers(&of.0, x)?);
                }
                x
            }
        };
        Ok(y)
    }

    /// What leaves one layer.
    fn output(&self, layer: &Layer, x: BufferId) -> Result<MapShape, NetworkError> {
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
            Mode::Inference => false,
            Mode::Observation | Mode::Training(_) => true,
        }
    }

    /// Whether the batch norm at `path` normalises by the batch.
    pub fn uses_batch(&self, path: &str) -> bool {
        match self.mode {
            Mode::Inference => false,
            Mode::Observation => true,
            Mode::Training(training) => !training.tuning.uses_running(path),
        }
    }

    /// What products are rounded to: inference is in single precision.
    pub fn precision(&self) -> Precision {
        match self.mode {
            Mode::Inference | Mode::Observation => Precision::Single,
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
