//! How much memory an import may take.

use networks::HostTensor;
use onnx_graph::{Stored, StoredError};

use super::error::ImportError;

/// Numbers that may still be copied out of a file. A small file can name its tensors many times.
pub(crate) struct Budget(usize);

impl Budget {
    /// For a file of so many bytes: twice as many numbers, and a million.
    pub(crate) fn of_file(bytes: usize) -> Self {
        Self(bytes.saturating_mul(2).saturating_add(1 << 20))
    }

    /// Accounts for so many numbers.
    pub(crate) fn spend(&mut self, numbers: usize) -> Result<(), ImportError> {
        self.0 = self
            .0
            .checked_sub(numbers)
            .ok_or(ImportError::TooMuchCopied)?;
        Ok(())
    }

    /// The numbers of a stored tensor.
    pub(crate) fn copy(&mut self, stored: &Stored) -> Result<HostTensor, ImportError> {
        self.spend(stored.len().unwrap_or(usize::MAX))?;
        let values: Result<_, StoredError> = stored.floats();
        Ok(HostTensor {
            shape: stored.shape.clone(),
            values: values?,
        })
    }
}
