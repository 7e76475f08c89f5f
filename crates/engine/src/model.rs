//! A network with its weights on a device.

mod blocks;
mod programs;
mod unit_variance;

pub use self::unit_variance::unit_variance;

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernels::MapShape;
use networks::{HostTensor, Network, Parameter, Weights, WeightsError};

use self::programs::Programs;
use crate::executor::{Cpu, Executor, Step};
use crate::gallery::{Gallery, Scale};
use crate::lower::{Mode, Part, lower};
use crate::maps::Maps;
use crate::pictures::Pictures;
use crate::program::{Kept, Program};

/// A network with its weights on a device, computing in inference.
#[derive(Debug)]
pub struct Model {
    network: Arc<Network>,
    parameters: Vec<Parameter>,
    /// Inference changes buffers and programs, but nothing that can be seen.
    device: Mutex<Station>,
}

/// What computes, and the programs that it has been given.
#[derive(Debug)]
pub(crate) struct Station {
    pub executor: Box<dyn Executor>,
    programs: Programs,
}

impl Model {
    /// Places `weights` on the processor.
    pub fn new(network: Arc<Network>, weights: &Weights) -> Result<Self, WeightsError> {
        Self::on(Box::new(Cpu::default()), network, weights)
    }

    /// Places `weights` on a device of their own.
    pub fn on(
        executor: Box<dyn Executor>,
        network: Arc<Network>,
        weights: &Weights,
    ) -> Result<Self, WeightsError> {
        let programs = Programs::default();
        let mut model = Self {
            parameters: network.parameters(),
            network,
            device: Mutex::new(Station { executor, programs }),
        };
        model.put(weights)?;
        Ok(model)
    }

    /// Places `weights` in place of those before.
    pub(crate) fn put(&mut self, weights: &Weights) -> Result<(), WeightsError> {
        let Self {
            network,
            parameters,
            device,
        } = self;
        let device = device.get_mut().unwrap_or_else(PoisonError::into_inner);
        for parameter in &*parameters {
            let tensor = network.tensor(weights, parameter)?;
            let values = tensor.values.clone();
            device.executor.put(&tensor_of(&parameter.path), values);
        }
        Ok(())
    }

    /// The network that the weights belong to.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// A copy of every tensor on the host.
    pub fn weights(&self) -> Weights {
        let tensors = self.parameters.iter().map(|p| {
            let values = self.values(&p.path).unwrap_or_default();
            let shape = p.shape.clone();
            (p.path.clone(), HostTensor { shape, values })
        });
        Weights {
            tensors: tensors.collect(),
        }
    }

    /// The values of a tensor or buffer on the host; none where the network has no such path.
    pub fn values(&self, path: &str) -> Option<Vec<f32>> {
        self.device().executor.kept(&tensor_of(path))
    }

    /// Whether every trained tensor and buffer is a finite number.
    pub fn is_finite(&self) -> bool {
        let is_finite = |p: &Parameter| {
            let values = self.values(&p.path).unwrap_or_default();
            values.iter().all(|value| value.is_finite())
        };
        self.parameters.iter().all(is_finite)
    }

    /// Logits `[batch, classes]` of pixels `[batch, channels, height, width]`, or of pictures that
    /// the device holds, in inference: batch norms use their running statistics.
    pub fn forward<'a>(&self, pictures: impl Into<Pictures<'a>>) -> Maps {
        self.through(0..self.network.blocks.len(), pictures.into())
    }

    /// Brings pictures onto the device, if it takes them, for [`Pictures::Placed`].
    pub fn hold(&self, gallery: &Arc<dyn Gallery>, scale: &Scale) -> bool {
        self.device().executor.hold(gallery, scale)
    }

    /// Enters the program of [`forward`](Self::forward) on `input`.
    pub(crate) fn reserve(&mut self, input: MapShape) {
        let device = self.device.get_mut();
        let device = device.unwrap_or_else(PoisonError::into_inner);
        let blocks = 0..self.network.blocks.len();
        let program = device.inference(&self.network, blocks, input);
        device.executor.enter(&program);
    }

    /// What leaves the last of `blocks` when `x` enters the first of them.
    fn through(&self, blocks: Range<usize>, x: Pictures) -> Maps {
        let device = &mut *self.device();
        let shape = x.shape(self.network.input);
        let program = device.inference(&self.network, blocks, shape);
        device.begin(&program, x);
        device
            .executor
            .run(0..program.instructions.len(), Step::NONE);
        device.maps(&program, program.logits[0])
    }

    /// Nothing is left half done where a panic passed through.
    pub(crate) fn device(&self) -> MutexGuard<'_, Station> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn device_mut(&mut self) -> &mut Station {
        self.device
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Station {
    /// The program of some blocks in inference.
    ///
    /// # Panics
    /// Panics where the layers do not fit what enters them: whoever made the model has checked.
    fn inference(
        &mut self,
        network: &Network,
        blocks: Range<usize>,
        input: MapShape,
    ) -> Arc<Program> {
        let part = Part { blocks, input };
        self.programs.get(part, |part| {
            lower(network, part, &Mode::Inference).unwrap_or_else(|error| panic!("{error}"))
        })
    }

    /// Enters a program and shows it what it reads.
    pub fn begin(&mut self, program: &Arc<Program>, pictures: Pictures) {
        self.executor.enter(program);
        match pictures {
            Pictures::Pixels(pixels) => self.executor.upload(program.pixels, pixels.values()),
            Pictures::Placed(placed) => self.executor.place(program.pixels, placed),
        }
    }

    /// A map of the present program.
    pub fn maps(&self, program: &Program, id: crate::program::BufferId) -> Maps {
        let MapShape {
            batch,
            channels,
            height,
            width,
        } = program.buffer(id).map();
        Maps::new([batch, channels, height, width], self.executor.download(id))
    }
}

/// The name of a weight or running statistic on a device.
pub(crate) fn tensor_of(path: &str) -> Kept {
    Kept::Tensor(path.into())
}
