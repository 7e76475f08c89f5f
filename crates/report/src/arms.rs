//! The table of arms: one group per model and training size, the baseline marked.

use super::interval_bar::{Axis, IntervalBar};
use super::number;
use super::palette::Palette;
use record::metrics::{METRICS, Metric};
use record::results::{
    ArmResult, ComparisonResult, Estimate, Outcome, Results, SeedResult, SpeedOutcome, Timing,
};

/// The table and the axes that its bars share.
pub struct ArmTable {
    /// Range of the AUC bars.
    pub auc_axis: Option<Axis>,
    /// Range of the bars of differences.
    pub difference_axis: Option<Axis>,
    /// Validation AUCs to reach, as text.
    pub thresholds: Vec<String>,
    /// Whether any arm is compared with others than the baseline.
    pub has_others: bool,
    /// Metrics that any run has, in the order of columns.
    pub metrics: Vec<&'static Metric>,
    /// Whether any arm has times.
    pub has_seconds: bool,
    /// Arms that can be compared with each other.
    pub groups: Vec<ArmGroup>,
}

impl ArmTable {
    /// Columns of the table.
    pub fn columns(&self) -> usize {
        3 + self.of_arms().count() + self.thresholds.len() + usize::from(self.has_seconds)
    }

    /// The metrics that the table of arms shows.
    pub fn of_arms(&self) -> impl Iterator<Item = &'static Metric> {
        let shown = self.metrics.iter().copied();
        shown.filter(|metric| metric.is_of_arms)
    }
}

/// Arms of one model and one training size.
pub struct ArmGroup {
    /// Label of the model.
    pub model: String,
    /// Training images, with `all` where it is the whole partition.
    pub train_size: String,
    /// Parameters and multiply-adds, where the model is known.
    pub cost: Option<(String, String)>,
    /// One per initialisation.
    pub rows: Vec<ArmRow>,
}

/// One arm.
pub struct ArmRow {
    /// Name of the initialisation.
    pub init: String,
    /// What that is, and how the arm is trained, in words; may be empty.
    pub words: String,
    /// Number of its colour.
    pub colour: usize,
    /// Whether the others are compared with it.
    pub is_baseline: bool,
    /// Whether the verdict recommends it.
    pub is_recommended: bool,
    /// Finished seeds.
    pub seeds: usize,
    /// Test AUC.
    pub auc: Option<AucCell>,
    /// Against the baseline, then against the whole network, where there is one.
    pub differences: Vec<DifferenceCell>,
    /// One a metric of arms, mean over seeds.
    pub metrics: Vec<String>,
    /// Per threshold.
    pub steps: Vec<StepsCell>,
    /// Time of a run, median over seeds.
    pub seconds: String,
    /// Training speed, median over seeds.
    pub speed: Option<String>,
}

/// An AUC and where its uncertainty comes from.
pub struct AucCell {
    /// Mean over seeds.
    pub value: String,
    /// The 95% interval, or why there is none.
    pub interval: String,
    /// Seed spread and sampling error in words.
    pub origin: String,
    /// Drawing.
    pub bar: Option<IntervalBar>,
}

/// A difference to another arm.
pub struct DifferenceCell {
    /// Label of the other arm, where it is not the baseline.
    pub other: Option<String>,
    /// Arm minus the other, signed.
    pub value: String,
    /// The 95% interval, or why there is none.
    pub interval: String,
    /// `better`, `worse`, `equivalent` or `undecided`.
    pub outcome: Outcome,
    /// Name of the outcome in the style sheet.
    pub class: &'static str,
    /// Drawing.
    pub bar: Option<IntervalBar>,
}

/// Steps to one threshold.
pub struct StepsCell {
    /// Geometric mean over seeds, `before` an evaluation, `not reached` or a dash.
    pub steps: String,
    /// How many seeds reach it, e.g. `2 of 3 seeds`.
    pub reached: Option<String>,
    /// How soon that is beside the baseline.
    pub speed: Option<SpeedCell>,
}

