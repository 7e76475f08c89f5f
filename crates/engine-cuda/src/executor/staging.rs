//! Between the host's order of numbers and the device's.

use std::sync::Arc;

use crate::driver::{Context, DeviceMemory, Event, HostMemory, Module, Stream};
use crate::error::CudaError;
use crate::schedule::{BLOCKS, MapType, THREADS};

/// A buffer of a program, as the device has it.
#[derive(Debug)]
pub(super) struct View {
    pub address: u64,
    pub len: usize,
    /// Whether it is `f32` in the host's order.
    pub is_plain: bool,
    /// Images, channels, pixels.
    pub extents: [usize; 3],
    pub maps: MapType,
}

/// Memory on both sides through which buffers pass. It grows to the largest of them.
#[derive(Debug)]
pub(super) struct Staging {
    host: HostMemory,
    device: DeviceMemory,
    /// Behind the last copy from the host.
    copied: Event,
}

impl Staging {
    pub fn new(context: &Arc<Context>) -> Result<Self, CudaError> {
        Ok(Self {
            host: HostMemory::new(context, 1)?,
            device: DeviceMemory::new(context, size_of::<f32>())?,
            copied: Event::new(context)?,
        })
    }

    fn grow(
        &mut self,
        context: &Arc<Context>,
        stream: &Stream,
        len: usize,
    ) -> Result<(), CudaError> {
        if self.host.values().len() < len || self.device.bytes() < len * size_of::<f32>() {
            stream.wait()?;
            self.host = HostMemory::new(context, len)?;
            self.device = DeviceMemory::new(context, len * size_of::<f32>())?;
        }
        Ok(())
    }

    /// Writes `values`, in the host's order, into a buffer: when it is their turn.
    ///
    /// # Panics
    /// Panics where their number is not that of the buffer.
    pub fn upload(
        &mut self,
        context: &Arc<Context>,
        stream: &Stream,
        module: &Module,
        view: &View,
        values: &[f32],
    ) -> Result<(), CudaError> {
        assert_eq!(values.len(), view.len, "as many numbers as the buffer has");
        self.grow(context, stream, values.len())?;
        self.copied.wait()?;
        self.host.values_mut()[..values.len()].copy_from_slice(values);
        stream.upload(&self.host, &self.device, values.len())?;
        stream.mark(&self.copied)?;
        let from = self.device.address();
        self.arrange(stream, module, "arrange_in", view, [from, view.address])
    }

    /// The numbers of a buffer in the host's order; the host waits.
    pub fn download(
        &mut self,
        context: &Arc<Context>,
        stream: &Stream,
        module: &Module,
        view: &View,
    ) -> Result<Vec<f32>, CudaError> {
        self.grow(context, stream, view.len)?;
        let to = self.device.address();
        self.arrange(stream, module, "arrange_out", view, [view.address, to])?;
        stream.wait()?;
        self.device.read(0, view.len)
    }

    fn arrange(
        &self,
        stream: &Stream,
        module: &Module,
        kernel: &'static str,
        view: &View,
        [from, to]: [u64; 2],
    ) -> Result<(), CudaError> {
        let extents = view.extents.map(|extent| extent as u64);
        let blocks = view.len.div_ceil(THREADS).clamp(1, BLOCKS) as u32;
        let (kernel, mut arguments) = match view.is_plain {
            true => ("copy_floats", vec![from, to, view.len as u64]),
            false => (kernel, vec![from, to, extents[0], extents[1], extents[2]]),
        };
        stream.launch(module.function(kernel)?, [blocks, 1], &mut arguments)
    }
}
