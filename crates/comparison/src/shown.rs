//! The arm whose networks are looked at picture by picture.

use record::results::{Results, Saliency};
use record::{RecordError, StudyDirectory};
use study::StudyPlan;

use super::finished::ArmRuns;
use super::{mistakes, saliency};

/// Adds the mistakes of the arm that is shown to `results`, and whose maps of saliency are drawn.
/// `arms` are in the order of the results.
pub(crate) fn look(
    plan: &StudyPlan,
    arms: &[ArmRuns],
    results: &mut Results,
    directory: &StudyDirectory,
) -> Result<(), RecordError> {
    let Some(place) = shown(results) else {
        return Ok(());
    };
    let (arm, label) = (&arms[place], results.arms[place].label.clone());
    let is_recommended = results.verdict.recommended.is_some();
    results.mistakes = mistakes::mistakes(plan, arm, &label, is_recommended);
    if plan.report.saliency {
        let choice = saliency::choice(plan, arm, &label);
        results.saliency = choice.map(|choice| Saliency {
            choice,
            methods: None,
        });
    }
    saliency::drawn(results, directory)
}

/// Place of the recommended arm, or of the one with the highest mean test AUC where none is
/// recommended, the first of equal ones; none until a run is done.
fn shown(results: &Results) -> Option<usize> {
    let arms = &results.arms;
    if let Some(label) = &results.verdict.recommended {
        return arms.iter().position(|arm| arm.label == *label);
    }
    let known = arms.iter().enumerate();
    let known = known.filter_map(|(place, arm)| Some((place, arm.auc?.value)));
    let best = known.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(place, _)| place)
}
