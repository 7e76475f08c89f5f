//! `results.json` as a whole.

use serde::{Deserialize, Serialize};
use study::{DataResult, ModelResult, ReportPlan, Reporting, SourceResult};

use super::analysis::Analysis;
use super::arm::ArmResult;
use super::comparison::{AttributionResult, ComparisonResult};
use super::cost::CostResult;
use super::cross_validation::CrossValidation;
use super::discrimination::Discrimination;
use super::label_efficiency::LabelEfficiencyResult;
use super::mistakes::Mistakes;
use super::probe::{ProbeResult, Probes};
use super::progress::{Failure, Progress, Reproduction};
use super::protocol::Protocol;
use super::saliency::Saliency;
use super::sequential::SequentialResult;
use super::source_accuracy::SourceAccuracy;
use super::specification::SpecificationCurve;
use super::test_set::TestSetResult;
use super::transferability::Transferability;
use super::tuning::{TunedResult, TuningResult};
use super::verdict::Verdict;

/// Version of the schema; a newer one is refused.
pub const FORMAT: u32 = 2;

/// `results.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`FORMAT`].
    pub format: u32,
    /// The study's question.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// What the headline AUC tells apart, e.g. `grade ≥ 2` or `macro one-vs-rest`.
    pub headline: String,
    /// The name of the baseline initialisation.
    pub baseline: String,
    /// Difference in AUC that would not matter.
    pub margin: f64,
    /// Validation AUCs whose first crossing measures convergence.
    pub thresholds: Vec<f64>,
    /// Planned, finished and failed runs; where seeds are added until all is decided, up to the next
    /// look.
    pub progress: Progress,
    /// What a reader has to know about how arms were set up.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The user's data.
    pub data: DataResult,
    /// The tasks that pretrained weights come from.
    pub sources: Vec<SourceResult>,
    /// The networks compared.
    pub models: Vec<ModelResult>,
    /// One per cell of the grid, in the order of the plan.
    pub arms: Vec<ArmResult>,
    /// Every arm against the baseline initialisation of the same model, regime and training size,
    /// every arm of another regime than `full` against that, and every arm of a slimmed or
    /// truncated network against the whole one.
    pub comparisons: Vec<ComparisonResult>,
    /// The same comparisons, question by question, where the headline is a mean over several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub question_comparisons: Vec<ComparisonResult>,
    /// Every named test set: reported apart, never chosen on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_sets: Vec<TestSetResult>,
    /// What cross-validation adds, where the study has folds and a run is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidation>,
    /// Curves and confusion matrices, where a run is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discrimination: Option<Discrimination>,
    /// What every arm costs, in the order of the arms.
    #[serde(default)]
    pub costs: Vec<CostResult>,
    /// AUC against training pictures, where the study has several sizes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub label_efficiency: Vec<LabelEfficiencyResult>,
    /// Specificities of the sensitivities of every question.
    #[serde(default)]
    pub specificities: Vec<f64>,
    /// What of the pretrained weights helps, where a model has the arms that tell.
    #[serde(default)]
    pub attributions: Vec<AttributionResult>,
    /// The looks, where seeds are added until all is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequential: Option<SequentialResult>,
    /// What every arm tried before its runs, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuned: Option<TunedResult>,
    /// What each arm tried, and what it chose, in the order of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tuning: Vec<TuningResult>,
    /// Every comparison at every candidate that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification_curve: Option<SpecificationCurve>,
    /// How frozen features were probed, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probes>,
    /// One per model, initialisation, training size, method and block, in the order of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeResult>,
    /// What scores of transferability promise, where the study asks, and how well they predicted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferability: Option<Transferability>,
    /// Accuracy on source tasks against test AUC here, where several networks start from one source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_accuracy: Vec<SourceAccuracy>,
    /// What the networks kept and share, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    /// What the runs were asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// What only the team knows, in its words.
    #[serde(default, skip_serializing_if = "says_nothing")]
    pub reporting: Reporting,
    /// The pictures that the networks of one arm were most wrong about, once a run is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mistakes: Option<Mistakes>,
    /// Where one of these networks looks, where the study shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saliency: Option<Saliency>,
    /// What the report shows beside numbers.
    #[serde(default, skip_serializing_if = "ReportPlan::is_default")]
    pub report: ReportPlan,
    /// What to do.
    pub verdict: Verdict,
    /// Runs that ended in an error.
    pub failures: Vec<Failure>,
    /// How to get these numbers again.
    pub reproduction: Reproduction,
}

fn says_nothing(reporting: &Reporting) -> bool {
    *reporting == Reporting::default()
}

impl Results {
    /// What was probed: label of every model of the grid, then of every file of features, with the
    /// blocks that were, from the input on.
    pub fn probed(&self) -> Vec<(&str, Vec<&str>)> {
        let models = self.models.iter().map(|model| {
            let of_model = |block: &&str| {
                let mut probes = self.probes.iter();
                probes.any(|p| p.model == model.label && p.block == *block)
            };
            let blocks = model.blocks.iter().map(String::as_str);
            (&*model.label, blocks.filter(of_model).collect())
        });
        let mut probed: Vec<(&str, Vec<&str>)> = models.collect();
        let networks = probed.len();
        for probe in &self.probes {
            match probed.iter().position(|(label, _)| *label == probe.model) {
                None => probed.push((&probe.model, vec![&probe.block])),
                Some(place) if place >= networks => {
                    let blocks = &mut probed[place].1;
                    if !blocks.contains(&&*probe.block) {
                        blocks.push(&probe.block);
                    }
                }
                Some(_) => {}
            }
        }
        probed.retain(|(_, blocks)| !blocks.is_empty());
        probed
    }

    /// How an arm compares with the baseline initialisation, all else alike.
    pub fn against_baseline(&self, arm: &ArmResult) -> Option<&ComparisonResult> {
        let baseline = self.baseline_of(arm)?;
        let is_it = |c: &&ComparisonResult| c.arm == arm.label && c.baseline == baseline.label;
        self.comparisons.iter().find(is_it)
    }

    /// How an arm compares with full training, and with the whole network, all else alike.
    pub fn against_others<'a>(
        &'a self,
        arm: &'a ArmResult,
    ) -> impl Iterator<Item = &'a ComparisonResult> {
        let baseline = self.against_baseline(arm).map(|c| c.baseline.as_str());
        let of_arm = self.comparisons.iter().filter(|c| c.arm == arm.label);
        of_arm.filter(move |c| Some(c.baseline.as_str()) != baseline)
    }

    /// The arm with the baseline initialisation and all else alike.
    pub fn baseline_of(&self, arm: &ArmResult) -> Option<&ArmResult> {
        self.arms.iter().find(|other| {
            other.init == self.baseline
                && (&other.model, &other.regime, other.train_size)
                    == (&arm.model, &arm.regime, arm.train_size)
        })
    }

    /// Whether the study only probes frozen features.
    pub fn trains_nothing(&self) -> bool {
        self.probe.as_ref().is_some_and(|probe| probe.only)
    }
}
