//! Programs on a device.

mod entered;
mod gallery;
mod kept;
mod staging;
mod step;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use engine::{BufferId, Executor, Gallery, Kept, Placed, Program, Scale, Step};

use self::entered::{Bases, Programs};
use self::gallery::Pictures;
use self::kept::Tensors;
use self::staging::Staging;
use self::step::StepNumbers;
use crate::driver::{Context, DeviceMemory, Stream};
use crate::error::CudaError;
use crate::footprint::refusal;
use crate::kernels::{self, Variant};
use crate::schedule::MapType;

/// How a device computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether the products of convolutions in `f32` may round their operands to TF32, 11 bits of
    /// significand, where bfloat16 is not asked for.
    pub tf32: bool,
}

/// An NVIDIA GPU: our kernels on a stream of its own, so that several of these fill one device.
///
/// A call that fails unwinds with an [`engine::DeviceFault`].
#[derive(Debug)]
pub struct Cuda {
    context: Arc<Context>,
    stream: Stream,
    options: Options,
    tensors: Tensors,
    programs: Programs,
    arena: Option<DeviceMemory>,
    step: StepNumbers,
    staging: RefCell<Staging>,
    pictures: Option<Pictures>,
    present: Option<Arc<Program>>,
}

impl Cuda {
    /// Opens device `index`, from 0, and compiles its kernels for `f32`.
    pub fn open(index: usize, options: Options) -> Result<Self, CudaError> {
        let context = kernels::context(index)?;
        let stream = Stream::new(&context)?;
        let cuda = Self {
            step: StepNumbers::new(&context)?,
            staging: RefCell::new(Staging::new(&context)?),
            tensors: Tensors::default(),
            programs: Programs::default(),
            arena: None,
            pictures: None,
            present: None,
            context,
            stream,
            options,
        };
        kernels::module(&cuda.context, cuda.variant(MapType::Float))?;
        Ok(cuda)
    }

