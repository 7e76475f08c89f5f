//! What a command computes on.

use anyhow::Context as _;
use clap::Args;
use devices::{Choice, Devices, DevicesError};

/// Names the device where no option does.
const VARIABLE: &str = "TRANSFUSION_DEVICE";

#[derive(Debug, Args)]
pub struct DeviceOptions {
    /// What to compute on: cpu, cuda, cuda:N, auto, or, to train, a list such as cuda:0,cuda:1; GPUs are experimental [default: what TRANSFUSION_DEVICE says, or cpu]
    #[arg(long, value_name = "DEVICE")]
    device: Option<Choice>,
    /// Round the operands of products on NVIDIA GPUs to TF32, with 10 bits of mantissa instead of 23
    #[arg(long)]
    tf32: bool,
}

impl DeviceOptions {
    /// The one device that a command uses; the first of several that the variable names.
    pub fn open(&self) -> anyhow::Result<Devices> {
        match &self.device {
            Some(several) if several.count() > 1 => {
                let asked = several.to_string();
                Err(DevicesError::Several { asked }.into())
            }
            _ => self.opened(&self.choice()?.first()),
        }
    }

    /// All devices that are named, for a command that uses several.
    pub fn open_all(&self) -> anyhow::Result<Devices> {
        self.opened(&self.choice()?)
    }

    fn choice(&self) -> anyhow::Result<Choice> {
        if let Some(choice) = &self.device {
            return Ok(choice.clone());
        }
        match std::env::var(VARIABLE) {
            Ok(text) if !text.is_empty() => text.parse().context(VARIABLE),
            _ => Ok(Choice::Cpu),
        }
    }

    fn opened(&self, choice: &Choice) -> anyhow::Result<Devices> {
        if *choice != Choice::Cpu
            && let Ok(cache) = depot::weights::Cache::of_user()
        {
            engine_cuda::keep_kernels_in(cache.folder().join("kernels"));
        }
        let devices = Devices::open(choice, self.tf32)?;
        match devices.note() {
            Some(note) => say!("{note}"),
            None if !devices.is_processor() => {
                say!("device: {} (experimental)", devices.describe())
            }
            None => {}
        }
        Ok(devices)
    }
}
