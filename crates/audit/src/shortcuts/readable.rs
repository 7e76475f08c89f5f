//! Whether a clue alone tells a label, or a part, on pictures that it was not fitted to.

use std::collections::BTreeMap;

use stats::{Clusters, Delong, Estimate};

use super::clue::{Clue, Family};
use super::folds::Folds;
use super::portrait;
use super::share;
use super::target::{Question, Target};
use crate::finding::{Example, Finding, Kind, Severity};
use crate::plural::counted;
use crate::subject::Subject;

/// AUC that the whole interval must lie above: a clue that tells less hardly bends a result.
pub const LEAST_AUC: f64 = 0.6;
/// Patients (pictures, where patients are unknown) that each answer must have.
pub const LEAST_CASES: usize = 20;
/// Odds that any clue of a subject without one has its interval above chance.
pub const ODDS: f64 = 0.01;
/// The most that intervals can be asked for.
const HIGHEST_LEVEL: f64 = 0.999_999;

/// Findings on the labels, on the parts, and on what there is too little to tell.
pub(crate) fn findings(subject: &Subject) -> Vec<Finding> {
    let folds = Folds::of(subject);
    let mut too_few = Vec::new();
    let labels: Vec<Asked> = Target::labels(subject)
        .into_iter()
        .filter_map(|target| Asked::of(target, &folds, &mut too_few))
        .collect();
    let parts = Asked::of(Target::parts(subject), &folds, &mut Vec::new());
    let targets = labels.len() + usize::from(parts.is_some());
    let looks = Clue::count(subject) * targets;
    // One side of the interval matters; Bonferroni's share of the odds for each look.
    let level = (1.0 - 2.0 * ODDS / looks.max(1) as f64).min(HIGHEST_LEVEL);
    let (mut of_labels, mut of_parts) = (Vec::new(), Vec::new());
    for clue in Clue::all(subject) {
        let bins = clue.bins();
        if bins.iter().all(|bin| *bin == bins[0]) {
            continue;
        }
        let told = |asked: &Asked| asked.told_by(&clue, &bins, &folds, level);
        of_labels.extend(labels.iter().filter_map(told));
        of_parts.extend(parts.iter().filter_map(told));
    }
    let mut found = in_families(of_labels, |from| Kind::LabelReadable { from });
    found.extend(in_families(of_parts, |from| Kind::PartReadable { from }));
    found.extend(too_few_to_tell(&too_few));
    found
}

/// A target with the pictures whose answers are known.
struct Asked {
    target: Target,
    cases: Vec<usize>,
    patients: Clusters,
    /// Fewest patients that an answer to one of the questions has.
    fewest: usize,
}

/// One clue that tells one target.
struct Told {
    family: Family,
    clue: String,
    what: String,
    auc: f64,
    interval: (f64, f64),
    pictures: usize,
    portrait: String,
}

impl Asked {
    /// Without the questions whose answers have too few patients; their names go to `too_few`.
    fn of(mut target: Target, folds: &Folds, too_few: &mut Vec<String>) -> Option<Self> {
        let mut fewest = usize::MAX;
        target.questions.retain(|question| {
            let least = patients_of_rarer_answer(question, folds);
            if least < LEAST_CASES {
                too_few.push(question.name.clone());
                return false;
            }
            fewest = fewest.min(least);
            true
        });
        let first = target.questions.first()?;
        let known = |case: &usize| folds.takes_part[*case] && first.answers[*case].is_some();
        let cases: Vec<usize> = (0..first.answers.len()).filter(known).collect();
        let names: Vec<String> = cases
            .iter()
            .map(|&c| folds.patient[c].to_string())
            .collect();
        let patients = Clusters::new(names.iter().map(|name| Some(name.as_str()))).ok()?;
        Some(Self {
            target,
            cases,
            patients,
            fewest,
        })
    }

