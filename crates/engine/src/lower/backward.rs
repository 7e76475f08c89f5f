//! The backward pass as far as it is written down.

use std::collections::{BTreeMap, BTreeSet};

use kernels::MapShape;
use regimes::Tuning;

use super::mode::{Objective, Training};
use super::remake;
use crate::program::{Buffer, BufferId, Element, Instruction, Kept, Program, Role};

/// The backward pass in the making.
pub(super) struct Backward<'a> {
    pub program: Program,
    /// None where only the gradient of what enters is asked for.
    training: Option<&'a Training<'a>>,
    /// Instructions of the forward pass, and which of them writes a buffer.
    forward: Vec<Instruction>,
    producers: BTreeMap<BufferId, usize>,
    /// Buffers and trained tensors that the loss depends on through something trained, or through
    /// what enters where that is asked for.
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
    pub fn new(program: Program, training: Option<&'a Training<'a>>) -> Self {
        let forward = program.instructions.clone();
        let mut producers = BTreeMap::new();
        let mut needs: BTreeSet<BufferId> = program
            .ids()
            .filter(|id| match training {
                Some(training) => is_trained(program.buffer(*id), training.tuning),
                None => *id == program.pixels,
            })
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

    /// The instructions of the forward pass.
    pub fn forward(&self) -> &[Instruction] {
        &self.forward
    }

    /// The maps that have been asked for.
    pub fn read(&self) -> &BTreeSet<BufferId> {
        &self.read
    }

    /// What the logits are held against.
    pub fn objective(&self) -> Objective {
        self.training
            .map_or(Objective::Given, |training| training.objective)
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
        let sources = remake::sources(&producer).into_iter().flatten();
        let sources: Vec<BufferId> = sources.map(|source| self.map(source)).collect();
        let spare = remake::spare(&producer).map(|of| self.like(of, Role::Statistics));
        self.push(remake::again(&producer, &sources, spare, again));
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

    /// Writes down the averages of everything that moves.
    pub fn average(&mut self) {
        let Some(decay) = self.training.and_then(|training| training.tuning.average()) else {
            return;
        };
        let mut moved = Vec::new();
        for instruction in &self.program.instructions {
            match instruction {
                Instruction::Update { w, .. } => moved.push(*w),
                Instruction::Running { mean, variance, .. } => moved.extend([*mean, *variance]),
                _ => {}
            }
        }
        for values in moved {
            if let Role::Kept(Kept::Tensor(path)) = self.program.buffer(values).role.clone() {
                let average = self.like(values, Role::Kept(Kept::Average(path)));
                self.push(Instruction::Average {
                    decay,
                    values,
                    average,
                });
            }
        }
    }

    fn learn(&mut self, path: &str, w: BufferId, gradient: BufferId) {
        let Some(Training {
            tuning, descent, ..
        }) = self.training
        else {
            return;
        };
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
        let moments = (0..descent.moments())
            .map(|number| self.like(w, Role::Kept(Kept::Moment(path.into(), number))))
            .collect();
        self.push(Instruction::Update {
            descent: *descent,
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
