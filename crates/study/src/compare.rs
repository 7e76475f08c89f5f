//! `[compare]`: how arms are compared, as written and as checked.

use serde::{Deserialize, Serialize};

use super::bound::Bound;
use super::bounds;
use super::error::StudyError;
use super::grid_spec::GridSpec;

/// `[compare]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompareSpec {
    /// Initialisation that the others are compared with.
    pub baseline: String,
    /// AUC difference that would not matter, in (0, 0.5).
    pub margin: f64,
    /// AUC that an arm must be shown to exceed to be recommended, in [0.5, 1).
    pub reference: f64,
    /// Validation AUCs whose first crossing measures convergence, in (0, 1).
    pub thresholds: Vec<f64>,
    /// Evaluations in a row that have to reach a threshold, 1 to 100.
    pub sustained: usize,
    /// How the threshold on probabilities is chosen on the validation partition.
    pub operating: OperatingRule,
    /// Specificities at which sensitivity is reported, in (0, 1).
    pub specificities: Vec<f64>,
    /// Prevalences for which predictive values are reported besides the test partition's, in (0, 1).
    pub prevalences: Vec<f64>,
    /// Bootstrap resamples and permutations, 100 to 100,000.
    pub resamples: usize,
}

impl Default for CompareSpec {
    fn default() -> Self {
        let plan = ComparePlan::default();
        Self {
            baseline: plan.baseline,
            margin: plan.margin,
            reference: plan.reference,
            thresholds: plan.thresholds,
            sustained: plan.sustained,
            operating: plan.operating,
            specificities: plan.specificities,
            prevalences: plan.prevalences,
            resamples: plan.resamples,
        }
    }
}

/// How a threshold is chosen on validation pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatingRule {
    /// The highest sensitivity + specificity − 1.
    #[default]
    Youden,
    /// The highest specificity with at least this sensitivity, in (0, 1).
    Sensitivity(f64),
    /// The highest sensitivity with at least this specificity, in (0, 1).
    Specificity(f64),
}

impl OperatingRule {
    /// In words, for tables.
    pub fn describe(&self) -> String {
        match self {
            Self::Youden => "highest Youden index".into(),
            Self::Sensitivity(least) => format!("sensitivity at least {least}"),
            Self::Specificity(least) => format!("specificity at least {least}"),
        }
    }
}

/// `[compare]`, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComparePlan {
    /// Name of the baseline initialisation.
    pub baseline: String,
    /// AUC difference that would not matter.
    pub margin: f64,
    /// AUC that an arm must be shown to exceed to be recommended.
    pub reference: f64,
    /// Validation AUCs to reach, ascending.
    pub thresholds: Vec<f64>,
    /// Evaluations in a row that have to reach them.
    pub sustained: usize,
    /// How operating thresholds are chosen.
    pub operating: OperatingRule,
    /// Specificities at which sensitivity is reported, ascending.
    pub specificities: Vec<f64>,
    /// Prevalences for predictive values, ascending.
    pub prevalences: Vec<f64>,
    /// Bootstrap resamples and permutations.
    pub resamples: usize,
    /// Numbers of seeds after which it is looked whether more are needed, rising; none where their
    /// number is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<usize>,
}

impl Default for ComparePlan {
    fn default() -> Self {
        Self {
            baseline: "random".into(),
            margin: 0.01,
            reference: 0.5,
            thresholds: vec![0.8],
            sustained: 1,
            operating: OperatingRule::Youden,
            specificities: vec![0.9, 0.95],
            prevalences: Vec::new(),
            resamples: 2000,
            looks: Vec::new(),
        }
    }
}

impl ComparePlan {
    /// Checks `spec` against the initialisations of `grid`.
    pub(crate) fn new(spec: &CompareSpec, grid: &GridSpec) -> Result<Self, StudyError> {
        let inits: Vec<_> = grid.init.iter().map(|i| i.0.name.clone()).collect();
        if !inits.contains(&spec.baseline) {
            return Err(StudyError::Value {
                field: "compare.baseline",
                expected: format!("one of the study's initialisations: {}", inits.join(", ")),
                found: format!("`{}`", spec.baseline),
            });
        }
        // Looks from 0 on would never grow.
        grid.seeds.check()?;
        bounds::MARGIN.number(spec.margin)?;
        bounds::REFERENCE.number(spec.reference)?;
        bounds::SUSTAINED.whole(spec.sustained as u64)?;
        bounds::RESAMPLES.whole(spec.resamples as u64)?;
        if let OperatingRule::Sensitivity(least) | OperatingRule::Specificity(least) =
            spec.operating
        {
            bounds::OPERATING.number(least)?;
        }
        Ok(Self {
            baseline: spec.baseline.clone(),
            margin: spec.margin,
            reference: spec.reference,
            thresholds: shares(&bounds::THRESHOLD, &spec.thresholds)?,
            sustained: spec.sustained,
            operating: spec.operating,
            specificities: shares(&bounds::SPECIFICITY, &spec.specificities)?,
            prevalences: shares(&bounds::PREVALENCE, &spec.prevalences)?,
            resamples: spec.resamples,
            looks: grid.seeds.looks(),
        })
    }
}

/// Numbers within `bound`, ascending and each once.
fn shares(bound: &Bound, written: &[f64]) -> Result<Vec<f64>, StudyError> {
    let mut sorted = written.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    for share in &sorted {
        bound.number(*share)?;
    }
    match bounds::SHARES.entries(&sorted) {
        Ok(()) => Ok(sorted),
        Err(_) => Err(StudyError::Value {
            field: bound.key,
            expected: bounds::SHARES.to_string(),
            found: sorted.len().to_string(),
        }),
    }
}
