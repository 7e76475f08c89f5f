//! The data, how they were divided, and what was left out.

use audit::Severity;
use images::Task;
use record::results::{Protocol, Results};
use study::{DataResult, Headline, LeftOut, PartitionResult, SourceFlow};

use crate::library::STRATIFIED;
use crate::sentence::{Sentence, counted, list};

/// Most classes that a sentence names.
const NAMED: usize = 20;

/// What the pictures are and what is asked of them.
pub fn pictures(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let data = &results.data;
    let classes = list(&data.classes, NAMED);
    let count = data.classes.len();
    let question = match protocol.task {
        Task::Multiclass => format!("each of one of {count} classes ({classes})"),
        Task::Ordinal => format!("each of one of {count} grades ({classes})"),
        Task::Multilabel => {
            format!("each labelled for {count} findings that may occur together ({classes})")
        }
    };
    let mut said = vec![
        Sentence::new(
            "/data/partitions",
            format!(
                "The data set {} has {}, {question}",
                data.name,
                counted(all(data), "picture")
            ),
        )
        .and("/data/classes"),
    ];
    said.extend(flow(data));
    let of = match protocol.headline {
        Headline::MacroOneVsRest | Headline::MacroFindings => ",",
        _ => " for",
    };
    said.push(Sentence::new(
        "/headline",
        format!(
            "The headline measure is the area under the ROC curve (AUC){of} {}",
            results.headline
        ),
    ));
    said.push(Sentence::new(
        "/data/sha256",
        format!(
            "Identifiers, labels and pixels of the data have the SHA-256 {}",
            data.sha256
        ),
    ));
    said
}

/// Pictures of all parts.
fn all(data: &DataResult) -> usize {
    match (&data.flow, &data.folds) {
        (Some(flow), _) => flow.used(),
        (None, Some(folds)) => folds.tested.images,
        (None, None) => data.partitions.iter().map(|part| part.images).sum(),
    }
}

/// What was found and what of it was left out.
fn flow(data: &DataResult) -> Vec<Sentence> {
    let Some(flow) = &data.flow else {
        return Vec::new();
    };
    let grounds = |left: &[LeftOut]| {
        let grounds = left.iter();
        let grounds = grounds.map(|left| {
            let count = numbers::count(left.count as u64);
            format!("{count} {}", left.why)
        });
        list(&grounds.collect::<Vec<_>>(), NAMED)
    };
    let source = |source: &SourceFlow| {
        let found = numbers::count(source.found as u64);
        let (unit, name) = (&source.unit, &source.name);
        let text = match source.left_out.is_empty() {
            true => format!("All {found} {unit} of {name} were taken"),
            false => format!(
                "Of {found} {unit} of {name}, these were left out: {}",
                grounds(&source.left_out)
            ),
        };
        Sentence::new("/data/flow/sources", text)
    };
    let mut said: Vec<Sentence> = flow.sources.iter().map(source).collect();
    if !flow.left_out.is_empty() {
        said.push(Sentence::new(
            "/data/flow/left_out",
            format!(
                "Of the {} of these sources, {} were left out as well",
                counted(flow.pictures(), "picture"),
                grounds(&flow.left_out)
            ),
        ));
    }
    said
}

/// How the parts came about, and what they have in common.
pub fn split(results: &Results) -> Vec<Sentence> {
    let data = &results.data;
    let mut said = Vec::new();
    match &data.folds {
        None => {
            let own = data.partitions.iter().take(3).map(part);
            said.push(
                Sentence::new(
                    "/data/partitions",
                    format!(
                        "The pictures are divided into {} ({})",
                        list(&own.collect::<Vec<_>>(), 3),
                        data.split
                    ),
                )
                .and("/data/split"),
            );
            said.push(Sentence::new(
                "/data/partitions",
                "Networks learn from the training set, everything is chosen on the validation set, \
                 and the test set is reported on and never chosen on",
            ));
        }
        Some(folds) => {
            said.push(
                Sentence::new(
                    "/data/folds",
                    format!(
                        "All {} are tested in turn ({}); a fold trains on {} to {}, chooses on {} to {} and tests {} to {} pictures",
                        whole(&folds.tested),
                        data.split,
                        folds.training[0],
                        folds.training[2],
                        folds.validation[0],
                        folds.validation[2],
                        folds.test[0],
                        folds.test[2],
                    ),
                )
                .citing([STRATIFIED]),
            );
        }
    }
    said.push(disjointness(data));
    let named = data.partitions.iter().skip(3).map(part);
    let named: Vec<String> = named.collect();
    if !named.is_empty() {
        said.push(Sentence::new(
            "/data/partitions",
            format!(
                "Further test sets, reported on apart and never chosen on: {}",
                list(&named, NAMED)
            ),
        ));
    }
    said.extend(audit(data));
    said
}

/// `training (1,080 pictures of 640 patients)`.
fn part(part: &PartitionResult) -> String {
    format!("{} ({})", part.name, whole(part))
}

/// `1,080 pictures of 640 patients`.
fn whole(part: &PartitionResult) -> String {
    let images = counted(part.images, "picture");
    match part.patients {
        Some(patients) => format!("{images} of {}", counted(patients, "patient")),
        None => images,
    }
}

/// The level at which parts have nothing in common.
pub fn disjointness(data: &DataResult) -> Sentence {
    let knows = data.partitions.iter().all(|part| part.patients.is_some());
    let leaks = data.audit.iter().flat_map(audit::Audit::leaks).count();
    let from = "/data/partitions";
    match (&data.allowed_leaks, leaks, knows) {
        (Some(reason), 1.., _) => Sentence::new(
            "/data/allowed_leaks",
            format!(
                "Some pictures or patients are in two parts, which the study accepts: {reason}"
            ),
        ),
        (_, _, true) => Sentence::new(
            from,
            "No patient is in two parts: they are disjoint by patient",
        ),
        (_, _, false) => Sentence::new(
            from,
            "The patients of some pictures are unknown: parts are disjoint by picture, and nothing is known of patients",
        ),
    }
}

/// What the audit came to.
fn audit(data: &DataResult) -> Option<Sentence> {
    let audit = data.audit.as_ref()?;
    let of = |severity| {
        let findings = audit.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let counts = [
        (of(Severity::Leak), "leak"),
        (of(Severity::Conflict), "conflict of labels"),
        (of(Severity::Warning), "point of attention"),
        (of(Severity::Note), "note"),
    ];
    let some: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| match (count, word) {
            (1, word) => format!("1 {word}"),
            (count, "conflict of labels") => format!("{count} conflicts of labels"),
            (count, "point of attention") => format!("{count} points of attention"),
            (count, word) => format!("{count} {word}s"),
        })
        .collect();
    let found = match some.is_empty() {
        true => "nothing".to_owned(),
        false => list(&some, 4),
    };
    Some(Sentence::new(
        "/data/audit",
        format!(
            "An audit of {} for copies, patients in two parts, contradicting labels and labels that can be told without looking at what pictures show found {found}",
            counted(audit.pictures, "picture"),
        ),
    ))
}
