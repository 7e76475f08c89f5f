//! Reading weights files, whole, damaged and hostile.

mod hostile;
mod keras;
mod tfjs;
mod torch;

use std::path::Path;

use checkpoints::{Weights, WeightsError, WeightsFile};

fn read(bytes: &[u8]) -> Result<WeightsFile, WeightsError> {
    Weights::from_bytes(bytes, Path::new("file.pt"))
}

/// What users read about a file that is refused.
fn refusal(bytes: &[u8]) -> String {
    read(bytes)
        .expect_err("the file is not in order")
        .to_string()
}
