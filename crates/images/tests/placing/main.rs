//! Batches that a device makes by itself are those that the processor makes, to the last bit.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod plain;

use std::borrow::Cow;
use std::sync::Arc;

use images::{
    Augmentation, Cache, Dataset, Example, Feed, Fit, Frame, Image, ImageError, Label, Loader,
    Normalisation, Pictures, PlacedBatch, Range, Samples, Size, Task,
};
use plain::{Stored, Way};
use proptest::prelude::*;

/// Pictures in memory; the empty ones are unreadable.
struct Given(Vec<Image>);

impl Pictures for Given {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        match self.0[index].samples.is_empty() {
            true => Err(ImageError::Changed),
            false => Ok(self.0[index].clone()),
        }
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        Ok(index.to_le_bytes().to_vec().into())
    }

    fn decoder(&self) -> String {
        "none".into()
    }
}

fn dataset(pictures: Vec<Image>) -> Dataset {
    let example = |index| Example {
        id: format!("{index}"),
        label: Label::Class(index % 2),
        patient: None,
        partition: None,
        attributes: Vec::new(),
        test_set: None,
    };
    let examples = (0..pictures.len()).map(example).collect();
    let classes = ["a", "b"].map(str::to_owned).into();
    let pictures = Arc::new(Given(pictures));
    Dataset::new(
        "given".into(),
        Task::Multiclass,
        classes,
        examples,
        pictures,
    )
}

fn picture(number: usize, size: Size, channels: usize, is_wide: bool) -> Image {
    let len = size.pixels() * channels;
    let samples = (0..len).map(|at| ((at + 1) * (number + 3) * 48271) % 65_521);
    Image {
        width: size.width,
        height: size.height,
        channels,
        samples: match is_wide {
            true => Samples::U16(samples.map(|sample| sample as u16).collect()),
            false => Samples::U8(samples.map(|sample| sample as u8).collect()),
        },
    }
}

#[derive(Clone, Debug)]
struct Case {
    size: Size,
    channels: usize,
    is_wide: bool,
    range: Range,
    augmentation: Augmentation,
    seed: u64,
}

fn a_case() -> impl Strategy<Value = Case> {
    let size = (1..9_usize, 1..9_usize).prop_map(|(height, width)| Size { height, width });
    let range = prop_oneof![
        Just(Range::Full),
        Just(Range::Between([40.0, 170.0])),
        Just(Range::Between([-3.0, 9000.5])),
    ];
    let flips = (any::<bool>(), any::<bool>());
    let crop = prop::option::of(0..4_usize);
    let turns = prop_oneof![Just(0.0_f32), Just(180.0), 0.0..180.0_f32];
    let augmentation = (flips, crop, turns).prop_map(|(flips, crop, turn)| Augmentation {
        flip_horizontal: flips.0,
        flip_vertical: flips.1,
        crop,
        rotate_degrees: turn,
        ..Augmentation::default()
    });
    let channels = prop::sample::select(vec![1_usize, 3, 4]);
    let all = (
        size,
        channels,
        any::<bool>(),
        range,
        augmentation,
        any::<u64>(),
    );
    all.prop_map(
        |(size, channels, is_wide, range, augmentation, seed)| Case {
            size,
            channels,
            is_wide,
            range,
            augmentation,
            seed,
        },
    )
}

impl Case {
    fn feed(&self, pictures: usize, memory: usize) -> Feed {
        let pictures = 0..pictures;
        let pictures = pictures.map(|at| picture(at, self.size, self.channels, self.is_wide));
        let dataset = dataset(pictures.collect());
        let frame = Frame::new(self.size, self.channels);
        let (mut cache, _) = Cache::build(&dataset, frame, memory, 1);
        cache.set_range(self.range, 1).unwrap();
        let normalisation = Normalisation {
            mean: (0..self.channels).map(|c| 0.3 + 0.1 * c as f32).collect(),
            std: (0..self.channels).map(|c| 0.2 + 0.03 * c as f32).collect(),
        };
        let augmentation = self.augmentation.clone();
        Feed::new(Arc::new(cache), &dataset, normalisation, augmentation)
    }
}

