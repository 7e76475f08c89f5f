//! Every question of one run: discrimination, an operating point, calibration.

use stats::{
    Binning, ClusteredCounts, Clusters, Counts, DecisionCurve, Delong, Interval, Method, Rate,
    Recalibration, Reliability, RocCurve, SpecificityRange, StatsError, Temperature, brier,
    partial_auc,
};

use super::choices::{Asks, Choices, chosen};
use super::patients::Patients;
use super::question::{Asked, Question};
use record::Predictions;
use record::results::{
    AucResult, CalibrationResult, NetBenefit, OperatingResult, PredictiveValues, Proportion,
    QuestionResult, ReliabilityBin, RescaledResult,
};
use study::{ComparePlan, StudyPlan};

/// Specificity from which on the partial AUC counts.
const SPECIFIC: f64 = 0.9;
/// Bins of a reliability diagram, each with as many pictures.
const BINS: usize = 10;
/// Thresholds of a decision curve.
const DECISIONS: [f64; 10] = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7];

/// Every question in the predictions of one run. Thresholds and temperatures are chosen on the
/// `validation` predictions, everything else is of the `test` predictions.
pub(crate) fn performance(
    plan: &StudyPlan,
    validation: &Predictions,
    test: &Predictions,
) -> Vec<QuestionResult> {
    let asks = Asks::of(plan);
    asks.measure(&asks.choose(validation), test)
}

impl Asks<'_> {
    /// Every question in `test`, at what was chosen before.
    pub fn measure(&self, choices: &Choices, test: &Predictions) -> Vec<QuestionResult> {
        let (classes, compare) = (self.classes.len(), self.compare);
        let temperature = choices.temperature.map(Temperature::from);
        let rescaled = temperature.and_then(|t| {
            let probabilities = self.rescaled(&t, &test.probabilities)?;
            Some((t.value, probabilities))
        });
        let questions = self.questions().into_iter().enumerate();
        questions
            .map(|(place, question)| {
                let asked = question.ask_of(test, classes);
                let [positives, negatives] = asked.counts();
                let clusters = clusters(&asked, test);
                let curve = RocCurve::new(&asked.labels, &asked.scores).ok();
                let at = |specificity: &f64| {
                    let point = curve.as_ref()?.sensitivity_at(*specificity).ok()?;
                    Some(point.sensitivity)
                };
                let names = asked.cases.iter();
                let names = names.map(|case| test.patients[*case].as_deref());
                let patients = Patients::new(&asked, names, compare.resamples).ok();
                let patients = patients.as_ref();
                let specificities = compare.specificities.iter();
                let threshold = choices.thresholds.get(place).and_then(|t| t.value);
                let rescaled = rescaled.as_ref().and_then(|(value, probabilities)| {
                    let after = question.ask(&test.labels, probabilities, classes);
                    self::rescaled(&after, *value).ok()
                });
                QuestionResult {
                    auc: auc(&asked, clusters.as_ref()).ok(),
                    auprc: stats::average_precision(&asked.labels, &asked.scores).ok(),
                    auprc_interval: patients.and_then(Patients::average_precision),
                    partial_auc: specific_area(&asked).ok(),
                    partial_auc_interval: patients.and_then(|p| p.partial_auc(specific().ok()?)),
                    sensitivities: specificities.clone().map(at).collect(),
                    sensitivity_intervals: specificities
                        .map(|specificity| patients?.sensitivity(*specificity))
                        .collect(),
                    operating: threshold
                        .and_then(|t| operating(compare, t, &asked, clusters.as_ref()).ok()),
                    calibration: calibration(&asked, clusters.as_ref()).ok(),
                    rescaled,
                    decision_curve: decisions(&asked).unwrap_or_default(),
                    is_headline: question.is_headline,
                    name: question.name,
                    positives,
                    negatives,
                }
            })
            .collect()
    }
}

/// The patients of the pictures asked about, where some have several.
fn clusters(asked: &Asked, test: &Predictions) -> Option<Clusters> {
    let patients = asked
        .cases
        .iter()
        .map(|case| test.patients[*case].as_deref());
    Clusters::new(patients).ok().filter(Clusters::repeat)
}

/// The AUC with its interval over patients.
fn auc(asked: &Asked, clusters: Option<&Clusters>) -> Result<AucResult, StatsError> {
    let curve = Delong::new(&asked.labels, &asked.scores)?;
    let estimate = match clusters {
        Some(clusters) => curve.estimate()?.by_cluster(clusters)?,
        None => curve.estimate()?,
    };
    let interval = match estimate.logit_interval(0.95)? {
        // Nothing varied; the number of cases still tells something.
        interval if interval.method == Method::Degenerate => curve.logit_interval(0.95)?,
        interval => interval,
    };
    Ok(AucResult {
        value: curve.auc(),
        low: interval.lower,
        high: interval.upper,
    })
}

fn specific() -> Result<SpecificityRange, StatsError> {
    SpecificityRange::at_least(SPECIFIC)
}

