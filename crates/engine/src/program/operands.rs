//! Which buffers an instruction reads and writes.

use super::buffer::BufferId;
use super::instruction::Instruction;

/// The operands of an instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operands {
    /// Read.
    pub reads: Vec<BufferId>,
    /// Overwritten, whatever was there.
    pub writes: Vec<BufferId>,
    /// Read and changed in place.
    pub updates: Vec<BufferId>,
}

impl Operands {
    fn of(reads: &[BufferId], writes: &[BufferId]) -> Self {
        Self {
            reads: reads.into(),
            writes: writes.into(),
            updates: Vec::new(),
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = BufferId> + '_ {
        let changed = self.writes.iter().chain(&self.updates);
        self.reads.iter().chain(changed).copied()
    }
}

impl Instruction {
    /// Its operands, in the order of its fields.
    pub fn operands(&self) -> Operands {
        use Instruction as I;
        let of = Operands::of;
        match self {
            I::ReverseChannels { x, y }
            | I::Pad { x, y, .. }
            | I::FirstToken { x, y }
            | I::Tile { x, y, .. }
            | I::Rotate { x, y, .. }
            | I::Activate { x, y, .. }
            | I::AveragePool { x, y, .. }
            | I::GlobalAverage { x, y } => of(&[*x], &[*y]),
            I::Crop { dy, dx, .. }
            | I::FirstTokenGradient { dy, dx }
            | I::AveragePoolGradient { dy, dx, .. }
            | I::GlobalAverageGradient { dy, dx } => of(&[*dy], &[*dx]),
            I::Concatenate { parts, y } => of(parts, &[*y]),
            I::Split { dy, parts } => of(&[*dy], parts),
            I::Embed {
                x,
                class_token,
                registers,
                positions,
                y,
            } => {
                let read = [*x, *class_token].into_iter().chain(*positions);
                of(&read.chain(*registers).collect::<Vec<_>>(), &[*y])
            }
            I::EmbedGradient {
                dy,
                dx,
                dclass_token,
                dregisters,
                dpositions,
            } => {
                let written = [*dx, *dclass_token].into_iter().chain(*dpositions);
                of(&[*dy], &written.chain(*dregisters).collect::<Vec<_>>())
            }
            I::Conv { x, w, y, .. } => of(&[*x, *w], &[*y]),
            I::ConvGradients {
                x, w, dy, dx, dw, ..
            } => of(&[*x, *w, *dy], &[*dx, *dw]),
            I::ConvInputGradient { w, dy, dx, .. } | I::LinearInputGradient { w, dy, dx } => {
                of(&[*w, *dy], &[*dx])
            }
            I::ConvWeightGradient { x, dy, dw, .. } | I::LinearWeightGradient { x, dy, dw } => {
                of(&[*x, *dy], &[*dw])
            }
            I::AddBias { x, b, y } => of(&[*x, *b], &[*y]),
            I::BiasGradient { dy, db } => of(&[*dy], &[*db]),
            I::Linear { x, w, b, y } => of(&[*x, *w, *b], &[*y]),
            I::Attention { qkv, y, .. } => of(&[*qkv], &[*y]),
            I::AttentionGradient { qkv, dy, dqkv, .. } => of(&[*qkv, *dy], &[*dqkv]),
            I::Untile { y, x, .. } => of(&[*y], &[*x]),
            I::WindowAttention { qkv, table, y, .. } => of(&[*qkv, *table], &[*y]),
            I::WindowAttentionGradient {
                qkv,
                table,
                dy,
                dqkv,
                dtable,
                ..
            } => of(&[*qkv, *table, *dy], &[*dqkv, *dtable]),
            I::ResponseFactors {
                x,
                gamma,
                norms,
                factors,
                ..
            } => of(&[*x, *gamma], &[*norms, *factors]),
            I::ResponseFactorsGradient {
                gamma,
                norms,
                dfactors,
                slopes,
                dgamma,
                ..
            } => of(&[*gamma, *norms, *dfactors], &[*slopes, *dgamma]),
            I::BatchNorm {
                x,
                gamma,
                beta,
                statistics,
                y,
                ..
            }
            | I::LayerNorm {
                x,
                gamma,
                beta,
                statistics,
                y,
                ..
            } => of(&[*x, *gamma, *beta], &[*statistics, *y]),
            I::BatchNormAgain {
                x,
                gamma,
                beta,
                statistics,
                y,
                ..
            } => of(&[*x, *gamma, *beta, *statistics], &[*y]),
            I::BatchNormGradient {
                x,
                gamma,
                beta,
                statistics,
                dy,
                dx,
                dgamma,
                dbeta,
                ..
            } => of(
                &[*x, *gamma, *beta, *statistics, *dy],
                &[*dx, *dgamma, *dbeta],
            ),
            I::BatchNormPool {
                x,
                gamma,
                beta,
                statistics,
                places,
                y,
                ..
            } => of(&[*x, *gamma, *beta], &[*statistics, *places, *y]),
            I::BatchNormPoolGradient {
                x,
                gamma,
                beta,
                statistics,
                places,
                dy,
                dx,
                dgamma,
                dbeta,
                ..
            } => of(
                &[*x, *gamma, *beta, *statistics, *places, *dy],
                &[*dx, *dgamma, *dbeta],
            ),
            I::BatchNormAdd {
                x,
                gamma,
                beta,
                residual,
                statistics,
                y,
                ..
            } => of(&[*x, *gamma, *beta, *residual], &[*statistics, *y]),
            I::BatchNormAddAgain {
                x,
                gamma,
                beta,
                residual,
                statistics,
                y,
            } => of(&[*x, *gamma, *beta, *residual, *statistics], &[*y]),
            I::BatchNormAddGradient {
                x,
                gamma,
                statistics,
                y,
                dy,
                dx,
                dresidual,
                dgamma,
                dbeta,
            } => of(
                &[*x, *gamma, *statistics, *y, *dy],
                &[*dx, *dresidual, *dgamma, *dbeta],
            ),
            I::Running {
                statistics,
                mean,
                variance,
            } => Operands {
                reads: vec![*statistics],
                writes: vec![],
                updates: vec![*mean, *variance],
            },
            I::NormLine {
                gamma,
                beta,
                mean,
                variance,
                line,
                ..
            } => of(&[*gamma, *beta, *mean, *variance], &[*line]),
            I::ScaleShift { x, line, y, .. } => of(&[*x, *line], &[*y]),
            I::ScaleShiftInputGradient { line, dy, dx } => of(&[*line, *dy], &[*dx]),
            I::NormLineGradient {
                x,
                mean,
                variance,
                dy,
                dgamma,
                dbeta,
                ..
            } => of(&[*x, *mean, *variance, *dy], &[*dgamma, *dbeta]),
            I::LayerNormGradient {
                x,
                gamma,
                statistics,
                dy,
                dx,
                dgamma,
                dbeta,
            } => of(&[*x, *gamma, *statistics, *dy], &[*dx, *dgamma, *dbeta]),
            I::ActivateGradient { kept, dy, dx, .. } => of(&[*kept, *dy], &[*dx]),
            I::MaxPool { x, places, y, .. } => of(&[*x], &[*places, *y]),
            I::MaxPoolGradient { places, dy, dx, .. } => of(&[*places, *dy], &[*dx]),
            I::Scale { x, factors, y } => of(&[*x, *factors], &[*y]),
            I::FactorsGradient { x, dy, dfactors } => of(&[*x, *dy], &[*dfactors]),
            I::Add { a, b, y } | I::AddRelu { a, b, y } | I::Multiply { a, b, y } => {
                of(&[*a, *b], &[*y])
            }
            I::CrossEntropy {
                logits,
                targets,
                loss,
                dlogits,
                ..
            }
            | I::BinaryCrossEntropy {
                logits,
                targets,
                loss,
                dlogits,
                ..
            } => of(&[*logits, *targets], &[*loss, *dlogits]),
            I::Pull {
                w, start, gradient, ..
            } => Operands {
                reads: [*w].into_iter().chain(*start).collect(),
                writes: vec![],
                updates: vec![*gradient],
            },
            I::Update {
                gradient,
                w,
                moments,
                ..
            } => Operands {
                reads: vec![*gradient],
                writes: vec![],
                updates: [*w].into_iter().chain(moments.iter().copied()).collect(),
            },
            I::Average {
                values, average, ..
            } => Operands {
                reads: vec![*values],
                writes: vec![],
                updates: vec![*average],
            },
        }
    }

    /// The map that it writes: its last result.
    pub fn map_written(&self) -> Option<BufferId> {
        self.operands().writes.last().copied()
    }

    /// Inputs whose place the output may take, for an instruction that can work in place: the
    /// output, then the candidates.
    pub fn in_place(&self) -> Option<(BufferId, Vec<BufferId>)> {
        match self {
            Self::AddBias { x, y, .. }
            | Self::ScaleShift { x, y, .. }
            | Self::Activate { x, y, .. } => Some((*y, vec![*x])),
            // Of a map and itself there is no second operand to read.
            Self::Add { a, b, .. } | Self::AddRelu { a, b, .. } | Self::Multiply { a, b, .. }
                if a == b =>
            {
                None
            }
            Self::Add { a, b, y } | Self::AddRelu { a, b, y } | Self::Multiply { a, b, y } => {
                Some((*y, vec![*a, *b]))
            }
            Self::ActivateGradient { dy, dx, .. } | Self::BatchNormGradient { dy, dx, .. } => {
                Some((*dx, vec![*dy]))
            }
            Self::BatchNormAddGradient { dy, dresidual, .. } => Some((*dresidual, vec![*dy])),
            _ => None,
        }
    }
}