/// The pixels of a batch, as a device makes them.
fn made(feed: &Feed, batch: &PlacedBatch) -> Vec<f32> {
    let album = feed.album().unwrap();
    let Frame { size, channels, .. } = album.frame();
    let stored = Stored {
        extents: [size.height, size.width, channels],
        units: album.units(),
        mean: &feed.normalisation().mean,
        std: &feed.normalisation().std,
    };
    let pictures = batch.indices.iter().zip(&batch.placements);
    let placed = pictures.flat_map(|(index, placement)| {
        let samples: Vec<u16> = match album.samples(*index).unwrap() {
            Samples::U8(samples) => samples.iter().map(|sample| u16::from(*sample)).collect(),
            Samples::U16(samples) => samples.clone(),
            Samples::F32(_) => panic!("no table is long enough"),
        };
        let way = Way {
            mirrors: [placement.mirror_x, placement.mirror_y],
            turn: placement.turn,
            shift: [placement.shift_x, placement.shift_y],
        };
        stored.place(&samples, way)
    });
    placed.collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn placed_batches_are_training_batches(case in a_case()) {
        let feed = case.feed(7, usize::MAX);
        prop_assert!(feed.only_places());
        let train = [5, 0, 3, 6, 1];
        let placed = Loader::placements(&feed, &train, 3, case.seed, 2..6);
        let batches = Loader::training(&feed, &train, 3, case.seed, 2..6, 1);
        for (placed, batch) in placed.zip(batches) {
            let (placed, batch) = (placed.unwrap(), batch.unwrap());
            prop_assert_eq!(&placed.indices, &batch.indices);
            prop_assert_eq!(&placed.labels, &batch.labels);
            prop_assert_eq!(placed.step, batch.step);
            prop_assert_eq!(bits(&made(&feed, &placed)), bits(&batch.pixels));
            let alone = feed.training_placements(&train, 3, case.seed, placed.step);
            prop_assert_eq!(alone.unwrap(), placed);
        }
    }
}

fn plain_case() -> Case {
    Case {
        size: Size::square(4),
        channels: 3,
        is_wide: false,
        range: Range::Full,
        augmentation: Augmentation::default(),
        seed: 1,
    }
}

#[test]
fn changes_of_colour_are_left_to_the_processor() {
    let with = |augmentation| {
        Case {
            augmentation,
            ..plain_case()
        }
        .feed(2, usize::MAX)
    };
    let hue = Augmentation {
        hue: 0.1,
        ..Augmentation::default()
    };
    assert!(with(Augmentation::default()).only_places());
    assert!(!with(hue).only_places());
}

#[test]
fn pictures_that_are_not_all_alike_in_memory_make_no_album() {
    let case = plain_case();
    assert_eq!(case.feed(3, usize::MAX).album().unwrap().len(), 3);
    assert!(
        case.feed(3, 100).album().is_none(),
        "some are at their source"
    );

    let album = |pictures: Vec<Image>, fit| {
        let frame = Frame {
            fit,
            ..Frame::new(4, 3)
        };
        let (cache, _) = Cache::build(&dataset(pictures), frame, usize::MAX, 1);
        let cache = Arc::new(cache);
        let feed = Feed::new(
            cache,
            &dataset(Vec::new()),
            Normalisation::identity(3),
            Augmentation::default(),
        );
        feed.album()
    };
    let eight = picture(0, Size::square(4), 3, false);
    let sixteen = picture(0, Size::square(4), 3, true);
    let wide = picture(
        0,
        Size {
            height: 2,
            width: 4,
        },
        3,
        false,
    );
    assert!(album(vec![eight.clone(), sixteen], Fit::Stretch).is_none());
    assert!(album(vec![eight.clone(), wide.clone()], Fit::Pad).is_none());
    assert!(album(vec![eight.clone(), wide], Fit::Stretch).is_some());
    let float = Image {
        samples: Samples::F32(vec![0.5; 48]),
        ..eight
    };
    assert!(album(vec![float], Fit::Stretch).is_none());
}

#[test]
fn unreadable_pictures_have_a_number_and_are_refused() {
    let empty = Image {
        samples: Samples::U8(Vec::new()),
        ..picture(0, Size::square(4), 3, false)
    };
    let pictures = dataset(vec![picture(0, Size::square(4), 3, false), empty]);
    let (cache, unreadable) = Cache::build(&pictures, Frame::new(4, 3), usize::MAX, 1);
    assert_eq!(unreadable.len(), 1);
    let feed = Feed::new(
        Arc::new(cache),
        &pictures,
        Normalisation::identity(3),
        Augmentation::default(),
    );
    let album = feed.album().unwrap();
    assert!(album.samples(0).is_some() && album.samples(1).is_none());
    assert_eq!(album.identity(), feed.album().unwrap().identity());
    let refused = feed.training_placements(&[1], 1, 0, 0).unwrap_err();
    assert_eq!(refused, feed.training_batch(&[1], 1, 0, 0).unwrap_err());
}
