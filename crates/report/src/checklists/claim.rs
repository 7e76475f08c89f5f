//! CLAIM 2024: artificial intelligence in medical imaging.

use super::ask::Ask::{Adds, Beside, Methods, Not, Own, Record, Section};
use super::ask::Row;
use super::facts::*;

macro_rules! rows {
    ($($number:literal $topic:literal [$($ask:expr),* $(,)?];)*) => {
        /// The items.
        pub const ROWS: &[Row] = &[$(Row { number: $number, topic: $topic, asks: &[$($ask),*] }),*];
    };
}
pub(super) use rows;

rows! {
    "1" "Told as a study of AI, and of which kind" [Record(kind)];
    "2" "Summary of design, methods, results and conclusions" [Section("verdict"), Beside("methods")];
    "3" "Background and intended role" [Own("background"), Own("intended_use")];
    "4" "Aims and hypotheses" [Record(goal)];
    "5" "Prospective or retrospective" [Own("design")];
    "6" "Goal of the study" [Record(goal)];
    "7" "Sources of the data" [Own("data_source"), Own("data_dates"), Own("sites"), Beside("data")];
    "8" "Who and what was included and excluded" [Own("eligibility"), Beside("flow")];
    "9" "Preprocessing" [Methods("Preprocessing")];
    "10" "Selection of subsets" [Section("flow"), Methods("What is trained")];
    "11" "De-identification" [Own("deidentification")];
    "12" "Missing data" [Record(missing), Own("missing_data"), Beside("flow")];
    "13" "Acquisition of the pictures" [Own("acquisition"), Record(devices)];
    "14" "Reference standard" [Own("reference_standard")];
    "15" "Why this reference standard" [Own("reference_rationale")];
    "16" "Who made the annotations" [Own("annotators")];
    "17" "Annotation of the test set" [Own("test_annotation")];
    "18" "Variability between and within raters" [Own("annotator_agreement"), Record(agreement)];
    "19" "Assignment to partitions" [Record(division), Methods("Division of the data")];
    "20" "Level at which partitions are disjoint" [Record(disjoint), Beside("audit")];
    "21" "Intended sample size" [Own("sample_size"), Beside("comparisons")];
    "22" "The model in detail" [Methods("Networks"), Record(output)];
    "23" "Software" [Methods("Software and machines"), Beside("reproduce")];
    "24" "Initialisation of the parameters" [Methods("Initialisation"), Record(starts)];
    "25" "Training in detail" [Methods("Training"), Methods("Choice of hyperparameters")];
    "26" "How the final model was selected" [Methods("Training"), Beside("verdict")];
    "27" "Ensembles" [Not(no_ensemble)];
    "28" "Measures of performance" [Methods("Further measures"), Methods("Uncertainty")];
    "29" "Significance and uncertainty" [Methods("Comparisons"), Beside("intervals")];
    "30" "Robustness and sensitivity" [Section("specification"), Section("cross-validation"), Own("robustness")];
    "31" "Explainability, and how it was checked" [Section("saliency")];
    "32" "Evaluation on internal data" [Section("forest"), Section("arms")];
    "33" "Testing on external data" [Section("test-sets"), Own("external_data")];
    "34" "Registration of a trial" [Own("registration")];
    "35" "Numbers included and excluded" [Section("flow")];
    "36" "Characteristics by partition" [Section("characteristics"), Beside("data")];
    "37" "Performance with its uncertainty" [Section("forest"), Section("comparisons")];
    "38" "Diagnostic accuracy with its precision" [Section("operating"), Beside("calibration")];
    "39" "Analysis of wrong results" [Section("mistakes")];
    "40" "Limitations" [Own("limitations"), Adds(hints)];
    "41" "Implications for practice" [Own("implications"), Own("intended_use")];
    "42" "Protocol and further technical details" [Own("protocol"), Section("reproduce")];
    "43" "Availability of software, model and data" [Own("code_availability"), Own("model_availability"), Own("data_availability"), Beside("reproduce")];
    "44" "Funding and the role of funders" [Own("funding")];
}
