//! Properties of splits and subsets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use images::{
    Dataset, Example, Folding, Fractions, Image, ImageError, Label, Partition, Pictures,
    SplitError, Splits, Task, subset,
};
use proptest::prelude::*;

/// Grey pixels.
struct Nothing;

impl Pictures for Nothing {
    fn read(&self, _: usize) -> Result<Image, ImageError> {
        Ok(Image::from_u8(1, 1, 1, vec![0]))
    }

    fn content(&self, _: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        Ok(Cow::Borrowed(&[0]))
    }

    fn decoder(&self) -> String {
        "nothing".into()
    }
}

fn dataset(task: Task, classes: usize, labels: Vec<(Label, Option<usize>)>) -> Dataset {
    let example = |(i, (label, patient)): (usize, (Label, Option<usize>))| Example {
        id: i.to_string(),
        label,
        patient: patient.map(|patient| patient.to_string()),
        partition: None,
        attributes: Vec::new(),
        test_set: None,
    };
    let classes = (0..classes).map(|class| class.to_string()).collect();
    let examples = labels.into_iter().enumerate().map(example).collect();
    Dataset::new("drawn".into(), task, classes, examples, Arc::new(Nothing))
}

fn counts(dataset: &Dataset, indices: &[usize]) -> Vec<usize> {
    let mut counts = vec![0; dataset.classes.len()];
    for &index in indices {
        counts[dataset.examples[index].label.class().unwrap()] += 1;
    }
    counts
}

/// Class sizes of at least ten, so that the default shares ask for at least one each.
fn class_sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(10..80usize, 2..6)
}

fn of_sizes(sizes: &[usize]) -> Dataset {
    let labels = sizes
        .iter()
        .enumerate()
        .flat_map(|(class, &size)| vec![class; size]);
    dataset(
        Task::Multiclass,
        sizes.len(),
        labels.map(|c| (Label::Class(c), None)).collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn single_pictures_split_within_one_of_proportional(sizes in class_sizes(), seed: u64) {
        let data = of_sizes(&sizes);
        let splits = Splits::of(&data, Fractions::default(), seed).unwrap();
        prop_assert_eq!(&splits, &Splits::of(&data, Fractions::default(), seed).unwrap());
        let mut all = [&splits.train[..], &splits.validation, &splits.test].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..data.len()).collect::<Vec<_>>());
        for (partition, share) in Partition::ALL.into_iter().zip([0.7, 0.1, 0.2]) {
            for (found, size) in counts(&data, splits.part(partition)).into_iter().zip(&sizes) {
                prop_assert!((found as f64 - share * *size as f64).abs() <= 1.0);
            }
        }
    }

    #[test]
    fn patients_never_straddle(
        patients in prop::collection::vec((0..3usize, 1..6usize), 30..80),
        seed: u64,
    ) {
        let labels = patients.iter().enumerate().flat_map(|(patient, &(class, pictures))| {
            vec![(Label::Class(class), Some(patient)); pictures]
        });
        let data = dataset(Task::Ordinal, 3, labels.collect());
        let Ok(splits) = Splits::of(&data, Fractions::default(), seed) else { return Ok(()) };
        let mut owner = BTreeMap::new();
        for partition in Partition::ALL {
            for &index in splits.part(partition) {
                let patient = data.examples[index].patient.clone();
                prop_assert_eq!(*owner.entry(patient).or_insert(partition), partition);
            }
        }
    }

    #[test]
    fn folds_test_every_picture_once_a_repeat(
        patients in prop::collection::vec((0..3usize, 1..4usize), 30..80),
        folds in 2..6usize,
        seed: u64,
    ) {
        let labels = patients.iter().enumerate().flat_map(|(patient, &(class, pictures))| {
            vec![(Label::Class(class), Some(patient)); pictures]
        });
        let data = dataset(Task::Ordinal, 3, labels.collect());
        let folding = Folding { folds, repeats: 2, validation: 0.2, seed };
        let splits = folding.splits(&data);
        prop_assert_eq!(splits.len(), 2 * folds);
        for repeat in splits.chunks(folds) {
            let mut tested: Vec<usize> = repeat.iter().flat_map(|s| s.test.clone()).collect();
            tested.sort_unstable();
            prop_assert_eq!(tested, (0..data.len()).collect::<Vec<_>>());
        }
        for split in &splits {
            let parts = Partition::ALL.map(|partition| split.part(partition));
            let of = |part: &[usize]| -> BTreeSet<Option<String>> {
                part.iter().map(|index| data.examples[*index].patient.clone()).collect()
            };
            let all: usize = parts.iter().map(|part| part.len()).sum();
            prop_assert_eq!(all, data.len());
            let patients_of: usize = parts.iter().map(|part| of(part).len()).sum();
            prop_assert_eq!(patients_of, patients.len());
        }
        // A repeat more leaves those before it as they are.
        let once = Folding { repeats: 1, ..folding };
        prop_assert_eq!(&once.splits(&data)[..], &splits[..folds]);
    }

    #[test]
    fn folds_of_single_pictures_are_as_even_as_can_be(sizes in class_sizes(), folds in 2..6usize, seed: u64) {
        let data = of_sizes(&sizes);
        let folding = Folding { folds, repeats: 1, validation: 0.125, seed };
        let splits = folding.splits(&data);
        for split in &splits {
            for (found, size) in counts(&data, &split.test).into_iter().zip(&sizes) {
                prop_assert!((found as f64 - *size as f64 / folds as f64).abs() < 1.0);
            }
            prop_assert!((split.test.len() as f64 - data.len() as f64 / folds as f64).abs() < 1.0);
        }
    }

    #[test]
    fn subsets_are_nested_stratified_and_cover_every_class(
        sizes in class_sizes(), n in 0..300usize, more in 0..100usize, seed: u64,
    ) {
        let data = of_sizes(&sizes);
        let train: Vec<usize> = (0..data.len()).collect();
        let small = subset(&data.examples, &train, n, seed);
        let large = subset(&data.examples, &train, n + more, seed);
        prop_assert_eq!(small.len(), n.min(train.len()));
        prop_assert_eq!(&large[..small.len()], &small[..]);
        prop_assert_eq!(small.iter().collect::<BTreeSet<_>>().len(), small.len());
        let found = counts(&data, &small);
        if n >= sizes.len() {
            prop_assert!(found.iter().all(|&count| count > 0));
        }
        // From where every class is owed its one picture.
        let smallest = *sizes.iter().min().unwrap();
        if n * smallest >= train.len() {
            for (found, size) in found.into_iter().zip(&sizes) {
                let exact = small.len() as f64 * *size as f64 / train.len() as f64;
                prop_assert!((found as f64 - exact).abs() <= 1.0, "{found} for {exact}");
            }
        }
    }

    #[test]
    fn findings_split_near_proportional(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of(any::<bool>()), 3), 100..200),
        seed: u64,
    ) {
        let data = dataset(
            Task::Multilabel, 3, rows.into_iter().map(|row| (Label::Findings(row), None)).collect(),
        );
        let splits = Splits::of(&data, Fractions::default(), seed).unwrap();
        prop_assert!((splits.train.len() as f64 - 0.7 * data.len() as f64).abs() <= 4.0);
        prop_assert!(splits.absent(&data).is_empty());
    }
}

