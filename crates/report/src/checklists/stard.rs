//! STARD-AI: diagnostic accuracy of AI.

use super::ask::Ask::{Adds, Beside, Methods, Own, Record, Section};
use super::ask::Row;
use super::claim::rows;
use super::facts::*;

rows! {
    "1" "Told as a study of diagnostic accuracy of AI, with a measure of it" [Record(kind)];
    "2" "Abstract" [Section("verdict")];
    "3" "Background, intended use, place in the workflow" [Own("background"), Own("intended_use")];
    "4" "Objectives and hypotheses" [Record(goal)];
    "5" "Prospective or retrospective" [Own("design")];
    "6" "Ethical approval" [Own("ethics")];
    "7" "Eligibility of participants and of data" [Own("eligibility"), Beside("flow")];
    "8" "On what ground participants were found" [Own("sampling")];
    "9" "Where and when" [Own("sites"), Own("data_dates")];
    "10" "Consecutive, random or convenience series" [Own("sampling")];
    "11" "Source of the data" [Own("data_source"), Beside("data")];
    "12" "Annotation: who and how" [Own("annotators")];
    "13" "Devices and software" [Own("acquisition"), Record(devices), Beside("reproduce")];
    "14" "Acquisition and preprocessing" [Methods("Preprocessing"), Own("acquisition")];
    "15a" "Index test, to be repeated" [Methods("Networks"), Methods("Initialisation"), Beside("reproduce")];
    "15b" "Development: training, validation, test, sizes" [Methods("Division of the data"), Methods("Training")];
    "15c" "Cut-offs of the index test" [Section("operating"), Methods("Further measures")];
    "15d" "Users and their expertise" [Own("users")];
    "16a" "Reference standard, to be repeated" [Own("reference_standard")];
    "16b" "Why this reference standard" [Own("reference_rationale")];
    "16c" "Cut-offs of the reference standard" [Own("reference_standard"), Beside("data")];
    "17a" "What readers of the index test knew" [Record(blind)];
    "17b" "What assessors of the reference standard knew" [Own("blinding")];
    "18" "Methods for accuracy and its comparison" [Methods("Uncertainty"), Methods("Comparisons")];
    "19" "Indeterminate results" [Record(indeterminate)];
    "20" "Missing data" [Record(missing), Own("missing_data")];
    "21" "Analyses of variability" [Section("specification"), Section("cross-validation"), Section("test-sets"), Own("robustness")];
    "22" "Intended sample size" [Own("sample_size"), Beside("comparisons")];
    "23" "Analysis of errors, bias and fairness" [Own("fairness"), Section("mistakes")];
    "24" "Flow of participants" [Section("flow")];
    "25" "Characteristics of training, validation and test sets" [Section("characteristics"), Beside("data")];
    "26a" "Severity in those with the condition" [Record(grades)];
    "26b" "Other diagnoses in those without" [Own("alternative_diagnoses")];
    "27" "Time and interventions between tests" [Own("interval")];
    "28" "Whether data represent the intended population" [Own("representativeness")];
    "29" "How external data differ" [Own("external_data"), Record(one_source)];
    "30" "Index test against reference standard, counted" [Section("operating")];
    "31" "Accuracy with its precision" [Section("forest"), Section("operating")];
    "32" "Adverse events" [Own("adverse_events")];
    "33" "Limitations" [Own("limitations"), Adds(hints)];
    "34" "Implications for practice" [Own("implications"), Own("intended_use")];
    "35" "Ethical considerations and fairness" [Own("ethical_considerations")];
    "36" "Registration" [Own("registration")];
    "37" "Protocol" [Own("protocol")];
    "38" "Funding" [Own("funding")];
    "39" "Commercial interests" [Own("conflicts")];
    "40a" "Availability of data and code" [Own("data_availability"), Own("code_availability")];
    "40b" "Outputs kept and open to audit" [Record(kept)];
}
