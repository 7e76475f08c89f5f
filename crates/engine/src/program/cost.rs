//! What an instruction costs.

use std::iter::Sum;
use std::ops::Add;

use super::Program;
use super::buffer::BufferId;
use super::instruction::Instruction;

/// Multiply-adds and traffic of an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Multiply-adds of its products by direct sums; those of norms, pools and functions are not
    /// counted.
    pub macs: u64,
    /// Bytes of its operands, each read or written once.
    pub bytes: u64,
}

impl Add for Work {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            macs: self.macs + other.macs,
            bytes: self.bytes + other.bytes,
        }
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl Program {
    /// What an instruction of this program costs.
    pub fn work(&self, instruction: &Instruction) -> Work {
        let operands = instruction.operands();
        let bytes = operands.all().map(|id| self.buffer(id).bytes() as u64);
        let updated = operands.updates.iter();
        let again = updated.map(|id| self.buffer(*id).bytes() as u64);
        Work {
            macs: self.macs(instruction),
            bytes: bytes.chain(again).sum(),
        }
    }

    fn macs(&self, instruction: &Instruction) -> u64 {
        use Instruction as I;
        let numbers = |id: BufferId| self.buffer(id).len() as u64;
        let batch = |id: BufferId| self.buffer(id).map().batch as u64;
        // Two products of every query with every key.
        let attention = |qkv: BufferId| 2 * numbers(qkv) / 3 * self.buffer(qkv).map().height as u64;
        match instruction {
            I::Conv { shape, .. }
            | I::ConvInputGradient { shape, .. }
            | I::ConvWeightGradient { shape, .. } => shape.macs(),
            I::ConvGradients { shape, .. } => 2 * shape.macs(),
            I::Linear { x, w, .. } => batch(*x) * numbers(*w),
            I::LinearInputGradient { w, dy, .. } => batch(*dy) * numbers(*w),
            I::LinearWeightGradient { x, dw, .. } => batch(*x) * numbers(*dw),
            I::Attention { qkv, .. } => attention(*qkv),
            // The probabilities again, and the gradients of queries, keys, values and scores.
            I::AttentionGradient { qkv, .. } => 5 * attention(*qkv) / 2,
            I::WindowAttention { attention, .. } => attention.macs(),
            I::WindowAttentionGradient { attention, .. } => 5 * attention.macs() / 2,
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
            | I::BatchNorm { .. }
            | I::BatchNormAgain { .. }
            | I::BatchNormGradient { .. }
            | I::BatchNormPool { .. }
            | I::BatchNormPoolGradient { .. }
            | I::BatchNormAdd { .. }
            | I::BatchNormAddAgain { .. }
            | I::BatchNormAddGradient { .. }
            | I::Running { .. }
            | I::NormLine { .. }
            | I::ScaleShift { .. }
            | I::ScaleShiftInputGradient { .. }
            | I::NormLineGradient { .. }
            | I::LayerNorm { .. }
            | I::LayerNormGradient { .. }
            | I::Activate { .. }
            | I::ActivateGradient { .. }
            | I::MaxPool { .. }
            | I::MaxPoolGradient { .. }
            | I::AveragePool { .. }
            | I::AveragePoolGradient { .. }
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
            | I::Average { .. } => 0,
        }
    }
}