/// The baseline's steps over an arm's.
pub struct SpeedCell {
    /// `≥ 2.0× as soon`.
    pub ratio: String,
    /// Its 95% interval, e.g. `1.1 to 5.7`.
    pub interval: Option<String>,
    /// What may be concluded.
    pub outcome: SpeedOutcome,
    /// The outcome of a difference whose colours it has.
    pub like: Outcome,
}

impl ArmTable {
    /// The table of the results.
    pub fn new(results: &Results, timing: &[Timing], palette: &Palette) -> Self {
        let all_seeds = || results.arms.iter().flat_map(|arm| &arm.seeds);
        let aucs = results.arms.iter().flat_map(|arm| {
            let estimate = arm
                .auc
                .iter()
                .flat_map(|auc| [Some(auc.value), auc.low, auc.high].into_iter().flatten());
            estimate.chain(arm.seeds.iter().filter_map(|seed| Some(seed.auc?.value)))
        });
        let auc_axis = Axis::around(aucs, 0.05, 2);
        let differences = results.comparisons.iter().flat_map(|comparison| {
            let difference = comparison.difference;
            let known = [Some(difference.value), difference.low, difference.high];
            known
                .into_iter()
                .flatten()
                .chain([results.margin, -results.margin])
        });
        let difference_axis = Axis::around(differences, 0.01, 2);
        let mut table = Self {
            auc_axis,
            difference_axis,
            thresholds: results
                .thresholds
                .iter()
                .map(|auc| number::fixed(*auc, 2))
                .collect(),
            has_others: results
                .arms
                .iter()
                .any(|arm| results.against_others(arm).next().is_some()),
            metrics: METRICS
                .iter()
                .filter(|metric| all_seeds().any(|seed| seed.metrics.get(metric).is_some()))
                .collect(),
            has_seconds: timing.iter().any(|times| !times.seconds.is_empty()),
            groups: Vec::new(),
        };
        let mut keys: Vec<(&str, usize)> = Vec::new();
        for arm in &results.arms {
            let key = (arm.model.as_str(), arm.train_size);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        for key in keys {
            let arms: Vec<&ArmResult> = results
                .arms
                .iter()
                .filter(|arm| (arm.model.as_str(), arm.train_size) == key)
                .collect();
            let group = table.group(results, timing, palette, &arms);
            table.groups.extend(group);
        }
        table
    }

    fn group(
        &self,
        results: &Results,
        timing: &[Timing],
        palette: &Palette,
        arms: &[&ArmResult],
    ) -> Option<ArmGroup> {
        let first = arms.first()?;
        let cost = results
            .models
            .iter()
            .find(|model| model.label == first.model)
            .map(|model| {
                (
                    number::magnitude(model.parameters as u64),
                    number::magnitude(model.macs),
                )
            });
        let rows = arms
            .iter()
            .map(|arm| {
                let times = timing.iter().find(|times| times.arm == arm.label);
                let comparison = results.against_baseline(arm);
                let baseline = results.baseline_of(arm);
                let reference = baseline.and_then(|arm| Some(arm.auc?.value));
                let against_others = results.against_others(arm).map(|other| DifferenceCell {
                    other: Some(other.baseline.clone()),
                    ..self.difference(other, results.margin)
                });
                let is_recommended = results.verdict.recommended.as_ref() == Some(&arm.label);
                ArmRow {
                    init: arm.setup(),
                    words: arm.words.clone(),
                    colour: palette.colour(&arm.setup()),
                    is_baseline: arm.init == results.baseline,
                    is_recommended,
                    seeds: arm.seed_count(),
                    auc: self.auc(arm, reference),
                    differences: comparison
                        .map(|comparison| self.difference(comparison, results.margin))
                        .into_iter()
                        .chain(against_others)
                        .collect(),
                    metrics: self
                        .of_arms()
                        .map(|metric| seed_mean(arm, |seed| seed.metrics.get(metric)))
                        .collect(),
                    steps: (0..self.thresholds.len())
                        .map(|place| steps_cell(arm, comparison, place))
                        .collect(),
                    seconds: times
                        .and_then(|times| number::median(&times.seconds))
                        .map_or_else(|| number::UNKNOWN.to_owned(), number::seconds),
                    speed: times
                        .and_then(|times| number::median(&times.images_per_second))
                        .map(|speed| format!("{} images/s", number::fixed(speed, 0))),
                }
            })
            .collect();
        Some(ArmGroup {
            model: first.model.clone(),
            train_size: train_size(first),
            cost,
            rows,
        })
    }

    fn auc(&self, arm: &ArmResult, reference: Option<f64>) -> Option<AucCell> {
        let auc = arm.auc?;
        let axis = self.auc_axis?;
        let origin = match auc.seed_sd {
            Some(sd) => format!(
                "seed SD {}, sampling SE {}",
                number::fixed(sd, 3),
                number::fixed(auc.sampling_se, 3)
            ),
            None => format!(
                "one seed, sampling SE {}",
                number::fixed(auc.sampling_se, 3)
            ),
        };
        let seeds = arm.seeds.iter().filter_map(|seed| Some(seed.auc?.value));
        Some(AucCell {
            value: number::fixed(auc.value, 3),
            interval: number::interval(&auc),
            origin,
            bar: IntervalBar::of(&axis, &auc).map(|bar| {
                bar.with_reference(&axis, reference)
                    .with_seeds(&axis, seeds)
            }),
        })
    }

    fn difference(&self, comparison: &ComparisonResult, margin: f64) -> DifferenceCell {
        let (difference, outcome) = (&comparison.difference, comparison.outcome);
        DifferenceCell::new(self.difference_axis, difference, outcome, margin)
    }
}

impl DifferenceCell {
    /// A difference in AUC with its outcome, drawn on `axis` above the zone of `margin`.
    pub fn new(axis: Option<Axis>, difference: &Estimate, outcome: Outcome, margin: f64) -> Self {
        let bar = axis.and_then(|axis| {
            let bar = IntervalBar::of(&axis, difference)?;
            Some(
                bar.with_reference(&axis, Some(0.0))
                    .with_zone(&axis, margin),
            )
        });
        DifferenceCell {
            other: None,
            value: number::signed(difference.value),
            interval: number::signed_interval(difference),
            outcome,
            class: outcome.word(),
            bar,
        }
    }
}

/// `1,080 training images (all)`.
pub fn train_size(arm: &ArmResult) -> String {
    let all = if arm.is_all { " (all)" } else { "" };
    format!(
        "{} training images{all}",
        number::count(arm.train_size as u64)
    )
}

fn seed_mean(arm: &ArmResult, value: impl Fn(&SeedResult) -> Option<f64>) -> String {
    number::metric(number::mean(arm.seeds.iter().filter_map(value)))
}

fn steps_cell(arm: &ArmResult, comparison: Option<&ComparisonResult>, place: usize) -> StepsCell {
    let Some(convergence) = arm
        .convergence
        .get(place)
        .filter(|found| !found.steps.is_empty())
    else {
        return StepsCell {
            steps: number::UNKNOWN.to_owned(),
            reached: None,
            speed: None,
        };
    };
    let (seeds, reached) = (convergence.steps.len(), convergence.reached());
    let speed_up = comparison.and_then(|comparison| comparison.speed_up.get(place)?.as_ref());
    StepsCell {
        steps: match (convergence.mean, convergence.early) {
            (Some(mean), _) if convergence.is_bound() => format!("≥ {}", number::steps(mean)),
            (Some(mean), _) => number::steps(mean),
            (None, Some(by)) => format!("before {by}"),
            (None, None) => "not reached".to_owned(),
        },
        reached: (reached < seeds).then(|| format!("{reached} of {seeds} seeds")),
        speed: speed_up.map(|found| SpeedCell {
            ratio: format!(
                "{}{}× as soon",
                found.bound.sign(),
                number::ratio(found.value)
            ),
            interval: found
                .low
                .zip(found.high)
                .map(|(low, high)| format!("{} to {}", number::ratio(low), number::ratio(high))),
            outcome: found.outcome,
            like: found.outcome.like(),
        }),
    }
}
