//! What is concluded, as it is printed and written.

use serde::Serialize;

use crate::word::Word;

/// An AUC or a difference of two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Number {
    /// Mean over seeds.
    pub value: f64,
    /// Lower end of the 95% interval; none where nothing varied, or with two seeds.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Standard deviation between seeds; none with one.
    pub seed_sd: Option<f64>,
    /// Standard error over samples of patients.
    pub sampling_se: f64,
}

/// An arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmFound {
    /// Its name.
    pub arm: String,
    /// Names of its seeds.
    pub seeds: Vec<String>,
    /// AUC of every seed.
    pub aucs: Vec<f64>,
    /// Their mean, in `0..=1`.
    pub auc: Number,
}

/// p values of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PValues {
    /// Of no difference.
    pub difference: Option<f64>,
    /// Of a difference of at least the margin.
    pub equivalence: Option<f64>,
    /// The former, corrected for all comparisons.
    pub difference_corrected: Option<f64>,
    /// The latter, corrected for all comparisons.
    pub equivalence_corrected: Option<f64>,
    /// Of two models: DeLong's with the normal distribution, as pROC prints it; over patients where
    /// they are known.
    pub delong: Option<f64>,
}

/// What is believed of a difference once the data are seen; see [`decisions::Posterior`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PosteriorFound {
    /// Probability that it is 0 or less.
    pub none_or_worse: f64,
    /// Probability that it is within ± margin.
    pub equivalent: f64,
    /// Probability that it is above the margin.
    pub better: f64,
}

/// A true difference, and the chance that the comparison finds it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Power {
    /// Of AUCs, in `0..1`.
    pub difference: f64,
    /// In `0..=1`.
    pub power: f64,
}

/// What is enough for 80% power; see [`decisions::Needed`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NeededFound {
    /// Seeds in all, least and most; none where no number is enough, or of two models.
    pub seeds: [Option<usize>; 2],
    /// Patients as a multiple of those there are, least and most.
    pub patients: [Option<f64>; 2],
}

/// What would settle a comparison that is undecided.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Settling {
    /// To show equivalence if there is no difference.
    pub equivalence: NeededFound,
    /// To find a difference of twice the margin.
    pub difference: NeededFound,
}

/// An arm against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The arm.
    pub arm: String,
    /// What it is compared with.
    pub baseline: String,
    /// Seeds that both have.
    pub seeds: usize,
    /// AUC of the arm less that of the baseline, in `−1..=1`.
    pub difference: Number,
    /// As one of all comparisons.
    pub outcome: Word,
    /// Were it the only one.
    pub uncorrected: Word,
    /// p values.
    pub p: PValues,
    /// None where nothing may be concluded.
    pub posterior: Option<PosteriorFound>,
    /// Empty where nothing may be concluded.
    pub power: Vec<Power>,
    /// Where it is undecided and something would settle it.
    pub settling: Option<Settling>,
}

/// Which arm may be the best.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestFound {
    /// The arm with the highest mean; of equal ones the first.
    pub highest: String,
    /// Its AUC, the interval allowing for its having been chosen.
    pub auc: Number,
    /// Whether it is shown to exceed the reference.
    pub exceeds_reference: bool,
    /// Arms that cannot be told from the best, the highest among them.
    pub possible: Vec<String>,
    /// Arms shown to be worse than the best by less than the margin, whichever that is.
    pub within_margin: Vec<String>,
}

/// What conclusions speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concerned {
    /// Ways of training, as there are several seeds.
    Training,
    /// These models and other patients, as there is one seed of each.
    TheseModels,
}

/// Everything that tables of predictions allow one to conclude.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conclusions {
    /// What they speak of.
    pub concerns: Concerned,
    /// Test cases.
    pub cases: usize,
    /// Positive ones.
    pub positives: usize,
    /// Patients; none where they are unknown.
    pub patients: Option<usize>,
    /// The arm that others are compared with.
    pub baseline: String,
    /// The difference of AUCs that would not matter.
    pub margin: f64,
    /// The AUC that the best must be shown to exceed.
    pub reference: f64,
    /// In the order of the tables.
    pub arms: Vec<ArmFound>,
    /// Every other arm with the baseline.
    pub comparisons: Vec<Compared>,
    /// None where there are too few seeds.
    pub best: Option<BestFound>,
    /// The same in words, the most important first.
    pub sentences: Vec<String>,
    /// What to know before trusting the numbers.
    pub notes: Vec<String>,
}
