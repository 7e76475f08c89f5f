//! The gradients of a forward pass, written down from its end to its beginning.

use std::collections::{BTreeMap, BTreeSet};

use kernels::MapShape;
use networks::regime::Tuning;

use super::norm::Normed;
use super::{Training, activation, arrange, conv, joint, linear, loss, norm, pool, tokens};
use crate::program::{Buffer, BufferId, Element, Instruction, Kept, Program, Role};

/// The backward pass in the making.
pub(super) struct Backward<'a> {
    pub program: Program,
    training: &'a Training<'a>,
    /// Instructions of the forward pass, and which of them writes a buffer.
    forward: Vec<Instruction>,
    producers: BTreeMap<BufferId, usize>,
    /// Buffers and trained tensors that the loss depends on through something trained.
    needs: BTreeSet<BufferId>,
    /// The gradient of every map so far.
    gradients: BTreeMap<BufferId, BufferId>,
    /// Maps that the backward pass reads.
    read: BTreeSet<BufferId>,
    /// Maps that are computed again rather than kept.
    pub remade: BTreeSet<BufferId>,
    /// Those that have been computed again.
    again: BTreeMap<BufferId, BufferId>,
}

impl<'a> Backward<'a> {
    /// The step of training whose forward pass is `forward`.
    pub fn of(forward: Program, training: &'a Training) -> Program {
        let mut trial = Self::new(forward.clone(), training);
        trial.write();
        let mut backward = Self::new(forward, training);
        backward.remade = super::remake::remade(&backward.forward, &trial.read);
        backward.write();
        backward.program.unplanned()
    }

    fn new(program: Program, training: &'a Training) -> Self {
        let forward = program.instructions.clone();
        let mut producers = BTreeMap::new();
        let mut needs: BTreeSet<BufferId> = program
            .ids()
            .filter(|id| is_trained(program.buffer(*id), training.tuning))
            .collect();
        for (at, instruction) in forward.iter().enumerate() {
            let operands = instruction.operands();
            let is_reached = operands.reads.iter().any(|id| needs.contains(id));
            for id in operands.writes {
                producers.insert(id, at);
                if is_reached {
                    needs.insert(id);
                }
            }
        }
        Self {
            program,
            training,
            forward,
            producers,
            needs,
            gradients: BTreeMap::new(),
            read: BTreeSet::new(),
            remade: BTreeSet::new(),
            again: BTreeMap::new(),
        }
    }

    fn write(&mut self) {
        let logits = self.program.logits.clone();
        loss::losses(self, &logits, self.training.objective);
        self.program.forward = self.program.instructions.len();
        for at in (0..self.forward.len()).rev() {
            let instruction = self.forward[at].clone();
            self.differentiate(instruction);
        }
    }

    fn differentiate(&mut self, instruction: Instruction) {
        use Instruction as I;
        match instruction {
            I::ReverseChannels { x, y } => arrange::reverse_channels_gradient(self, [x, y]),
            I::Pad { border, x, y } => arrange::pad_gradient(self, border, [x, y]),
            I::FirstToken { x, y } => tokens::first_token_gradient(self, [x, y]),
            I::Concatenate { parts, y } => joint::concatenate_gradient(self, &parts, y),
            I::Embed {
                x,
                class_token,
                positions,
                y,
            } => tokens::embed_gradient(self, [x, class_token, positions, y]),
            I::Conv {
                shape,
                precision,
                x,
                w,
                y,
            } => conv::gradient(self, (shape, precision), [x, w, y]),
            I::AddBias { x, b, y } => conv::bias_gradient(self, [x, b, y]),
            I::Linear { x, w, b, y } => linear::gradient(self, [x, w, b, y]),
            I::Attention { heads, qkv, y } => tokens::attention_gradient(self, heads, [qkv, y]),
            I::BatchNorm {
                relu,
                x,
                gamma,
                beta,
                statistics,
                y,
                ..
            } => normed([x, gamma, beta, statistics, y]).gradient(self, relu),
            I::BatchNormPool {
                epsilon,
                pool,
                x,
                gamma,
                beta,
                statistics,
                places,
                y,
            } => {
                let norm = normed([x, gamma, beta, statistics, y]);
                norm.pool_gradient(self, epsilon, pool, places);
            }
            I::BatchNormAdd {
                x,
                gamma,
                beta,
                residual,
                statistics,
                y,
                ..
            } => normed([x, gamma, beta, statistics, y]).add_gradient(self, residual),
            I::ScaleShift { relu, x, line, y } => {
                norm::scale_shift_gradient(self, relu, [x, line, y]);
            }
            I::LayerNorm {
                x,
                gamma,
                beta,
                statistics,
                y,
                ..
            } => normed([x, gamma, beta, statistics, y]).layer_gradient(self),
            I::Activate { function, x, y } => activation::gradient(self, function, [x, y]),
            I::MaxPool { pool, x, places, y } => {
                pool::maximum_gradient(self, pool, [x, places, y]);
            }
            I::AveragePool { pool, x, y } => pool::average_gradient(self, pool, [x, y]),
            I::GlobalAverage { x, y } => pool::global_average_gradient(self, [x, y]),
            I::Scale { x, factors, y } => joint::scale_gradient(self, [x, factors, y]),
            I::Add { a, b, y } => joint::add_gradient(self, [a, b, y]),
            I::AddRelu { a, b, y } => joint::add_relu_gradient(self, [a, b, y]),
            // The line of a norm goes with its map; running statistics are no part of the loss.
            I::NormLine { .. } | I::Running { .. } => {}
            // What only a backward pass has.
            I::Crop { .. }
            | I::FirstTokenGradient { .. }
            | I::Split { .. }
            | I::EmbedGradient { .. }
            | I::ConvGradients { .. }
            | I::ConvInputGradient { .. }
            | I::ConvWeightGradient { .. }
            | I::BiasGradient { .. }
            | I::LinearInputGradient { .. }
            | I::LinearWeightGradient { .. }
            | I::AttentionGradient { .. }
            | I::BatchNormAgain { .. }
            | I::BatchNormGradient { .. }
            | I::BatchNormPoolGradient { .. }
            | I::BatchNormAddAgain { .. }
            | I::BatchNormAddGradient { .. }
            | I::ScaleShiftInputGradient { .. }
            | I::NormLineGradient { .. }
            | I::LayerNormGradient { .. }
            | I::ActivateGradient { .. }
            | I::MaxPoolGradient { .. }
            | I::AveragePoolGradient { .. }
            | I::GlobalAverageGradient { .. }
            | I::FactorsGradient { .. }
            | I::CrossEntropy { .. }
            | I::BinaryCrossEntropy { .. }
            | I::Pull { .. }
            | I::Update { .. } => {}
        }
    }

