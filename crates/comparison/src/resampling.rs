//! Differences again without formulas: by resampling seeds and patients, and by swapping arms.

use stats::{
    Clusters, Finding, HierarchicalBootstrap, PatientPermutation, SeedMean, SeedPermutation,
};

use super::finished::{ArmRuns, Finished};
use super::question::Question;
use record::results::{BootstrapResult, PermutationResult};
use study::{Headline, StudyPlan, measurable_findings};

/// Seed of the resamples and permutations.
const SEED: u64 = 0;

/// The runs of two arms with the same seeds.
pub(crate) struct Paired {
    arm: Vec<Vec<Finding>>,
    baseline: Vec<Vec<Finding>>,
    clusters: Clusters,
}

impl Paired {
    /// None without a seed that both have finished, and with folds: resamples of test patients
    /// speak of the networks that were trained, and the outcome does not.
    pub(crate) fn new(plan: &StudyPlan, [arm, baseline]: [&ArmRuns; 2]) -> Option<Self> {
        if plan.data.folds.is_some() {
            return None;
        }
        let twin = |run: &&Finished| baseline.runs.iter().find(|twin| twin.seed == run.seed);
        let pairs = arm.runs.iter().filter_map(|run| Some((run, twin(&run)?)));
        let (ours, theirs): (Vec<_>, Vec<_>) = pairs
            .map(|(run, twin)| (curves(plan, run), curves(plan, twin)))
            .unzip();
        Some(Self {
            arm: ours,
            baseline: theirs,
            clusters: arm.runs.first()?.test.clusters()?,
        })
    }

    /// Resampling seeds and patients.
    pub(crate) fn bootstrap(&self, resamples: usize) -> Option<BootstrapResult> {
        let found = HierarchicalBootstrap::difference(
            &self.arm,
            &self.baseline,
            &self.clusters,
            resamples,
            SEED,
        );
        let found = found.ok()?;
        Some(BootstrapResult {
            low: found.interval.lower,
            high: found.interval.upper,
            seed_se: found.seed_standard_error,
            sampling_se: found.sampling_standard_error,
            resamples: found.resamples - found.unusable,
        })
    }

    /// Swapping the arms, patient by patient and seed by seed.
    pub(crate) fn permutation(
        &self,
        difference: &SeedMean,
        permutations: usize,
    ) -> Option<PermutationResult> {
        let of_seeds = SeedPermutation::new(&difference.values, permutations, SEED).ok()?;
        let of_patients = PatientPermutation::new(
            &self.arm,
            &self.baseline,
            &self.clusters,
            permutations,
            SEED,
        );
        Some(PermutationResult {
            patients: of_patients.ok().map(|found| found.p),
            seeds: of_seeds.p,
            smallest_by_seeds: of_seeds.smallest_p,
        })
    }
}

/// The curves whose mean is the headline AUC of a run.
pub(crate) fn curves(plan: &StudyPlan, run: &Finished) -> Vec<Finding> {
    let classes = plan.data.described.classes.len();
    let measurable = measurable_findings(&run.test.labels, classes);
    let all = Question::of(&plan.data).into_iter().enumerate();
    let headline = |(place, question): &(usize, Question)| match plan.data.headline {
        Headline::MacroFindings => measurable.contains(place),
        Headline::MacroOneVsRest => true,
        _ => question.is_headline,
    };
    let asked = all.filter(headline);
    asked
        .map(|(_, question)| {
            let asked = question.ask_of(&run.test, classes);
            Finding {
                cases: asked.cases,
                labels: asked.labels,
                scores: asked.scores,
            }
        })
        .filter(|finding| finding.labels.contains(&true) && finding.labels.contains(&false))
        .collect()
}
