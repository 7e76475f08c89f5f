//! Which run, and which of its test pictures, maps of saliency are drawn of.

use record::GalleryWish;
use record::results::{Evidence, Results, SaliencyCase, SaliencyChoice, SaliencyRole};
use record::{RecordError, StudyDirectory};
use study::{PlannedData, StudyPlan, class_labels};

use super::finished::{ArmRuns, Finished};
use super::mistakes::{asked, called, threshold, truth};
use super::question::Question;

/// A picture that could be shown.
struct Candidate {
    case: usize,
    /// Of what the maps show evidence for.
    probability: f64,
    evidence: Evidence,
    evidence_for: String,
}

/// The run of `arm` with the median test AUC, and a picture for each role; none without a run that
/// has an AUC.
pub(crate) fn choice(plan: &StudyPlan, arm: &ArmRuns, label: &str) -> Option<SaliencyChoice> {
    let run = median(&arm.runs)?;
    let data = &plan.data;
    let spec = plan
        .runs
        .iter()
        .find(|spec| spec.number == run.metrics.run)?;
    let question = most_answered(data, run);
    let roles = match &question {
        Some(question) => by_threshold(data, question, run),
        None => by_class(data, run),
    };
    let cases = roles.into_iter().map(|(role, shown)| SaliencyCase {
        role,
        image: run.test.images[shown.case].clone(),
        truth: truth(data, question.as_ref(), &run.test.labels[shown.case]),
        evidence: shown.evidence,
        evidence_for: shown.evidence_for,
        probability: shown.probability,
    });
    Some(SaliencyChoice {
        arm: label.into(),
        run: spec.id.clone(),
        seed: run.seed,
        fold: run.fold,
        auc: run.metrics.auc?.value,
        question: match &question {
            Some(question) => question.name.clone(),
            None => "the class that is called".into(),
        },
        cases: cases.collect(),
    })
}

/// What the gallery says of the maps, where it shows those that `results` ask for.
pub(crate) fn drawn(results: &mut Results, directory: &StudyDirectory) -> Result<(), RecordError> {
    let wish = GalleryWish::of(results);
    let gallery = directory.gallery()?;
    if let (Some(saliency), Some(gallery)) = (&mut results.saliency, gallery)
        && gallery.value.wish == wish
    {
        saliency.methods = gallery.value.methods;
    }
    Ok(())
}

/// The run with the median test AUC, the lower of the two in the middle.
fn median(runs: &[Finished]) -> Option<&Finished> {
    let auc = |run: &&Finished| Some(run.metrics.auc?.value);
    let mut known: Vec<(f64, &Finished)> =
        runs.iter().filter_map(|r| Some((auc(&r)?, r))).collect();
    known.sort_by(|a, b| {
        a.0.total_cmp(&b.0)
            .then(a.1.metrics.run.cmp(&b.1.metrics.run))
    });
    let middle = known.len().checked_sub(1)? / 2;
    known.get(middle).map(|(_, run)| *run)
}

/// The headline's question; of several findings that of the most test pictures with yes, the first of
/// equal ones.
fn most_answered(data: &PlannedData, run: &Finished) -> Option<Question> {
    let classes = data.described.classes.len();
    let positives = |question: &Question| question.ask_of(&run.test, classes).counts()[0];
    let questions = asked(data).into_iter();
    let questions = questions.filter(|question| threshold(run, question).is_some());
    questions.reduce(|best, other| match positives(&other) > positives(&best) {
        true => other,
        false => best,
    })
}

/// A picture for each side of the threshold.
fn by_threshold(
    data: &PlannedData,
    question: &Question,
    run: &Finished,
) -> Vec<(SaliencyRole, Candidate)> {
    use SaliencyRole as Role;
    let asked = question.ask_of(&run.test, data.described.classes.len());
    let Some(threshold) = threshold(run, question) else {
        return Vec::new();
    };
    let of = |is_yes: bool, is_called: bool| {
        let cases = asked.cases.iter().zip(&asked.labels).zip(&asked.scores);
        let such = cases
            .filter(|((_, label), score)| **label == is_yes && (**score >= threshold) == is_called);
        let such = such.map(|((case, _), score)| Candidate {
            case: *case,
            probability: *score,
            evidence: question.evidence(),
            evidence_for: question.name.clone(),
        });
        sorted(such.collect(), run)
    };
    let roles = [
        (Role::TruePositive, middle(of(true, true))),
        (Role::FalsePositive, of(false, true).pop()),
        (Role::TrueNegative, middle(of(false, false))),
        (Role::FalseNegative, of(true, false).into_iter().next()),
    ];
    roles
        .into_iter()
        .filter_map(|(role, found)| Some((role, found?)))
        .collect()
}

/// A picture whose class is called, and one where another is.
fn by_class(data: &PlannedData, run: &Finished) -> Vec<(SaliencyRole, Candidate)> {
    let names = &data.described.classes;
    let labels = class_labels(&run.test.labels);
    let rows = run.test.probabilities.chunks_exact(names.len());
    let all = rows.zip(&labels).enumerate().map(|(case, (row, label))| {
        let class = called(row);
        let candidate = Candidate {
            case,
            probability: row[class],
            evidence: Evidence::Class(class),
            evidence_for: names[class].clone(),
        };
        (class == *label, candidate)
    });
    let (right, wrong): (Vec<_>, Vec<_>) = all.partition(|(is_right, _)| *is_right);
    let of = |side: Vec<(bool, Candidate)>| sorted(side.into_iter().map(|c| c.1).collect(), run);
    let roles = [
        (SaliencyRole::Right, middle(of(right))),
        (SaliencyRole::Wrong, of(wrong).pop()),
    ];
    roles
        .into_iter()
        .filter_map(|(role, found)| Some((role, found?)))
        .collect()
}

/// By probability, equal ones by the id of their picture.
fn sorted(mut all: Vec<Candidate>, run: &Finished) -> Vec<Candidate> {
    all.sort_by(|a, b| {
        let id = |c: &Candidate| &run.test.images[c.case];
        a.probability
            .total_cmp(&b.probability)
            .then_with(|| id(a).cmp(id(b)))
    });
    all
}

/// The lower of the two in the middle.
fn middle(mut sorted: Vec<Candidate>) -> Option<Candidate> {
    let middle = sorted.len().checked_sub(1)? / 2;
    Some(sorted.swap_remove(middle))
}
