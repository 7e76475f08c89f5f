//! Why a job was not done.

use std::any::Any;
use std::fmt;

use engine::DeviceFault;
use record::RecordError;

use crate::analysis::AnalysisFailure;
use crate::probe::ProbeFailure;
use crate::training::RunFailure;

/// Why a job was not done.
pub(crate) enum JobFailure {
    /// It would fail again: this is its result.
    Final(String),
    /// It may succeed later.
    Passing(Hindrance),
    /// It cannot be recorded.
    Record(RecordError),
}

/// What may pass.
pub(crate) enum Hindrance {
    /// What the job reads or needs; other jobs may be done meanwhile.
    Job(String),
    /// The device that it is on; other devices may do other jobs meanwhile.
    Device(String),
    /// The record cannot be written or read, and neither can that of others.
    Record(RecordError),
}

impl JobFailure {
    /// What ended a job that unwound: the fault of a device, or a defect of the program.
    pub(crate) fn of_panic(panic: Box<dyn Any + Send>) -> Self {
        match panic.downcast::<DeviceFault>() {
            Ok(fault) => (*fault).into(),
            Err(panic) => Self::Final(format!("internal error: {}", message(&*panic))),
        }
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text.to_string()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".into()
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job(error) | Self::Device(error) => f.write_str(error),
            Self::Record(error) => error.fmt(f),
        }
    }
}

impl From<DeviceFault> for JobFailure {
    fn from(fault: DeviceFault) -> Self {
        match fault.is_passing {
            true => Self::Passing(Hindrance::Device(fault.message)),
            false => Self::Final(fault.message),
        }
    }
}

impl From<RecordError> for JobFailure {
    fn from(error: RecordError) -> Self {
        match error.is_passing() {
            true => Self::Passing(Hindrance::Record(error)),
            false => Self::Record(error),
        }
    }
}

impl From<RunFailure> for JobFailure {
    fn from(failure: RunFailure) -> Self {
        match failure {
            RunFailure::Record(error) => error.into(),
            RunFailure::Device(fault) => fault.into(),
            failure if failure.is_final() => Self::Final(failure.to_string()),
            failure => Self::Passing(Hindrance::Job(failure.to_string())),
        }
    }
}

impl From<ProbeFailure> for JobFailure {
    fn from(failure: ProbeFailure) -> Self {
        match failure {
            ProbeFailure::Run(failure) => failure.into(),
            failure => Self::Final(failure.to_string()),
        }
    }
}

impl From<AnalysisFailure> for JobFailure {
    fn from(failure: AnalysisFailure) -> Self {
        match failure {
            AnalysisFailure::Run(failure) => failure.into(),
            failure => Self::Final(failure.to_string()),
        }
    }
}
