use stats::{Clusters, Delong, Estimate, StatsError};

use crate::refused::{Refused, refusal};
use crate::tested::{Folds, Tested};

/// The AUC of an arm's seed.
pub(crate) struct Estimated {
    /// With its error over patients.
    pub estimate: Estimate,
    /// That of every fold's network; empty without folds.
    pub by_fold: Vec<f64>,
}

/// The AUC of an arm's seed with its error over patients.
///
/// With folds it is the mean over the networks of the folds, whose scores are never put in one
/// order. Where it is a way of training that is spoken of, the error also holds that another
/// training set would have been drawn ([`Estimate::of_procedure`]), all other folds having been
/// trained on.
pub(crate) fn estimate(
    tested: &Tested,
    clusters: &Clusters,
    scores: &[f64],
    is_of_training: bool,
) -> Result<Estimated, Refused> {
    let Some(folds) = &tested.folds else {
        let curve = Delong::new(&tested.labels, scores)?;
        return Ok(Estimated {
            estimate: curve.estimate()?.by_cluster(clusters)?,
            by_fold: Vec::new(),
        });
    };
    let of_folds = (0..folds.names.len())
        .map(|fold| of_fold(tested, folds, clusters, scores, fold))
        .collect::<Result<Vec<_>, _>>()?;
    let estimate = Estimate::over_folds(&of_folds, 1, clusters)?;
    let count = folds.names.len();
    Ok(Estimated {
        estimate: match is_of_training {
            true => estimate.of_procedure(count as f64 * test_to_train(count))?,
            false => estimate,
        },
        by_fold: of_folds.iter().map(Estimate::value).collect(),
    })
}

/// Test cases of one of so many folds for each that it trains on.
pub(crate) fn test_to_train(folds: usize) -> f64 {
    (folds as f64 - 1.0).recip()
}

/// The AUC of a fold's network, over all cases: those of other folds take no part.
fn of_fold(
    tested: &Tested,
    folds: &Folds,
    clusters: &Clusters,
    scores: &[f64],
    fold: usize,
) -> Result<Estimate, Refused> {
    let cases: Vec<usize> = (0..scores.len())
        .filter(|case| folds.of_case[*case] == fold)
        .collect();
    let labels: Vec<bool> = cases.iter().map(|case| tested.labels[*case]).collect();
    let scores: Vec<f64> = cases.iter().map(|case| scores[*case]).collect();
    let of_case = clusters.of_case();
    let patients: Vec<String> = cases
        .iter()
        .map(|case| of_case[*case].to_string())
        .collect();
    let own = Clusters::new(patients.iter().map(|patient| Some(patient.as_str())))?;
    let of_curve = || -> Result<Estimate, StatsError> {
        let curve = Delong::new(&labels, &scores)?;
        curve
            .clustered_estimate(&own)?
            .spread(&cases, tested.ids.len())
    };
    of_curve().map_err(|error| {
        let expected =
            "in every fold two patients with a positive case and two with a negative one";
        let place = format!("fold {}", folds.names[fold]);
        let write = "use fewer folds, or deal out the positive patients evenly";
        refusal(place, expected, error.to_string(), write).into()
    })
}