    /// What `work` gave, tried again where pictures took the room that it needs.
    fn with_room<A>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<A, CudaError>,
    ) -> Result<A, CudaError> {
        match work(self) {
            Err(CudaError::OutOfMemory { .. }) if gallery::make_room(&self.context) => work(self),
            done => done,
        }
    }

    fn variant(&self, maps: MapType) -> Variant {
        Variant {
            device: self.context.index,
            maps,
            tf32: self.options.tf32 && maps == MapType::Float,
        }
    }

    /// The device, its driver and its compiler in one line, for records: results of two devices with
    /// the same line and options are the same to the last bit.
    pub fn describe(&self) -> String {
        let name = self.context.name().unwrap_or_else(|_| "unknown".into());
        let [major, minor] = self.context.capability().unwrap_or_default();
        let driver = crate::driver::driver_version().unwrap_or(0);
        let compiler = crate::driver::compiler_version().unwrap_or_default();
        format!(
            "cuda: {name}, sm_{major}{minor}, driver {}, NVRTC {}.{}",
            crate::inventory::version_text(driver),
            compiler[0],
            compiler[1],
        )
    }

    fn try_enter(&mut self, program: &Arc<Program>) -> Result<(), CudaError> {
        if self
            .present
            .as_ref()
            .is_some_and(|now| Arc::ptr_eq(now, program))
        {
            return Ok(());
        }
        if let Some(reason) = refusal(program) {
            return Err(CudaError::Refused { reason });
        }
        let schedule = self.programs.schedule(program);
        for (kept, len) in &schedule.kept {
            if self
                .tensors
                .ensure(&self.context, &self.stream, kept, *len)?
            {
                self.programs.forget_addresses();
            }
        }
        let has_room = |arena: &DeviceMemory| arena.bytes() >= schedule.arena_bytes;
        if !self.arena.as_ref().is_some_and(has_room) {
            self.programs.forget_addresses();
            self.stream.wait()?;
            // The smaller one first: both may not fit.
            self.arena = None;
            self.arena = Some(DeviceMemory::new(&self.context, schedule.arena_bytes)?);
        }
        let module = kernels::module(&self.context, self.variant(schedule.maps))?;
        let bases = Bases {
            tensors: &self.tensors,
            arena: self.arena.as_ref().map_or(0, DeviceMemory::address),
            step: self.step.address(),
        };
        self.programs
            .ready(&self.context, program, &module, &bases)?;
        self.present = Some(program.clone());
        Ok(())
    }

    fn try_run(&mut self, instructions: Range<usize>, step: Step) -> Result<(), CudaError> {
        let Some(program) = self.present.clone() else {
            return Ok(());
        };
        if let Some(moves) = self.programs.moves(&program) {
            self.step
                .tell(&self.stream, step, moves, instructions.start == 0)?;
        }
        self.programs.run(&self.stream, &program, instructions)
    }

    fn try_queue(&mut self, step: Step) -> Result<bool, CudaError> {
        let Some(program) = self.present.clone() else {
            return Ok(false);
        };
        let Some(moves) = self.programs.moves(&program) else {
            return Ok(false);
        };
        // Losses that are given as gradients are nothing that the device can weigh.
        if program.losses.is_empty() {
            return Ok(false);
        }
        self.step.queue(&self.stream, step, moves)?;
        let all = 0..program.instructions.len();
        self.programs.run(&self.stream, &program, all)?;
        self.step.send_loss(&self.context, &self.stream)?;
        Ok(true)
    }

    /// Where a buffer of the present program lies, and how: address, whether as plain floats, and
    /// its extents `[images, channels, pixels]`.
    fn view(&self, id: BufferId) -> Option<staging::View> {
        let program = self.present.as_ref()?;
        let buffer = program.buffer(id);
        let map = buffer.map();
        let schedule = self.programs.known(program)?;
        let is_float = schedule.floats[id.index()];
        let is_plain = is_float || (schedule.maps == MapType::Float && map.plane() == 1);
        Some(staging::View {
            address: self.programs.address(program, id)?,
            len: buffer.len(),
            is_plain,
            extents: [map.batch, map.channels, map.plane()],
            maps: schedule.maps,
        })
    }

    fn try_upload(&mut self, buffer: BufferId, values: &[f32]) -> Result<(), CudaError> {
        let Some(view) = self.view(buffer) else {
            return Ok(());
        };
        let module = kernels::module(&self.context, self.variant(view.maps))?;
        let staging = self.staging.get_mut();
        staging.upload(&self.context, &self.stream, &module, &view, values)
    }

    fn try_hold(&mut self, gallery: &Arc<dyn Gallery>, scale: &Scale) -> Result<bool, CudaError> {
        let are_held = |held: &Pictures| held.are(&**gallery, scale);
        if !self.pictures.as_ref().is_some_and(are_held) {
            self.stream.wait()?;
            // Others go first: both may not fit. The same stay where they are.
            let same = self.pictures.take().filter(|held| held.are_of(&**gallery));
            self.pictures = Pictures::hold(&self.context, gallery, scale)?;
            drop(same);
        }
        Ok(self.pictures.is_some())
    }

    fn try_place(&mut self, buffer: BufferId, placed: &[Placed]) -> Result<(), CudaError> {
        let Some(view) = self.view(buffer) else {
            return Ok(());
        };
        let module = kernels::module(&self.context, self.variant(view.maps))?;
        let Some(pictures) = &mut self.pictures else {
            panic!("pictures of an executor that holds none");
        };
        if pictures.place(&self.context, &self.stream, &module, &view, placed)? {
            return Ok(());
        }
        let pixels = pictures.pixels(placed);
        self.try_upload(buffer, &pixels)
    }

    fn try_download(&self, buffer: BufferId) -> Result<Vec<f32>, CudaError> {
        let Some(view) = self.view(buffer) else {
            return Ok(Vec::new());
        };
        let module = kernels::module(&self.context, self.variant(view.maps))?;
        let mut staging = self.staging.borrow_mut();
        staging.download(&self.context, &self.stream, &module, &view)
    }
}

/// What a call gave, or the end of the work on the device.
fn or_unwind<A>(result: Result<A, CudaError>) -> A {
    result.unwrap_or_else(|error| error.unwind())
}

impl Executor for Cuda {
    fn put(&mut self, kept: &Kept, values: Vec<f32>) {
        let put = |cuda: &mut Self| cuda.tensors.put(&cuda.context, &cuda.stream, kept, &values);
        if or_unwind(self.with_room(put)) {
            self.programs.forget_addresses();
            self.present = None;
        }
    }

    fn kept(&self, kept: &Kept) -> Option<Vec<f32>> {
        or_unwind(self.tensors.get(&self.stream, kept))
    }

    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        or_unwind(self.stream.wait());
        self.tensors.forget(is_forgotten);
        self.programs.forget_addresses();
        self.present = None;
    }

    fn enter(&mut self, program: &Arc<Program>) {
        or_unwind(self.with_room(|cuda| cuda.try_enter(program)));
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        or_unwind(self.with_room(|cuda| cuda.try_upload(buffer, values)));
    }

    fn hold(&mut self, gallery: &Arc<dyn Gallery>, scale: &Scale) -> bool {
        or_unwind(self.try_hold(gallery, scale))
    }

    fn place(&mut self, buffer: BufferId, placed: &[Placed]) {
        or_unwind(self.with_room(|cuda| cuda.try_place(buffer, placed)));
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        or_unwind(self.try_download(buffer))
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        or_unwind(self.try_run(instructions, step));
    }

    fn queue(&mut self, step: Step) -> bool {
        or_unwind(self.try_queue(step))
    }

    fn loss(&mut self) -> f32 {
        or_unwind(self.step.loss())
    }
}
