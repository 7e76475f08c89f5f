//! What kernels take beside the buffers of a program.

use kernels::{AttentionShape, Demand, Pass, PooledNorm};

use super::Program;
use super::buffer::BufferId;
use super::instruction::Instruction;

impl Program {
    /// What the processor's kernels take for intermediate values on `threads` threads:
    /// instructions run one after the other.
    pub fn scratch(&self, threads: usize) -> Demand {
        let instructions = self.instructions.iter();
        let demands = instructions.map(|instruction| self.demand(instruction, threads));
        demands.fold(Demand::default(), Demand::then)
    }

    /// Bytes that a processor holds to run it on `threads` threads: what outlives it, its buffers
    /// and what its kernels take.
    pub fn footprint(&self, threads: usize) -> usize {
        self.kept_bytes() + self.memory.peak_bytes() + self.scratch(threads).bytes()
    }

    /// The self-attention over queries, keys and values.
    pub(crate) fn attention(&self, heads: usize, qkv: BufferId) -> AttentionShape {
        let map = self.buffer(qkv).map();
        AttentionShape {
            batch: map.batch,
            heads,
            features: map.channels / 3 / heads,
            tokens: map.height,
        }
    }

    fn demand(&self, instruction: &Instruction, threads: usize) -> Demand {
        use Instruction as I;
        match instruction {
            I::Conv {
                shape, precision, ..
            } => kernels::conv_demand(*precision, shape, Pass::Forward, threads),
            I::ConvGradients {
                shape, precision, ..
            } => kernels::conv_backward_demand(*precision, shape, threads),
            I::ConvInputGradient {
                shape, precision, ..
            } => kernels::conv_demand(*precision, shape, Pass::Input, threads),
            I::ConvWeightGradient {
                shape, precision, ..
            } => kernels::conv_demand(*precision, shape, Pass::Weight, threads),
            I::Attention { heads, qkv, .. } => {
                kernels::attention_demand(&self.attention(*heads, *qkv), threads)
            }
            I::AttentionGradient { heads, qkv, .. } => {
                kernels::attention_backward_demand(&self.attention(*heads, *qkv), threads)
            }
            I::WindowAttention { attention, .. } => attention.forward_demand(threads),
            I::WindowAttentionGradient { attention, .. } => attention.backward_demand(threads),
            I::BatchNormPool { epsilon, pool, .. } => PooledNorm {
                pool: *pool,
                eps: *epsilon,
            }
            .forward_demand(threads),
            I::BatchNormPoolGradient { epsilon, pool, .. } => PooledNorm {
                pool: *pool,
                eps: *epsilon,
            }
            .backward_demand(threads),
            I::LayerNormGradient { x, .. } => {
                kernels::layer_norm_backward_demand(&self.buffer(*x).map())
            }
            I::MaxPool { pool, .. } => kernels::max_pool_demand(pool, threads),
            I::MaxPoolGradient { pool, .. } => kernels::max_pool_backward_demand(pool, threads),
            I::AveragePool { pool, .. } => kernels::average_pool_demand(pool, threads),
            I::AveragePoolGradient { pool, .. } => {
                kernels::average_pool_backward_demand(pool, threads)
            }
            // A few numbers a channel or pixel at most.
            I::ReverseChannels { .. }
            | I::Pad { .. }
            | I::Crop { .. }
            | I::FirstToken { .. }
            | I::FirstTokenGradient { .. }
            | I::Concatenate { .. }
            | I::Split { .. }
            | I::Embed { .. }
            | I::EmbedGradient { .. }
            | I::Rotate { .. }
            | I::Tile { .. }
            | I::Untile { .. }
            | I::ResponseFactors { .. }
            | I::ResponseFactorsGradient { .. }
            | I::AddBias { .. }
            | I::BiasGradient { .. }
            | I::Linear { .. }
            | I::LinearInputGradient { .. }
            | I::LinearWeightGradient { .. }
            | I::BatchNorm { .. }
            | I::BatchNormAgain { .. }
            | I::BatchNormGradient { .. }
            | I::BatchNormAdd { .. }
            | I::BatchNormAddAgain { .. }
            | I::BatchNormAddGradient { .. }
            | I::Running { .. }
            | I::NormLine { .. }
            | I::ScaleShift { .. }
            | I::ScaleShiftInputGradient { .. }
            | I::NormLineGradient { .. }
            | I::LayerNorm { .. }
            | I::Activate { .. }
            | I::ActivateGradient { .. }
            | I::GlobalAverage { .. }
            | I::GlobalAverageGradient { .. }
            | I::Scale { .. }
            | I::FactorsGradient { .. }
            | I::Add { .. }
            | I::AddRelu { .. }
            | I::Multiply { .. }
            | I::CrossEntropy { .. }
            | I::BinaryCrossEntropy { .. }
            | I::Pull { .. }
            | I::Update { .. }
            | I::Average { .. } => Demand::default(),
        }
    }
}
