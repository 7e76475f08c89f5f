use thiserror::Error;

/// Why a statistic could not be computed. Every reason says what was expected, what was found,
/// and where.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum StatsError {
    /// There is nothing to compute from.
    #[error("{what}: empty; at least one value is needed")]
    Empty {
        /// The input that is empty.
        what: &'static str,
    },
    /// Two inputs that describe the same cases, or the same seeds, differ in length.
    #[error("{what}: expected {expected} values, found {found}")]
    LengthMismatch {
        /// The input that is too short or too long.
        what: &'static str,
        /// The length that the other input asks for.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("{what}: value {index} is {found}; only finite numbers can be used")]
    NonFinite {
        /// The input that holds the value.
        what: &'static str,
        /// Its position, from 0.
        index: usize,
        /// The value.
        found: f64,
    },
    /// A probability lies outside `0..=1`.
    #[error("{what}: value {index} is {found}; a probability lies between 0 and 1")]
    NotProbability {
        /// The input that holds the value.
        what: &'static str,
        /// Its position, from 0.
        index: usize,
        /// The value.
        found: f64,
    },
    /// The class probabilities of a case do not sum to one.
    #[error(
        "case {case}: the class probabilities sum to {sum}, not to 1; \
         pass the output of a softmax, not logits"
    )]
    ProbabilitySum {
        /// The case, from 0.
        case: usize,
        /// The sum of its class probabilities.
        sum: f64,
    },
    /// A label names a class that does not exist.
    #[error("{what}: label {index} is {label}; the classes are 0 to {}", classes - 1)]
    LabelOutOfRange {
        /// The input that holds the label.
        what: &'static str,
        /// Its position, from 0.
        index: usize,
        /// The label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// The number of classes cannot be worked with.
    #[error("{found} classes; between 2 and {limit} are needed")]
    ClassCount {
        /// The number of classes given.
        found: usize,
        /// The largest number allowed.
        limit: usize,
    },
    /// All cases are positive, or all are negative, so nothing can be separated.
    #[error(
        "one class only: {positives} positive and {negatives} negative cases; \
         at least one of each is needed"
    )]
    OneClass {
        /// Number of positive cases.
        positives: usize,
        /// Number of negative cases.
        negatives: usize,
    },
    /// A variance needs two cases of each class.
    #[error(
        "too few cases for a variance: {positives} positive and {negatives} negative; \
         at least two of each are needed"
    )]
    TooFewForVariance {
        /// Number of positive cases.
        positives: usize,
        /// Number of negative cases.
        negatives: usize,
    },
    /// No class or finding has both positive and negative cases.
    #[error("none of the {classes} classes has both positive and negative cases")]
    NoUsableClass {
        /// How many classes or findings were looked at.
        classes: usize,
    },
    /// Two paired curves disagree about which cases are positive.
    #[error(
        "case {case}: positive in one curve and negative in the other; \
         paired curves need the same labels"
    )]
    LabelsDiffer {
        /// The first case that differs, from 0.
        case: usize,
    },
    /// Truth and prediction are the same single class throughout, so chance explains everything.
    #[error(
        "kappa is undefined: all {cases} labels and predictions are class {class}, \
         so agreement by chance is certain"
    )]
    KappaUndefined {
        /// How many cases there are.
        cases: usize,
        /// The one class that occurs.
        class: usize,
    },
    /// A parameter lies outside the values it can take.
    #[error("{parameter} is {found}; expected {expected}")]
    Parameter {
        /// The parameter.
        parameter: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: f64,
    },
    /// The steps of a learning curve do not increase.
    #[error("curve point {index}: step {step} does not come after step {previous}")]
    StepOrder {
        /// The offending point, from 0.
        index: usize,
        /// Its step.
        step: u64,
        /// The step of the point before it.
        previous: u64,
    },
    /// No run of either arm reaches the threshold, so no speed can be compared.
    #[error("none of the {runs} seeds of either arm reaches the threshold; take a lower one")]
    NeverReached {
        /// Seeds of each arm.
        runs: usize,
    },
    /// A run reaches the threshold before its first evaluation after the start.
    #[error(
        "a seed reaches the threshold before the first evaluation at step {step}; take a higher one"
    )]
    ReachedEarly {
        /// That evaluation.
        step: u64,
    },
    /// Most resamples left a curve without positive or without negative cases.
    #[error(
        "{usable} of {resamples} resamples can be used, {needed} are needed; \
         too few patients have one of the two labels for a bootstrap"
    )]
    TooFewResamples {
        /// Resamples that could be used.
        usable: usize,
        /// Resamples that were drawn.
        resamples: usize,
        /// How many would be enough.
        needed: usize,
    },
    /// An error over clusters needs two clusters with positive and two with negative cases.
    #[error(
        "too few clusters for a variance: {positives} with positive and {negatives} with \
         negative cases; at least two of each are needed"
    )]
    TooFewClusters {
        /// Clusters that hold a positive case.
        positives: usize,
        /// Clusters that hold a negative case.
        negatives: usize,
    },
    /// The statistic cannot be computed from the cases themselves, or from hardly any resample.
    #[error(
        "the statistic is undefined in the cases, or in {drawn} resamples of them in a row; \
         there are too few clusters with positive or with negative cases"
    )]
    NoResample {
        /// Resamples drawn in vain; 0 where the cases themselves give no value.
        drawn: usize,
    },
    /// A bias-corrected and accelerated interval has no meaning here.
    #[error("no BCa interval: {reason}; use the expanded percentile interval")]
    NoBca {
        /// What is missing.
        reason: &'static str,
    },
    /// No threshold gives what was asked for.
    #[error(
        "no threshold reaches a {what} of {asked}; the most that one of the scores gives is {most}"
    )]
    Unreachable {
        /// What was asked for.
        what: &'static str,
        /// How much of it.
        asked: f64,
        /// The most there is.
        most: f64,
    },
    /// Predictions below a value are all of one kind and those above all of the other, so the
    /// best fit lies at infinity.
    #[error(
        "the predictions separate the labels: {what} has no finite best value; \
         fit on more cases"
    )]
    Separated {
        /// What was to be fitted.
        what: &'static str,
    },
    /// The predictions carry nothing that a fit could use.
    #[error("the predictions say too little of the labels: {what} has no finite best value")]
    Uninformative {
        /// What was to be fitted.
        what: &'static str,
    },
    /// An iteration did not settle.
    #[error("no solution after {steps} steps; the data are too extreme for this fit")]
    NotConverged {
        /// Steps taken.
        steps: usize,
    },
    /// There are fewer cases, points or classes than the statistic needs.
    #[error("{what}: {found}, but at least {needed} are needed")]
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// How many are needed.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// There are more points than the time allows to pair with each other.
    #[error("{what}: {found}, but at most {limit} are taken")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The largest number taken.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// All values are equal, so nothing can vary with them.
    #[error("{what}: all values are equal, so nothing can be told from them")]
    Constant {
        /// The input that does not vary.
        what: &'static str,
    },
    /// The points agree, or disagree, without exception, which leaves nothing to judge an error by.
    #[error(
        "the {points} points agree or disagree without exception, which leaves nothing to judge \
         an error by; that is no certainty"
    )]
    NoExceptions {
        /// How many points there are.
        points: usize,
    },
    /// The score has the same value whatever the features are like.
    #[error("{score} cannot tell these features from others: {reason}")]
    Saturated {
        /// The score.
        score: &'static str,
        /// Why it cannot.
        reason: &'static str,
    },
    /// A computation left the finite numbers, or did not end.
    #[error("{what} cannot be computed in double precision from these values")]
    Diverged {
        /// What was computed.
        what: &'static str,
    },
}
