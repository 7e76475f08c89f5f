//! The phantoms as datasets, drawn anew at every access.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use crate::dataset::{Dataset, Example};
use crate::label::{Label, Task};
use crate::phantom::{Fundus, Objects};
use crate::pictures::Pictures;
use formats::ImageError;
use formats::image::{Image, Samples};

impl From<Fundus> for Dataset {
    /// Graded photographs with patients and without an official split; ids such as `P0001/left`.
    fn from(fundus: Fundus) -> Self {
        let example = |index| {
            let drawn = fundus.example(index);
            Example {
                id: format!("{}/{}", drawn.patient, drawn.eye),
                label: Label::Class(drawn.grade),
                patient: Some(drawn.patient),
                partition: None,
                attributes: Vec::new(),
                test_set: None,
            }
        };
        let examples = (0..fundus.len()).into_par_iter().map(example).collect();
        let classes = Fundus::GRADES.map(str::to_owned).into();
        let pictures = Arc::new(Drawn(move |index| fundus.example(index).image));
        Dataset::new(
            "phantom-fundus".into(),
            Task::Ordinal,
            classes,
            examples,
            pictures,
        )
    }
}

impl From<Objects> for Dataset {
    /// Objects by shape and texture, without patients or an official split; ids `object/0` on.
    fn from(objects: Objects) -> Self {
        let example = |index| Example {
            id: format!("object/{index}"),
            label: Label::Class(objects.example(index).class),
            patient: None,
            partition: None,
            attributes: Vec::new(),
            test_set: None,
        };
        let examples = (0..objects.len()).into_par_iter().map(example).collect();
        let pictures = Arc::new(Drawn(move |index| objects.example(index).image));
        let classes = Objects::classes();
        Dataset::new(
            "phantom-objects".into(),
            Task::Multiclass,
            classes,
            examples,
            pictures,
        )
    }
}

/// Pictures that a function of the index draws.
struct Drawn<F>(F);

impl<F: Fn(usize) -> Image + Send + Sync> Pictures for Drawn<F> {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        Ok((self.0)(index))
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        Ok(Cow::Owned(match (self.0)(index).samples {
            Samples::U8(samples) => samples,
            Samples::U16(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
            Samples::F32(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        }))
    }

    fn decoder(&self) -> String {
        concat!("phantom ", env!("CARGO_PKG_VERSION")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fractions, Splits};

    #[test]
    fn phantoms_are_datasets_that_split_by_patient() {
        let fundus = Fundus {
            seed: 1,
            patients: 100,
            size: 32,
        };
        let dataset = Dataset::from(fundus);
        assert_eq!(
            (dataset.len(), dataset.channels, dataset.classes.len()),
            (200, 3, 5)
        );
        assert_eq!(dataset.image(3).unwrap(), fundus.example(3).image);
        assert_eq!(dataset.content_hash(), Dataset::from(fundus).content_hash());
        let splits = Splits::of(&dataset, Fractions::default(), 1).unwrap();
        let patients = |part: &[usize]| {
            part.iter()
                .map(|&i| i / 2)
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert!(patients(&splits.train).is_disjoint(&patients(&splits.test)));

        let objects = Dataset::from(Objects {
            seed: 1,
            count: 32,
            size: 32,
        });
        assert_eq!(objects.examples[17].label, Label::Class(1));
    }
}
