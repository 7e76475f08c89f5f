//! What products are rounded to: as the study asks, where it makes this machine faster.

use kernels::{Isa, Precision};
use record::names::PRECISIONS;
use record::{MeasuredPrecision, RecordError, StudyDirectory};
use study::{PrecisionName, RunSpec, StudyError};

use super::failure::RunFailure;
use super::step_timing::StepTiming;

/// Turns of either precision; the fastest step counts.
const TURNS: usize = 2;
/// Steps of a turn, after one that is not timed.
const STEPS: usize = 3;
/// How many times as fast bfloat16 has to be: what is less lies within the noise of a machine.
const WORTH_ROUNDING: f64 = 1.05;

/// Refuses a precision that this machine would only emulate: it would be slower than `f32`.
pub fn check_precision<'a>(runs: impl IntoIterator<Item = &'a RunSpec>) -> Result<(), StudyError> {
    let mut runs = runs.into_iter();
    if runs.any(|run| run.train.precision == PrecisionName::Bf16) && !Precision::is_native() {
        return Err(StudyError::Value {
            field: "train.precision",
            expected: "`f32`: this processor has no bfloat16 products (AVX-512 BF16)".into(),
            found: "`bf16`".into(),
        });
    }
    Ok(())
}

/// The precision of a run: `f32` where the study asks for it, or where bfloat16 was measured to be
/// no faster.
pub(crate) fn precision(
    directory: &StudyDirectory,
    spec: &RunSpec,
) -> Result<PrecisionName, RecordError> {
    if spec.train.precision == PrecisionName::F32 {
        return Ok(PrecisionName::F32);
    }
    let known = measured(directory)?;
    let found = known.iter().find(|choice| choice.is_of(spec));
    Ok(found.map_or(spec.train.precision, |choice| choice.precision))
}

/// Measures every network of `runs` that asks for bfloat16 and has no choice in the study yet, and
/// records what it found: all runs of a network have one precision, on every machine and after
/// every interruption.
pub fn measure_precisions(
    directory: &StudyDirectory,
    runs: &[&RunSpec],
) -> Result<Vec<MeasuredPrecision>, RunFailure> {
    let mut new: Vec<MeasuredPrecision> = Vec::new();
    let known = measured(directory)?;
    for run in runs {
        let is_known = known.iter().chain(&new).any(|choice| choice.is_of(run));
        if run.train.precision == PrecisionName::Bf16 && !is_known {
            new.push(measure(run)?);
        }
    }
    if !new.is_empty() {
        // Another process may have been first: its choice stays.
        let mut all = measured(directory)?;
        for choice in &new {
            if !all.iter().any(|other| other.is_like(choice)) {
                all.push(choice.clone());
            }
        }
        PRECISIONS
            .write(directory.path(), &all)
            .map_err(RecordError::from)?;
        kernels::release_memory();
    }
    Ok(new)
}

fn measured(directory: &StudyDirectory) -> Result<Vec<MeasuredPrecision>, RecordError> {
    Ok(PRECISIONS.read(directory.path())?.unwrap_or_default())
}

/// Steps in either precision by turns, on all processors.
fn measure(spec: &RunSpec) -> Result<MeasuredPrecision, RunFailure> {
    let mut seconds = [f64::INFINITY; 2];
    for _ in 0..TURNS {
        let sides = [PrecisionName::F32, PrecisionName::Bf16];
        for (precision, fastest) in sides.into_iter().zip(&mut seconds) {
            // One trainer at a time: two would need twice the memory.
            let mut timing = StepTiming::within(spec, precision)?;
            timing.step();
            *fastest = (0..STEPS).map(|_| timing.step()).fold(*fastest, f64::min);
        }
    }
    let [f32_seconds, bf16_seconds] = seconds;
    let precision = match f32_seconds > WORTH_ROUNDING * bf16_seconds {
        true => PrecisionName::Bf16,
        false => PrecisionName::F32,
    };
    Ok(MeasuredPrecision {
        network: spec.model.clone(),
        size: spec.data.size,
        batch_size: spec.train.batch_size,
        f32_seconds,
        bf16_seconds,
        precision,
        device: format!("{}, {}", spec.device, Isa::detect()),
    })
}
