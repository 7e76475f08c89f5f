//! Memory of the device.

use anyhow::{Context as _, bail};
use engine_cuda::Inventory;

/// Bytes of the first device that are free, as the driver tells.
pub fn free_bytes() -> anyhow::Result<u64> {
    let inventory = Inventory::look();
    if let Some(missing) = inventory.missing.first() {
        bail!("{} is missing: {}", missing.what, missing.remedy);
    }
    let first = inventory.devices.first().context("there is no device")?;
    Ok(first.free_bytes)
}
