//! What products are rounded to: as the study asks, where it makes this machine faster.

use durable::Manifest;
use engine::{Device, Processor};
use kernels::Precision;
use record::names::PRECISIONS;
use record::{MeasuredPrecision, Precisions, RecordError, StudyDirectory};
use study::{PrecisionName, RunSpec, StudyError};

use super::failure::RunFailure;
use super::step_timing::StepTiming;

/// Turns of either precision; bfloat16 has to win each of them.
const TURNS: usize = 3;
/// Steps of a turn at least, after one that is not timed; the fastest counts.
const STEPS: usize = 3;
/// Seconds of a turn at least.
const WINDOW: f64 = 0.2;
/// How many times as fast bfloat16 has to be: what is less lies within the noise of a machine.
const WORTH_ROUNDING: f64 = 1.05;

/// Refuses a precision that this processor would only emulate: it would be slower than `f32`.
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

/// The precision of a run on `device`: `f32` where the study asks for it, or where bfloat16 was
/// measured to be no faster on the processor. Elsewhere it is what the study asks for.
pub(crate) fn precision(
    directory: &StudyDirectory,
    spec: &RunSpec,
    device: &dyn Device,
) -> Result<PrecisionName, RecordError> {
    if spec.train.precision == PrecisionName::F32 || !device.is_processor() {
        return Ok(spec.train.precision);
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
            .write(
                directory.path(),
                &Precisions { networks: all },
                &Manifest::default(),
            )
            .map_err(RecordError::from)?;
        kernels::release_memory();
    }
    Ok(new)
}

fn measured(directory: &StudyDirectory) -> Result<Vec<MeasuredPrecision>, RecordError> {
    let measured = PRECISIONS.read(directory.path())?;
    Ok(measured.map_or_else(Vec::new, |measured| measured.value.networks))
}

/// Seconds of the fastest step of a turn, on all processors.
fn turn(spec: &RunSpec, precision: PrecisionName) -> Result<f64, RunFailure> {
    let mut timing = StepTiming::within(spec, precision)?;
    timing.step();
    let (mut fastest, mut steps, mut seconds) = (f64::INFINITY, 0, 0.0);
    while steps < STEPS || seconds < WINDOW {
        let step = timing.step();
        (fastest, steps, seconds) = (fastest.min(step), steps + 1, seconds + step);
    }
    Ok(fastest)
}

/// The turn that favours bfloat16 least: what only sometimes wins is noise.
fn measure(spec: &RunSpec) -> Result<MeasuredPrecision, RunFailure> {
    let mut least = [0.0, f64::INFINITY];
    for _ in 0..TURNS {
        // One trainer at a time: two would need twice the memory.
        let single = turn(spec, PrecisionName::F32)?;
        let rounded = turn(spec, PrecisionName::Bf16)?;
        if single * least[1] < least[0] * rounded || least[1].is_infinite() {
            least = [single, rounded];
        }
    }
    let [f32_seconds, bf16_seconds] = least;
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
        device: Processor.describe(),
    })
}