fn specific_area(asked: &Asked) -> Result<f64, StatsError> {
    Ok(partial_auc(&asked.labels, &asked.scores, specific()?)?.standardised)
}

fn proportion(value: f64, interval: Interval) -> Proportion {
    Proportion {
        value,
        low: interval.lower,
        high: interval.upper,
    }
}

/// The threshold that validation predictions choose for each of [`Question::every`].
pub(crate) fn thresholds(plan: &StudyPlan, validation: &Predictions) -> Vec<Option<f64>> {
    let classes = plan.data.described.classes.len();
    let questions = Question::every(&plan.data).into_iter();
    questions
        .map(|question| {
            let asked = question.ask_of(validation, classes);
            Some(chosen(&plan.compare, &asked).ok()?.threshold)
        })
        .collect()
}

fn operating(
    compare: &ComparePlan,
    threshold: f64,
    test: &Asked,
    clusters: Option<&Clusters>,
) -> Result<OperatingResult, StatsError> {
    let counts = Counts::at(&test.labels, &test.scores, threshold)?;
    let clustered = clusters
        .map(|c| ClusteredCounts::at(&test.labels, &test.scores, threshold, c))
        .transpose()?;
    let rate = |rate: Rate| -> Option<Proportion> {
        let share = match &clustered {
            Some(clustered) => clustered.rate(rate),
            None => counts.rate(rate),
        };
        let share = share.ok()?;
        Some(proportion(share.share, share.wilson(0.95).ok()?))
    };
    let ratio = |ratio: Result<stats::LikelihoodRatio, StatsError>| {
        let ratio = ratio.ok()?;
        Some(proportion(ratio.ratio, ratio.interval(0.95).ok()?))
    };
    let elsewhere = compare.prevalences.iter().map(|prevalence| {
        let values = counts.predictive_values_at(*prevalence, 0.95).ok();
        PredictiveValues {
            prevalence: *prevalence,
            ppv: values.map(|v| proportion(v.positive, v.positive_interval)),
            npv: values.map(|v| proportion(v.negative, v.negative_interval)),
        }
    });
    Ok(OperatingResult {
        rule: compare.operating.describe(),
        threshold,
        counts: [
            counts.true_positives,
            counts.false_negatives,
            counts.false_positives,
            counts.true_negatives,
        ],
        sensitivity: rate(Rate::Sensitivity),
        specificity: rate(Rate::Specificity),
        ppv: rate(Rate::Ppv),
        npv: rate(Rate::Npv),
        lr_positive: ratio(counts.positive_likelihood_ratio()),
        lr_negative: ratio(counts.negative_likelihood_ratio()),
        elsewhere: elsewhere.collect(),
    })
}

fn calibration(
    asked: &Asked,
    clusters: Option<&Clusters>,
) -> Result<CalibrationResult, StatsError> {
    let (labels, scores) = (&asked.labels, &asked.scores);
    let fit = match clusters {
        Some(clusters) => Recalibration::by_cluster(labels, scores, clusters),
        None => Recalibration::new(labels, scores),
    };
    let fit = fit.ok();
    let coefficient = |c: stats::LogOdds| Some(proportion(c.value, c.interval(0.95).ok()?));
    let reliability = Reliability::new(labels, scores, Binning::EqualMass(BINS))?;
    let error = reliability.calibration_error();
    let by_patient = match clusters {
        Some(clusters) => reliability.by_cluster(clusters)?,
        None => reliability,
    };
    let bins = by_patient.bins().iter().filter_map(|bin| {
        Some(ReliabilityBin {
            images: bin.cases(),
            predicted: bin.mean_predicted,
            observed: proportion(bin.observed.share, bin.interval(0.95).ok()?),
        })
    });
    Ok(CalibrationResult {
        slope: fit.as_ref().and_then(|fit| coefficient(fit.slope)),
        intercept: fit.as_ref().and_then(|fit| coefficient(fit.in_the_large)),
        brier: brier(labels, scores)?,
        ece: error.ece,
        ece_if_right: error.by_chance,
        reliability: bins.collect(),
    })
}

fn rescaled(after: &Asked, temperature: f64) -> Result<RescaledResult, StatsError> {
    let (labels, scores) = (&after.labels, &after.scores);
    let reliability = Reliability::new(labels, scores, Binning::EqualMass(BINS))?;
    let fit = Recalibration::new(labels, scores);
    Ok(RescaledResult {
        temperature,
        slope: fit.ok().map(|fit| fit.slope.value),
        brier: brier(labels, scores)?,
        ece: reliability.calibration_error().ece,
    })
}

fn decisions(asked: &Asked) -> Result<Vec<NetBenefit>, StatsError> {
    let curve = DecisionCurve::new(&asked.labels, &asked.scores, &DECISIONS)?;
    let points = curve.points.into_iter();
    Ok(points
        .map(|point| NetBenefit {
            threshold: point.threshold,
            model: point.of_model,
            all: point.of_all,
        })
        .collect())
}
