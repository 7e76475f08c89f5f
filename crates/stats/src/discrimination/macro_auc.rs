use crate::uncertainty::influence::RunningMean;
use crate::{ClassScores, Delong, Estimate, Findings, Interval, StatsError};

/// The unweighted mean of the AUCs of several classes or findings on the same cases.
///
/// Each class is set against the rest, as scikit-learn's
/// `roc_auc_score(multi_class="ovr", average="macro")`, but a class without both positive and
/// negative cases is skipped and named instead of failing the whole. It is not the one-vs-one
/// mean of Hand and Till, nor weighted by prevalence.
///
/// Its standard error averages the influences of the classes case by case before squaring, so it
/// accounts for all of them having been measured on the same patients.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroAuc {
    /// Mean AUC over `classes`, in `0..=1`.
    pub auc: f64,
    /// The classes that entered, ascending.
    pub classes: Vec<ClassAuc>,
    /// The classes left out for having only positive or only negative cases, ascending.
    pub skipped: Vec<usize>,
    estimate: Result<Estimate, StatsError>,
}

/// The AUC of one class against the rest, or of one finding.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassAuc {
    /// The class or finding, from 0.
    pub class: usize,
    /// Its AUC, in `0..=1`.
    pub auc: f64,
    /// DeLong's standard error; `None` with fewer than two positive or two negative cases.
    pub standard_error: Option<f64>,
    /// Number of positive cases, at least 1.
    pub positives: usize,
    /// Number of negative cases, at least 1.
    pub negatives: usize,
}

impl MacroAuc {
    /// Exclusive classes, each against the rest. `labels`: the class of each case, from 0.
    pub fn one_vs_rest(scores: &ClassScores<'_>, labels: &[usize]) -> Result<Self, StatsError> {
        scores.check_labels(labels)?;
        let curves = (0..scores.classes()).map(|class| {
            let positive: Vec<bool> = labels.iter().map(|&label| label == class).collect();
            Delong::new(&positive, &scores.column(class)).map(|curve| (curve, None))
        });
        Self::over(curves, scores.cases())
    }

    /// Findings that do not exclude one another. A case counts for the findings whose label is
    /// known in it.
    pub fn over_findings(findings: &Findings<'_>) -> Result<Self, StatsError> {
        let curves = findings.iter().map(|finding| {
            let curve = Delong::new(&finding.labels, &finding.scores)?;
            Ok((curve, Some(finding.cases)))
        });
        Self::over(curves, findings.cases())
    }

    /// The mean over curves, each with the positions of its cases among all (`None`: all).
    fn over(
        curves: impl Iterator<Item = Result<(Delong, Option<Vec<usize>>), StatsError>>,
        cases: usize,
    ) -> Result<Self, StatsError> {
        let (mut classes, mut skipped) = (Vec::new(), Vec::new());
        let mut mean = Ok(RunningMean::default());
        for (class, curve) in curves.enumerate() {
            let (curve, members) = match curve {
                Ok(curve) => curve,
                Err(StatsError::OneClass { .. } | StatsError::Empty { .. }) => {
                    skipped.push(class);
                    continue;
                }
                Err(reason) => return Err(reason),
            };
            let influence = curve.influence().map(|influence| match members {
                Some(members) => influence.spread(&members, cases),
                None => influence,
            });
            classes.push(ClassAuc {
                class,
                auc: curve.auc(),
                standard_error: influence.as_ref().ok().map(|i| i.variance().sqrt()),
                positives: curve.positives().len(),
                negatives: curve.negatives().len(),
            });
            mean = mean.and_then(|mut mean| {
                mean.add(&Estimate::new(curve.auc(), influence?))?;
                Ok(mean)
            });
        }
        if classes.is_empty() {
            return Err(StatsError::NoUsableClass {
                classes: skipped.len(),
            });
        }
        let sum: f64 = classes.iter().map(|class| class.auc).sum();
        Ok(Self {
            auc: sum / classes.len() as f64,
            classes,
            skipped,
            estimate: mean.and_then(RunningMean::finish),
        })
    }

    /// The mean with its influence, to average over seeds or compare with another. An error when
    /// a class that entered has fewer than two positive or two negative cases.
    pub fn estimate(&self) -> Result<&Estimate, StatsError> {
        self.estimate.as_ref().map_err(Clone::clone)
    }

    /// Standard error of the mean AUC over samples of patients.
    pub fn standard_error(&self) -> Result<f64, StatsError> {
        Ok(self.estimate()?.influence().variance().sqrt())
    }

    /// Interval on the scale of `ln(a / (1 − a))`. `level`: 0.95 for a 95% interval. Flagged
    /// [`Method::Degenerate`](crate::Method::Degenerate) when the variance is zero.
    pub fn logit_interval(&self, level: f64) -> Result<Interval, StatsError> {
        let standard_error = self.standard_error()?;
        if standard_error == 0.0 {
            Interval::degenerate(self.auc, level)
        } else {
            Interval::logit(self.auc, standard_error, level)
        }
    }
}
