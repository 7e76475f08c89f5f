//! What programs run on, and how it fails.

use std::fmt::Debug;

use kernels::Isa;
use thiserror::Error;

use super::{Cpu, Executor};

/// Something that programs run on: it makes executors, one a model.
pub trait Device: Debug + Send + Sync {
    /// An executor that holds nothing yet.
    fn executor(&self) -> Result<Box<dyn Executor>, DeviceFault>;

    /// What it is, for records. Its kind stands before the first comma: devices of one kind give
    /// numbers that agree but for their last digits. `, then ` is in none.
    fn describe(&self) -> String;

    /// Whether it is the processor that this program itself runs on, with its memory and threads.
    fn is_processor(&self) -> bool {
        false
    }
}

/// The processor, through our own kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Processor;

impl Device for Processor {
    fn executor(&self) -> Result<Box<dyn Executor>, DeviceFault> {
        Ok(Box::new(Cpu::default()))
    }

    /// `cpu`, and its instruction set.
    fn describe(&self) -> String {
        format!("cpu, {}", Isa::detect())
    }

    fn is_processor(&self) -> bool {
        true
    }
}

/// A device that cannot be used, or failed while it worked.
///
/// Calls of a [`Model`](crate::Model) or [`Trainer`](crate::Trainer) return plain values: an
/// executor whose device fails in their midst unwinds with a boxed fault
/// ([`std::panic::resume_unwind`]), which whoever began the work catches and downcasts. The models
/// that it passed through are lost with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct DeviceFault {
    /// What happened, and what to do, in a sentence.
    pub message: String,
    /// Whether the same may succeed later, if only in another process.
    pub is_passing: bool,
}
