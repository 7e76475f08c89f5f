//! The devices that a command uses.

use engine::{Device, Processor};
use engine_cuda::{DeviceInfo, Inventory, Options};

use crate::choice::Choice;
use crate::cuda::{CudaDevice, fault};
use crate::error::DevicesError;

/// The least compute capability with products of bfloat16.
const BF16_FROM: [u32; 2] = [8, 0];

/// The devices that a command uses, each opened once: at least one, of one kind.
#[derive(Debug)]
pub struct Devices {
    all: Vec<Box<dyn Device>>,
    /// Of each, where it is no processor: as it was before it was opened.
    info: Vec<DeviceInfo>,
    /// What `auto` came to.
    note: Option<String>,
}

impl Devices {
    /// The processor.
    pub fn processor() -> Self {
        Self {
            all: vec![Box::new(Processor)],
            info: Vec::new(),
            note: None,
        }
    }

    /// The devices of a choice. `tf32`: whether products on GPUs round their operands to TF32.
    pub fn open(choice: &Choice, tf32: bool) -> Result<Self, DevicesError> {
        match choice {
            Choice::Cpu if tf32 => Err(DevicesError::Tf32OnProcessor),
            Choice::Cpu => Ok(Self::processor()),
            Choice::Cuda(indices) => cuda(choice, indices, Options { tf32 }),
            Choice::Auto => {
                let mut found = cuda(choice, &[0], Options { tf32 }).unwrap_or(Self::processor());
                let why = match found.is_processor() {
                    true => " (no CUDA device can be used; `transfusion devices` says why)",
                    false => "",
                };
                found.note = Some(format!("device: {}{why}", found.describe()));
                Ok(found)
            }
        }
    }

    /// All of them.
    pub fn all(&self) -> Vec<&dyn Device> {
        self.all.iter().map(|device| &**device).collect()
    }

    /// The first.
    pub fn first(&self) -> &dyn Device {
        &*self.all[0]
    }

    /// Whether it is the processor.
    pub fn is_processor(&self) -> bool {
        self.first().is_processor()
    }

    /// What GPUs have; nothing of a processor.
    pub fn info(&self) -> &[DeviceInfo] {
        &self.info
    }

    /// What was chosen, where it was left open.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// What they are, in words.
    pub fn describe(&self) -> String {
        let all: Vec<String> = self.all.iter().map(|device| device.describe()).collect();
        all.join("; ")
    }

    /// Refuses products of bfloat16 where a GPU has none. Of a processor nothing is said.
    pub fn check_bf16(&self) -> Result<(), DevicesError> {
        match self.info.iter().find(|info| info.capability < BF16_FROM) {
            Some(info) => Err(DevicesError::NoBf16 {
                name: info.name.clone(),
                capability: info.capability,
            }),
            None => Ok(()),
        }
    }
}

fn cuda(choice: &Choice, indices: &[usize], options: Options) -> Result<Devices, DevicesError> {
    let Inventory {
        devices, missing, ..
    } = Inventory::look();
    let unusable = |reason| DevicesError::Unusable {
        asked: choice.to_string(),
        reason,
        missing: missing.clone(),
    };
    if devices.is_empty() {
        return Err(unusable(None));
    }
    let (mut all, mut info): (Vec<Box<dyn Device>>, _) = (Vec::new(), Vec::new());
    for index in indices {
        let Some(found) = devices.iter().find(|device| device.index == *index) else {
            return Err(DevicesError::NoSuch {
                index: *index,
                found: match devices.len() {
                    1 => "one device was".into(),
                    count => format!("{count} devices were"),
                },
            });
        };
        match CudaDevice::new(*index, options) {
            Ok(device) => all.push(Box::new(device)),
            Err(error) if missing.is_empty() || error.is_passing() => {
                return Err(fault(&error).into());
            }
            Err(error) => return Err(unusable(Some(error.to_string()))),
        }
        info.push(found.clone());
    }
    Ok(Devices {
        all,
        info,
        note: None,
    })
}
