//! How a run is trained, where its trials decide.

use std::borrow::Cow;

use record::{StudyDirectory, Tuning};
use study::{RunSpec, StudyPlan};

use super::failure::RunFailure;

/// `spec` with the training that its trials chose, or as it is where the study does not tune; none
/// as long as a trial is open.
pub(crate) fn tuned<'a>(
    spec: &'a RunSpec,
    plan: &StudyPlan,
    directory: &StudyDirectory,
) -> Result<Option<Cow<'a, RunSpec>>, RunFailure> {
    let Some(tuning) = plan.tuning.as_ref().filter(|_| spec.tuning.is_some()) else {
        return Ok(Some(Cow::Borrowed(spec)));
    };
    let found = Tuning::read(directory, tuning, spec)?;
    if !found.is_complete() {
        return Ok(None);
    }
    let chosen = found.chosen(&tuning.settings);
    let trial = tuning
        .of(spec)
        .find(|trial| Some(trial.candidate) == chosen);
    match trial {
        Some(trial) => Ok(Some(Cow::Owned(RunSpec {
            train: trial.run.train.clone(),
            ..spec.clone()
        }))),
        None => Err(RunFailure::Untuned {
            candidates: tuning.settings.candidates.len(),
            error: found.failure().unwrap_or("no trial was planned").into(),
        }),
    }
}