    pub fn push(&mut self, instruction: Instruction) {
        self.program.instructions.push(instruction);
    }

    pub fn buffer(&mut self, shape: Vec<usize>, role: Role) -> BufferId {
        let id = BufferId(self.program.buffers.len() as u32);
        self.program.buffers.push(Buffer {
            shape,
            element: Element::Float,
            role,
        });
        id
    }

    /// The extents of a map.
    pub fn map_of(&self, id: BufferId) -> MapShape {
        self.program.buffer(id).map()
    }

    /// What the logits are held against, the same for all of them.
    pub fn targets(&mut self, shape: Vec<usize>) -> BufferId {
        match self.program.targets {
            Some(targets) => targets,
            None => {
                let targets = self.buffer(shape, Role::Targets);
                self.program.targets = Some(targets);
                targets
            }
        }
    }

    /// A gradient of `of` that comes from outside.
    pub fn given(&mut self, of: BufferId) -> BufferId {
        self.like(of, Role::Given)
    }

    /// Whether a gradient has to reach a map or tensor.
    pub fn needs(&self, id: BufferId) -> bool {
        self.needs.contains(&id)
    }

    /// The gradient of a map whose every reader has been gone through; none where nothing reached
    /// it or nothing before it is trained.
    pub fn gradient(&self, y: BufferId) -> Option<BufferId> {
        let found = self.gradients.get(&y).copied();
        found.filter(|_| self.needs(y))
    }

    /// A place for a gradient of `of`.
    pub fn new_gradient(&mut self, of: BufferId) -> BufferId {
        let role = match &self.program.buffer(of).role {
            Role::Kept(_) => Role::TensorGradient,
            _ => Role::MapGradient,
        };
        self.like(of, role)
    }

    /// A buffer with the extents of another.
    pub fn like(&mut self, of: BufferId, role: Role) -> BufferId {
        let shape = self.program.buffer(of).shape.clone();
        self.buffer(shape, role)
    }

    /// The instruction of the forward pass that writes a buffer.
    pub fn producer(&self, id: BufferId) -> Option<&Instruction> {
        self.producers.get(&id).map(|at| &self.forward[*at])
    }

    /// A map of the forward pass, computed again if it is not kept.
    pub fn map(&mut self, id: BufferId) -> BufferId {
        self.read.insert(id);
        if !self.remade.contains(&id) {
            return id;
        }
        if let Some(again) = self.again.get(&id) {
            return *again;
        }
        let Some(producer) = self.producer(id).cloned() else {
            return id;
        };
        let again = self.like(id, Role::Again);
        super::remake::remake(self, producer, again);
        self.again.insert(id, again);
        again
    }

    /// Takes note of a gradient: that of a tensor is used at once, those of a map add up.
    pub fn found(&mut self, of: BufferId, gradient: BufferId) {
        if !self.needs(of) {
            return;
        }
        if let Role::Kept(Kept::Tensor(path)) = self.program.buffer(of).role.clone() {
            self.learn(&path, of, gradient);
            return;
        }
        let total = match self.gradients.get(&of).copied() {
            None => gradient,
            Some(so_far) => {
                let y = self.new_gradient(of);
                self.push(Instruction::Add {
                    a: so_far,
                    b: gradient,
                    y,
                });
                y
            }
        };
        self.gradients.insert(of, total);
    }

    fn learn(&mut self, path: &str, w: BufferId, gradient: BufferId) {
        let tuning = self.training.tuning;
        let pulls = tuning.pulls().find(|(of, _)| *of == path);
        if let Some((_, pull)) = pulls {
            let kept = |_: &Vec<f32>| self.like(w, Role::Kept(Kept::Start(path.into())));
            let start = pull.towards.as_ref().map(kept);
            self.push(Instruction::Pull {
                strength: pull.strength as f32,
                w,
                start,
                gradient,
            });
        }
        let descent = self.training.descent;
        let moments = (0..descent.moments())
            .map(|number| self.like(w, Role::Kept(Kept::Moment(path.into(), number))))
            .collect();
        self.push(Instruction::Update {
            descent,
            rate: tuning.rate(path),
            gradient,
            w,
            moments,
        });
    }
}

fn is_trained(buffer: &Buffer, tuning: &Tuning) -> bool {
    match &buffer.role {
        Role::Kept(Kept::Tensor(path)) => tuning.is_trained(path),
        _ => false,
    }
}

fn normed([x, gamma, beta, statistics, y]: [BufferId; 5]) -> Normed {
    Normed {
        x,
        gamma,
        beta,
        statistics,
        y,
    }
}
