//! The audit of a study's data: pictures are looked at while they are decoded, copies stay in one
//! part of a split that is made here, and what crosses parts stops the study.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use audit::{Audit, Forest, Picture, Severity, Subject, Traits};
use images::{Dataset, Seen};

use super::data_spec::DataSpec;
use super::error::StudyError;
use super::split::Split;

/// What was seen of every picture while it was decoded.
pub(crate) struct Watched {
    traits: Vec<OnceLock<Traits>>,
    /// Whether something was noted that this program cannot read.
    is_foreign: AtomicBool,
}

impl Watched {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            traits: (0..count).map(|_| OnceLock::new()).collect(),
            is_foreign: AtomicBool::new(false),
        }
    }

    /// Looks at picture `index`, from any thread.
    pub(crate) fn see(&self, dataset: &Dataset, index: usize, seen: Seen) {
        let traits = match seen {
            Seen::Decoded(image) => {
                let bytes = dataset.pictures.content(index).ok();
                bytes.map(|bytes| Traits::of(&bytes, image))
            }
            Seen::Noted(note) => {
                let traits = Traits::of_note(note);
                self.is_foreign
                    .fetch_or(traits.is_none(), Ordering::Relaxed);
                traits
            }
        };
        if let Some(traits) = traits {
            self.traits[index].get_or_init(|| traits);
        }
    }

    /// Refuses what was noted by a program that looks at other things.
    pub(crate) fn check(&self) -> Result<(), StudyError> {
        match self.is_foreign.load(Ordering::Relaxed) {
            false => Ok(()),
            true => Err(StudyError::Value {
                field: "data.source",
                expected: "a pack with the notes of this program's audit".into(),
                found: "others; pack the study anew".into(),
            }),
        }
    }
}

/// The data as they are to be divided. Where parts are made here, pictures that surely are one count
/// as one patient's, so that no copy crosses them; patients that an official split has in two parts
/// are left to the audit.
pub(crate) fn grouped(dataset: &Dataset, watched: &Watched, notes: &mut Vec<String>) -> Dataset {
    let is_made =
        |example: &images::Example| example.test_set.is_none() && example.partition.is_none();
    let mut whole = dataset.clone();
    if dataset.examples.iter().any(is_made) {
        let copies = audit::one_picture(&undivided(dataset, watched));
        let count = copies.links.len();
        keep_together(&mut whole, copies);
        if count > 0 {
            notes.push(format!(
                "{count} pictures that are copies of another are kept in one part with it"
            ));
        }
    }
    whole
}

/// The data as one part.
fn undivided(dataset: &Dataset, watched: &Watched) -> Subject {
    let pictures = dataset.examples.iter().zip(&watched.traits);
    let pictures = pictures.map(|(example, traits)| Picture {
        id: String::new(),
        label: example.label.clone(),
        patient: None,
        part: 0,
        attributes: Vec::new(),
        traits: traits.get().cloned(),
    });
    Subject {
        classes: dataset.classes.clone(),
        task: dataset.task,
        parts: vec!["all".into()],
        attributes: Vec::new(),
        pictures: pictures.collect(),
    }
}

/// Gives pictures that are one, with all of their patients, one patient.
fn keep_together(dataset: &mut Dataset, mut groups: Forest) {
    if groups.links.is_empty() {
        return;
    }
    let mut patients: HashMap<&str, u32> = HashMap::new();
    for (index, example) in (0..).zip(&dataset.examples) {
        if let Some(patient) = &example.patient {
            groups.join(*patients.entry(patient).or_insert(index), index);
        }
    }
    let roots: Vec<u32> = (0..dataset.len() as u32)
        .map(|index| groups.root(index))
        .collect();
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    roots
        .iter()
        .for_each(|root| *sizes.entry(*root).or_insert(0) += 1);
    for (example, root) in dataset.examples.iter_mut().zip(roots) {
        if sizes[&root] > 1 {
            example.patient = Some(format!("group {root}"));
        }
    }
}

/// Audits the data as they are divided. Pictures that cannot be read lie in no part and are left
/// out.
pub(crate) fn audit(
    dataset: &Dataset,
    split: &Split,
    watched: Watched,
) -> Result<Audit, StudyError> {
    let named = split
        .test_sets
        .iter()
        .map(|set| (set.name.as_str(), &set.examples));
    let parts: Vec<(&str, &Vec<usize>)> = [
        ("training", &split.train),
        ("validation", &split.validation),
        ("test", &split.test),
    ]
    .into_iter()
    .chain(named)
    .collect();
    let mut of: Vec<Option<usize>> = vec![None; dataset.len()];
    for (part, (_, indices)) in parts.iter().enumerate() {
        for index in *indices {
            of[*index] = Some(part);
        }
    }
    let examples = dataset.examples.iter().zip(of).zip(watched.traits);
    let pictures = examples.filter_map(|((example, part), traits)| {
        Some(Picture {
            id: example.id.clone(),
            label: example.label.clone(),
            patient: example.patient.clone(),
            part: part?,
            attributes: example.attributes.clone(),
            traits: traits.into_inner(),
        })
    });
    let subject = Subject {
        classes: dataset.classes.clone(),
        task: dataset.task,
        parts: parts.iter().map(|(name, _)| (*name).to_owned()).collect(),
        attributes: dataset.attributes.clone(),
        pictures: pictures.collect(),
    };
    Ok(Audit::of(&subject)?)
}

/// Refuses data in which something is in two parts, unless the study says why it may be.
pub(crate) fn check_leaks(spec: &DataSpec, audit: &Audit) -> Result<(), StudyError> {
    let leaks: Vec<String> = audit
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Leak)
        .map(|finding| format!("{} {}", finding.found, finding.remedy))
        .collect();
    if leaks.is_empty() || spec.allow_leaks.is_some() {
        return Ok(());
    }
    Err(StudyError::Leaks {
        leaks: leaks.join("\n"),
    })
}
