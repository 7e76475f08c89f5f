//! A model measured on pictures whose answers are known.

use comparison::{Choices, FittedTemperature};
use images::Fit;
use record::Predictions;
use record::metrics::{Judged, METRICS, Metric, measure};
use record::results::{AucResult, QuestionResult};
use serde::Serialize;
use stats::Bootstrap;
use study::RunData;

use crate::classifier::Classifier;

/// Seed of the resamples, as of a study's.
const SEED: u64 = 0;
/// Fewest and most resamples.
const RESAMPLES: [usize; 2] = [200, 2_000];
/// Pictures that all resamples of a metric may hold together.
const WORK: usize = 20_000_000;

/// A model measured on pictures whose answers are known.
#[derive(Clone, Debug, Serialize)]
pub struct External {
    /// Label of the model.
    pub model: String,
    /// What the headline AUC tells apart, in words.
    pub headline: String,
    /// Pictures that were judged.
    pub images: usize,
    /// Their patients; pictures of unknown patients count as one each.
    pub patients: usize,
    /// Headline AUC and its 95% interval over patients (DeLong).
    pub auc: Option<AucResult>,
    /// Every metric of a study with its 95% interval, by resampling patients.
    pub metrics: Vec<MetricEstimate>,
    /// AUC per class (one against the rest), grade threshold or finding.
    pub per_class: Vec<(String, Option<f64>)>,
    /// Every question behind the headline: discrimination, at the threshold that the study's
    /// validation pictures chose, and calibration.
    pub questions: Vec<QuestionResult>,
    /// How thresholds were chosen there; none of a model that was exported before they were.
    pub rule: Option<String>,
    /// The temperature that was fitted there.
    pub temperature: Option<FittedTemperature>,
    /// What to know before trusting the numbers; sentences.
    pub notes: Vec<String>,
}

/// A metric with its interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricEstimate {
    /// Its key in `results.json`.
    pub id: &'static str,
    /// Its name in a sentence.
    pub words: &'static str,
    /// Its value; none where the pictures do not define it.
    pub value: Option<f64>,
    /// Lower end of its 95% interval; none with fewer than two patients.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl External {
    /// Measures what `classifier` said of pictures. None of a model without questions of its own,
    /// as published weights are.
    pub fn measure(
        classifier: &Classifier,
        predictions: &Predictions,
        mut notes: Vec<String>,
    ) -> Option<Self> {
        let questions = classifier.questions.as_ref()?;
        let (task, classes) = (classifier.task, &classifier.classes);
        let asks = questions.asks(task, classes);
        let data = RunData {
            sha256: String::new(),
            split: String::new(),
            test_sets: Vec::new(),
            task,
            headline: questions.headline.clone(),
            classes: classes.clone(),
            size: classifier.preprocess.size,
            channels: classifier.preprocess.channels,
            fit: Fit::default(),
            resize: None,
            range: Default::default(),
            depth: None,
        };
        let judged = Judged {
            data: &data,
            predictions,
        };
        let whole = measure(&judged);
        let nothing = Choices {
            rule: String::new(),
            thresholds: Vec::new(),
            temperature: None,
            images: 0,
        };
        let choices = questions.choices.as_ref();
        if choices.is_none() {
            notes.push(
                "The model was exported without thresholds and temperature: export it again for \
                 what a threshold makes of these pictures."
                    .into(),
            );
        }
        let metrics = METRICS.iter().filter(|metric| metric.tasks.contains(&task));
        Some(Self {
            model: classifier.name.clone(),
            headline: questions.headline.describe(classes),
            images: predictions.images.len(),
            patients: predictions
                .clusters()
                .map_or(0, |clusters| clusters.count()),
            auc: whole.auc,
            metrics: metrics.map(|metric| estimate(metric, &judged)).collect(),
            per_class: whole.per_class,
            questions: asks.measure(choices.unwrap_or(&nothing), predictions),
            rule: choices.map(|choices| choices.rule.clone()),
            temperature: choices.and_then(|choices| choices.temperature),
            notes,
        })
    }
}

/// A metric with its interval by resampling patients.
fn estimate(metric: &Metric, judged: &Judged) -> MetricEstimate {
    let value = metric.of(judged);
    let interval = value.and_then(|_| {
        let clusters = judged.predictions.clusters()?;
        let purpose = format!("bootstrap {}", metric.id);
        let resamples = WORK / judged.predictions.images.len().max(1);
        let bootstrap = Bootstrap::new(&clusters, SEED, &purpose)
            .resamples(resamples.clamp(RESAMPLES[0], RESAMPLES[1]))
            .ok()?;
        let drawn = bootstrap.run(|weights| {
            let repeated = weights.iter().enumerate();
            let places: Vec<usize> = repeated
                .flat_map(|(place, weight)| std::iter::repeat_n(place, *weight as usize))
                .collect();
            let predictions = judged.predictions.of(&places, judged.classes());
            metric.of(&Judged {
                data: judged.data,
                predictions: &predictions,
            })
        });
        drawn.ok()?.interval(0.95).ok()
    });
    MetricEstimate {
        id: metric.id,
        words: metric.words,
        value,
        low: interval.as_ref().map(|interval| interval.lower),
        high: interval.as_ref().map(|interval| interval.upper),
    }
}
