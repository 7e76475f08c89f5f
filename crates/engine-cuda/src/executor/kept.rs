//! What outlives programs, on a device.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::Kept;

use crate::driver::{Context, DeviceMemory, Stream};
use crate::error::CudaError;

/// Tensors by name, `f32`, as the host has them.
#[derive(Debug, Default)]
pub(super) struct Tensors {
    by_name: BTreeMap<Kept, Tensor>,
}

#[derive(Debug)]
struct Tensor {
    memory: DeviceMemory,
    len: usize,
}

impl Tensors {
    /// Writes a tensor; whether it lies elsewhere than before.
    pub fn put(
        &mut self,
        context: &Arc<Context>,
        stream: &Stream,
        kept: &Kept,
        values: &[f32],
    ) -> Result<bool, CudaError> {
        // What is queued may still read or write it.
        stream.wait()?;
        if let Some(known) = self
            .by_name
            .get(kept)
            .filter(|known| known.len == values.len())
        {
            known.memory.write(0, values)?;
            return Ok(false);
        }
        let memory = DeviceMemory::new(context, size_of_val(values))?;
        memory.write(0, values)?;
        let len = values.len();
        self.by_name.insert(kept.clone(), Tensor { memory, len });
        Ok(true)
    }

    /// Makes a tensor of zeros where there is none; whether it did.
    pub fn ensure(
        &mut self,
        context: &Arc<Context>,
        stream: &Stream,
        kept: &Kept,
        len: usize,
    ) -> Result<bool, CudaError> {
        if self.by_name.get(kept).is_some_and(|known| known.len == len) {
            return Ok(false);
        }
        let memory = DeviceMemory::new(context, len * size_of::<f32>())?;
        stream.clear(&memory)?;
        self.by_name.insert(kept.clone(), Tensor { memory, len });
        Ok(true)
    }

    /// The numbers of a tensor; none where nothing has the name.
    pub fn get(&self, stream: &Stream, kept: &Kept) -> Result<Option<Vec<f32>>, CudaError> {
        let Some(known) = self.by_name.get(kept) else {
            return Ok(None);
        };
        stream.wait()?;
        known.memory.read(0, known.len).map(Some)
    }

    /// Frees those of these names.
    pub fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        self.by_name.retain(|kept, _| !is_forgotten(kept));
    }

    /// Where a tensor lies; 0 where there is none.
    pub fn address(&self, kept: &Kept) -> u64 {
        self.by_name
            .get(kept)
            .map_or(0, |known| known.memory.address())
    }
}