#[test]
fn a_class_too_small_for_every_split_is_named() {
    let error = Splits::of(&of_sizes(&[50, 2]), Fractions::default(), 1).unwrap_err();
    assert!(
        matches!(&error, SplitError::AbsentClass { class, .. } if class == "1"),
        "{error}"
    );
    let three = Splits::of(&of_sizes(&[50, 3]), Fractions::default(), 1).unwrap();
    assert_eq!(counts(&of_sizes(&[50, 3]), &three.validation)[1], 1);
}

#[test]
fn what_an_official_split_lacks_is_carved_from_training() {
    let mut data = of_sizes(&[80, 40]);
    for (index, example) in data.examples.iter_mut().enumerate() {
        let test = index % 4 == 0;
        example.partition = Some(if test {
            Partition::Test
        } else {
            Partition::Train
        });
    }
    let splits = Splits::of(&data, Fractions::default(), 5).unwrap();
    assert!(splits.test.iter().all(|index| index % 4 == 0) && splits.test.len() == 30);
    assert_eq!((splits.train.len(), splits.validation.len()), (79, 11));

    data.examples[7].partition = None;
    let error = Splits::of(&data, Fractions::default(), 5).unwrap_err();
    assert_eq!(error, SplitError::PartlyAssigned { id: "7".into() });
    data.examples[7].partition = Some(Partition::Train);
    data.examples[7].patient = Some("ann".into());
    data.examples[8].patient = Some("ann".into());
    let error = Splits::of(&data, Fractions::default(), 5)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("patient ann is in train (7) and in test (8)"),
        "{error}"
    );
    let zero = Fractions {
        train: 0.0,
        validation: 0.5,
        test: 0.5,
    };
    assert!(matches!(
        Splits::of(&data, zero, 5),
        Err(SplitError::Fractions { .. })
    ));
}
