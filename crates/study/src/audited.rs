//! The audit of a study's data: pictures are looked at while they are decoded, copies stay in one
//! part of a split that is made here, and what crosses parts stops the study.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use audit::{Audit, Picture, Severity, Subject, Traits};
use images::{Dataset, Image, SplitError, Splits};

use super::data_spec::DataSpec;
use super::error::StudyError;
use super::split::Split;

/// What was seen of every picture while it was decoded.
pub(crate) struct Watched(Vec<OnceLock<Traits>>);

impl Watched {
    pub(crate) fn new(count: usize) -> Self {
        Self((0..count).map(|_| OnceLock::new()).collect())
    }

    /// Looks at picture `index`, from any thread.
    pub(crate) fn see(&self, dataset: &Dataset, index: usize, image: &Image) {
        if let Ok(bytes) = dataset.pictures.content(index) {
            self.0[index].get_or_init(|| Traits::of(&bytes, image));
        }
    }
}

/// The split of the data. Where parts are made here, pictures of equal pixels count as one
/// patient's, so that no copy crosses them; patients that an official split has in two parts are
/// left to the audit.
pub(crate) fn divided(
    spec: &DataSpec,
    dataset: &Dataset,
    watched: &Watched,
    notes: &mut Vec<String>,
) -> Result<Splits, SplitError> {
    let mut whole = dataset.clone();
    let copies = keep_copies_together(&mut whole, watched);
    let splits = Splits::with_shared_patients(&whole, spec.fractions, spec.split_seed)?;
    let is_made =
        |example: &images::Example| example.test_set.is_none() && example.partition.is_none();
    if copies > 0 && dataset.examples.iter().any(is_made) {
        notes.push(format!(
            "{copies} pictures that are copies of another are kept in one part with it"
        ));
    }
    Ok(splits)
}

/// Gives pictures of equal pixels, with all of their patients, one patient; returns how many
/// pictures are copies of an earlier one.
fn keep_copies_together(dataset: &mut Dataset, watched: &Watched) -> usize {
    let mut groups = Groups((0..dataset.len()).collect());
    let mut patients: HashMap<&str, usize> = HashMap::new();
    let mut pixels = HashMap::new();
    let mut copies = 0;
    for (index, example) in dataset.examples.iter().enumerate() {
        let Some(traits) = watched.0[index].get() else {
            continue;
        };
        if let Some(first) = pixels.insert(traits.pixels, index) {
            groups.join(first, index);
            copies += 1;
        }
        if let Some(patient) = &example.patient {
            let first = *patients.entry(patient).or_insert(index);
            groups.join(first, index);
        }
    }
    if copies == 0 {
        return 0;
    }
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for index in 0..dataset.len() {
        *sizes.entry(groups.of(index)).or_insert(0) += 1;
    }
    let names: Vec<Option<String>> = (0..dataset.len())
        .map(|index| {
            let group = groups.of(index);
            (sizes[&group] > 1).then(|| format!("group {group}"))
        })
        .collect();
    for (example, name) in dataset.examples.iter_mut().zip(names) {
        if name.is_some() {
            example.patient = name;
        }
    }
    copies
}

/// Sets of pictures that belong together; each is named by its first.
struct Groups(Vec<usize>);

impl Groups {
    fn of(&mut self, index: usize) -> usize {
        let mut first = index;
        while self.0[first] != first {
            self.0[first] = self.0[self.0[first]];
            first = self.0[first];
        }
        first
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
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
    let examples = dataset.examples.iter().zip(of).zip(watched.0);
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