    /// How well a clue tells the target; `None` if it does not.
    fn told_by(&self, clue: &Clue, bins: &[u8], folds: &Folds, level: f64) -> Option<Told> {
        let curves: Option<Vec<Estimate>> = self
            .target
            .questions
            .iter()
            .map(|question| self.curve(question, bins, folds))
            .collect();
        let mean = Estimate::mean(&curves?)
            .ok()?
            .by_cluster(&self.patients)
            .ok()?;
        let auc = mean.value();
        let interval = if mean.influence().variance() > 0.0 {
            let interval = mean.logit_interval(level).ok()?;
            (interval.lower, interval.upper)
        } else if auc == 1.0 {
            // As `Delong::logit_interval`: all of so many disjoint pairs came out right.
            ((1.0 - level).powf(1.0 / self.fewest as f64), 1.0)
        } else {
            return None;
        };
        (interval.0 > LEAST_AUC).then(|| Told {
            family: clue.family,
            clue: clue.name.clone(),
            what: match &self.target.questions[..] {
                [one] => one.name.clone(),
                several => format!("{} classes (mean)", several.len()),
            },
            auc,
            interval,
            pictures: self.cases.len(),
            portrait: portrait::sentence(&clue.values, &self.target),
        })
    }

    fn curve(&self, question: &Question, bins: &[u8], folds: &Folds) -> Option<Estimate> {
        let positive: Vec<bool> = self
            .cases
            .iter()
            .map(|&case| question.answers[case] == Some(true))
            .collect();
        let scores = share::scores(bins, folds, &self.cases, &positive);
        Delong::new(&positive, &scores).ok()?.estimate().ok()
    }
}

fn patients_of_rarer_answer(question: &Question, folds: &Folds) -> usize {
    let patients = |wanted: bool| {
        let answers = question.answers.iter().enumerate();
        let own =
            answers.filter(|(case, answer)| folds.takes_part[*case] && **answer == Some(wanted));
        let mut patients: Vec<u32> = own.map(|(case, _)| folds.patient[case]).collect();
        patients.sort_unstable();
        patients.dedup();
        patients.len()
    };
    patients(true).min(patients(false))
}

/// One finding for each family of clues, told by its strongest.
fn in_families(told: Vec<Told>, kind: impl Fn(String) -> Kind) -> Vec<Finding> {
    let mut families: BTreeMap<Family, Vec<Told>> = BTreeMap::new();
    for told in told {
        families.entry(told.family).or_default().push(told);
    }
    let findings = families.into_values().map(|mut rows| {
        rows.sort_by(|a, b| b.interval.0.total_cmp(&a.interval.0));
        finding(&rows, kind(rows[0].clue.clone()))
    });
    findings.collect()
}

fn finding(rows: &[Told], kind: Kind) -> Finding {
    let best = &rows[0];
    let of_parts = matches!(kind, Kind::PartReadable { .. });
    let (severity, effect, remedy) = if of_parts {
        (
            Severity::Note,
            "The parts were not made alike: a difference between their results may come from how \
             pictures were taken and not from what they show.",
            "Say where each part comes from; where it was meant to be drawn at random, draw it \
             anew.",
        )
    } else {
        (
            Severity::Warning,
            "A network can be right without looking at the disease, and wrong wherever pictures \
             are taken, stored or sent differently. What differs may also be the disease itself.",
            "Find out why they differ. Make it equal in all classes before training, or `exclude` \
             what was taken differently, and test on pictures of another place.",
        )
    };
    let line = |told: &Told| {
        let (low, high) = told.interval;
        let example = format!(
            "{} tells {}: AUC {:.2} ({low:.2} to {high:.2})",
            told.clue, told.what, told.auc
        );
        Example {
            name: example,
            members: Vec::new(),
            pictures: told.pictures,
        }
    };
    let mut name = best.clue.clone();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Finding::new(kind, severity, best.pictures)
        .says(
            format!(
                "{name} alone tells {}{}: out-of-fold AUC {:.2} ({:.2} to {:.2}, an interval that \
                 allows for all that was looked at; 0.5 is chance). {}",
                if of_parts { "the part, " } else { "" },
                best.what,
                best.auc,
                best.interval.0,
                best.interval.1,
                best.portrait
            ),
            effect,
            remedy,
        )
        .shows(rows.len(), rows.iter().map(line))
}

fn too_few_to_tell(names: &[String]) -> Option<Finding> {
    let example = |name: &String| Example {
        name: name.clone(),
        members: Vec::new(),
        pictures: 0,
    };
    let found = Finding::new(Kind::TooFewToTell, Severity::Note, 0)
        .says(
            format!(
                "{} fewer than {LEAST_CASES} patients (pictures, where patients are unknown) with \
                 or without it: whether size, file or attributes tell it cannot be seen.",
                counted(names.len(), "class has", "classes have")
            ),
            "A shortcut to these classes would stay unnoticed.",
            "Nothing, or more pictures.",
        )
        .shows(names.len(), names.iter().map(example));
    (!names.is_empty()).then_some(found)
}
