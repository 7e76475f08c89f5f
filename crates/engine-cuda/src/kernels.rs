//! The kernels on the devices of this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::driver::{self, Context, Module};
use crate::error::CudaError;
use crate::inventory::check_driver;
use crate::kept_code::kept_or;
use crate::libraries::Libraries;
use crate::schedule::MapType;
use crate::source::SOURCE;

/// Opened devices, and the kernels that were brought onto them: once in a process.
static OPEN: Mutex<Open> = Mutex::new(Open {
    contexts: BTreeMap::new(),
    modules: BTreeMap::new(),
});

struct Open {
    contexts: BTreeMap<usize, Arc<Context>>,
    modules: BTreeMap<Variant, Arc<Module>>,
}

/// One compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variant {
    pub device: usize,
    pub maps: MapType,
    pub tf32: bool,
}

/// Device `index`, opened. It stays open.
pub(crate) fn context(index: usize) -> Result<Arc<Context>, CudaError> {
    Libraries::find().check()?;
    check_driver(driver::driver_version()?)?;
    driver::initialise()?;
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(context) = open.contexts.get(&index) {
        return Ok(context.clone());
    }
    let context = Arc::new(Context::open(index)?);
    let [major, minor] = context.capability()?;
    if [major, minor] < [7, 5] {
        return Err(CudaError::TooOld {
            name: context.name()?,
            found: format!("{major}.{minor}"),
            needed: "7.5",
            purpose: "",
        });
    }
    open.contexts.insert(index, context.clone());
    Ok(context)
}

/// The kernels for one type of maps on an open device.
pub(crate) fn module(context: &Arc<Context>, variant: Variant) -> Result<Arc<Module>, CudaError> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = open.modules.get(&variant) {
        return Ok(module.clone());
    }
    let [major, minor] = context.capability()?;
    let purpose = match variant {
        Variant {
            maps: MapType::Bf16,
            ..
        } => " for bfloat16: take precision = \"f32\"",
        Variant { tf32: true, .. } => " for TF32: leave --tf32 away",
        Variant { .. } => "",
    };
    if !purpose.is_empty() && major < 8 {
        return Err(CudaError::TooOld {
            name: context.name()?,
            found: format!("{major}.{minor}"),
            needed: "8.0",
            purpose,
        });
    }
    let macros = [
        format!("BF16={}", u8::from(variant.maps == MapType::Bf16)),
        format!("TF32={}", u8::from(variant.tf32)),
    ];
    let architecture = format!("sm_{major}{minor}");
    let compiler = format!("{:?}", driver::compiler_version());
    // By name too: another device may only say that it is of this architecture.
    let name = context.name()?;
    let parts = [
        SOURCE,
        &name,
        &architecture,
        &macros[0],
        &macros[1],
        &compiler,
    ];
    let code = kept_or(&parts, || driver::compile(SOURCE, &architecture, &macros))?;
    let module = Arc::new(Module::load(context, &code)?);
    open.modules.insert(variant, module.clone());
    Ok(module)
}
