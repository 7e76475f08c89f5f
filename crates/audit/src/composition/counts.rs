//! Pictures and patients of every class in every part.

use std::collections::BTreeSet;

use images::Label;

use crate::subject::Subject;

/// Counts, `[part][class]`.
pub(crate) struct Counts {
    /// Pictures that carry the class or finding.
    pub(crate) pictures: Vec<Vec<usize>>,
    /// Patients with such a picture; pictures of unknown patients count each.
    pub(crate) patients: Vec<Vec<usize>>,
    /// Pictures of the part for which it is known whether they carry the finding.
    pub(crate) known: Vec<Vec<usize>>,
}

impl Counts {
    pub(crate) fn of(subject: &Subject) -> Self {
        let zeros = || vec![vec![0; subject.classes.len()]; subject.parts.len()];
        let (mut pictures, mut patients, mut known) = (zeros(), zeros(), zeros());
        let mut seen: BTreeSet<(&str, usize, usize)> = BTreeSet::new();
        for picture in &subject.pictures {
            let part = picture.part;
            let mut add = |class: usize| {
                pictures[part][class] += 1;
                let patient = picture.patient.as_deref();
                if patient.is_none_or(|name| seen.insert((name, part, class))) {
                    patients[part][class] += 1;
                }
            };
            match &picture.label {
                Label::Class(class) => {
                    add(*class);
                    known[part].iter_mut().for_each(|count| *count += 1);
                }
                Label::Findings(findings) => {
                    for (class, finding) in findings.iter().enumerate() {
                        known[part][class] += usize::from(finding.is_some());
                        if *finding == Some(true) {
                            add(class);
                        }
                    }
                }
            }
        }
        Self {
            pictures,
            patients,
            known,
        }
    }

    /// Pictures of a class over all parts.
    pub(crate) fn of_class(&self, class: usize) -> usize {
        self.pictures.iter().map(|part| part[class]).sum()
    }
}
