//! Copies of every kind.

use audit::{Audit, Kind, Likeness, Relation, Severity, Subject, Traits};
use images::{Image, Label, Task};

use super::made::{cropped, first_example, image, mirrored, of_kind, picture, shown, subject};

/// 150 pictures that are all different, classes and parts in turn.
fn crowd() -> Subject {
    let mut pictures: Vec<_> = (0..150)
        .map(|seed| picture(format!("{seed}.png"), seed))
        .collect();
    for (index, picture) in pictures.iter_mut().enumerate() {
        picture.label = Label::Class(index % 2);
        picture.part = index / 2 % 2;
    }
    subject(pictures)
}

fn copies(audit: &Audit, likeness: Likeness, relation: Relation) -> Option<&audit::Finding> {
    let kind = Kind::Copies { likeness, relation };
    of_kind(audit, |k| *k == kind).into_iter().next()
}

#[test]
fn different_pictures_are_no_copies() {
    let audit = Audit::of(&crowd()).unwrap();
    assert!(
        of_kind(&audit, |k| matches!(k, Kind::Copies { .. })).is_empty(),
        "{}",
        audit.text()
    );
}

#[test]
fn equal_files_are_found_in_every_relation() {
    let mut subject = crowd();
    // 0: class 0, training. 1: class 1, training. 2: class 0, test. 4: class 0, training.
    for (id, seed, class, part) in [("leak", 0, 0, 1), ("conflict", 1, 0, 0), ("twice", 4, 0, 0)] {
        let mut copy = picture(id, seed);
        (copy.label, copy.part) = (Label::Class(class), part);
        subject.pictures.push(copy);
    }
    let audit = Audit::of(&subject).unwrap();
    for (relation, severity, ids, exclude) in [
        (
            Relation::AcrossParts,
            Severity::Leak,
            ["0.png", "leak"],
            vec!["0.png"],
        ),
        (
            Relation::LabelsDiffer,
            Severity::Conflict,
            ["1.png", "conflict"],
            vec!["1.png", "conflict"],
        ),
        (
            Relation::WithinPart,
            Severity::Warning,
            ["4.png", "twice"],
            vec!["twice"],
        ),
    ] {
        let found = copies(&audit, Likeness::Bytes, relation).unwrap();
        assert_eq!(
            (found.severity, found.pictures, found.groups),
            (severity, 2, 1)
        );
        assert_eq!(first_example(found), ids);
        assert_eq!(found.exclude, exclude);
        assert!(copies(&audit, Likeness::Pixels, relation).is_none());
        assert!(copies(&audit, Likeness::Near, relation).is_none());
    }
    assert_eq!(audit.leaks().count(), 1);
}

#[test]
fn equal_pixels_in_another_file_are_found() {
    let mut subject = crowd();
    let mut copy = picture("0.bmp", 0);
    let traits = copy.traits.as_mut().unwrap();
    traits.file = audit::Digest::of_bytes(b"another file");
    copy.part = 1;
    subject.pictures.push(copy);
    let audit = Audit::of(&subject).unwrap();
    let found = copies(&audit, Likeness::Pixels, Relation::AcrossParts).unwrap();
    assert_eq!(
        (found.severity, first_example(found)),
        (Severity::Leak, vec!["0.bmp", "0.png"])
    );
    assert!(copies(&audit, Likeness::Bytes, Relation::AcrossParts).is_none());
}

#[test]
fn near_duplicates_are_found_however_they_were_made() {
    let image_of = |change: &str| -> Image {
        let original = image(0, 120, 120);
        let samples = match &original.samples {
            images::Samples::U8(samples) => samples.clone(),
            _ => Vec::new(),
        };
        let dimmed = |by: f32| {
            samples
                .iter()
                .map(|s| (f32::from(*s) * by).min(255.0) as u8)
                .collect()
        };
        match change {
            "smaller" => image(0, 108, 108),
            "larger" => image(0, 132, 132),
            "darker" => Image::from_u8(120, 120, 1, dimmed(0.95)),
            "lighter" => Image::from_u8(120, 120, 1, dimmed(1.05)),
            "cut" => cropped(0, 120, 0.01),
            _ => as_jpeg(&samples, 120),
        }
    };
    for change in ["smaller", "larger", "darker", "lighter", "cut", "jpeg"] {
        let mut subject = crowd();
        let mut copy = shown(change, &image_of(change));
        copy.part = 1;
        subject.pictures.push(copy);
        let audit = Audit::of(&subject).unwrap();
        let found = copies(&audit, Likeness::Near, Relation::AcrossParts);
        let found = found.unwrap_or_else(|| panic!("{change}\n{}", audit.text()));
        assert_eq!(
            (found.severity, found.pictures),
            (Severity::Leak, 2),
            "{change}"
        );
        assert_eq!(first_example(found), ["0.png", change]);
    }
}

fn as_jpeg(samples: &[u8], side: u32) -> Image {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 75);
    encoder
        .encode(samples, side, side, image::ExtendedColorType::L8)
        .unwrap();
    assert_eq!(audit::jpeg_quality(&bytes), Some(75));
    images::decode(&bytes).unwrap()
}

#[test]
fn a_mirror_image_is_a_kind_of_its_own() {
    let mut subject = crowd();
    let mut copy = shown("mirrored", &mirrored(0, 40, 40));
    copy.part = 1;
    subject.pictures.push(copy);
    let audit = Audit::of(&subject).unwrap();
    let found = copies(&audit, Likeness::Mirrored, Relation::AcrossParts).unwrap();
    assert_eq!(first_example(found), ["0.png", "mirrored"]);
    assert!(copies(&audit, Likeness::Near, Relation::AcrossParts).is_none());
}

#[test]
fn near_duplicates_of_copies_cross_parts_with_any_of_them() {
    let mut subject = crowd();
    // A near duplicate of 0.png in training; the identical copy of 0.png lies in test.
    subject.pictures.push(shown("near", &image(0, 44, 44)));
    let mut equal = picture("equal", 0);
    equal.part = 1;
    subject.pictures.push(equal);
    let audit = Audit::of(&subject).unwrap();
    let found = copies(&audit, Likeness::Near, Relation::AcrossParts).unwrap();
    assert_eq!((found.pictures, found.groups), (3, 1));
    // The two that are shown first lie in two parts.
    let members = &found.examples[0].members;
    assert_ne!(members[0].part, members[1].part);
    assert_eq!(found.exclude, ["0.png", "near"]);
}

#[test]
fn unknown_findings_contradict_nothing() {
    let findings = |id: &str, known: [Option<bool>; 2]| {
        let mut picture = picture(id, 1);
        picture.label = Label::Findings(known.into());
        picture
    };
    let labels_differ = |third: [Option<bool>; 2]| {
        let pictures = vec![
            findings("a", [Some(true), None]),
            findings("b", [None, Some(false)]),
            findings("c", third),
        ];
        let task = Task::Multilabel;
        let audit = Audit::of(&Subject {
            task,
            ..subject(pictures)
        })
        .unwrap();
        copies(&audit, Likeness::Bytes, Relation::LabelsDiffer).is_some()
    };
    assert!(!labels_differ([Some(true), Some(false)]));
    assert!(!labels_differ([None, None]));
    assert!(labels_differ([None, Some(true)]));
    assert!(labels_differ([Some(false), None]));
}

#[test]
fn deep_pictures_of_a_narrow_range_are_told_apart() {
    // 12 bits in 16, and a tenth of those in use.
    let deep = |seed: u64| {
        let images::Samples::U8(samples) = image(seed, 40, 40).samples else {
            unreachable!()
        };
        let samples = images::Samples::U16(samples.iter().map(|s| 300 + u16::from(*s)).collect());
        Image {
            width: 40,
            height: 40,
            channels: 1,
            samples,
        }
    };
    let traits = |seed| Traits::of(&[], &deep(seed));
    let (a, b) = (traits(1).look.unwrap(), traits(2).look.unwrap());
    assert!(a.likeness(&b) < 0.6 && a.likeness(&a) > 0.999);
    // The same forms at 8 bits.
    let shallow = Traits::of(&[], &image(1, 40, 40)).look.unwrap();
    assert!(a.likeness(&shallow) > 0.99);
}

/// Picture 0 with so much of another in it.
fn mixed(share: f32) -> Image {
    let samples = |seed| match image(seed, 40, 40).samples {
        images::Samples::U8(samples) => samples,
        _ => Vec::new(),
    };
    let both = samples(0).into_iter().zip(samples(9_999));
    let mixed = both.map(|(a, b)| ((1.0 - share) * f32::from(a) + share * f32::from(b)) as u8);
    Image::from_u8(40, 40, 1, mixed.collect())
}

#[test]
fn what_is_perhaps_a_copy_is_a_warning_and_of_one_patient_nothing() {
    let perhaps = |patient: Option<&str>, share: f32| {
        let mut subject = crowd();
        subject.pictures[0].patient = patient.map(str::to_owned);
        let mut other = shown("other", &mixed(share));
        other.patient = subject.pictures[0].patient.clone();
        other.part = 1;
        subject.pictures.push(other);
        let audit = Audit::of(&subject).unwrap();
        let found = copies(&audit, Likeness::Perhaps, Relation::AcrossParts).cloned();
        (audit, found)
    };
    let share = (10..60)
        .map(|percent| percent as f32 / 100.0)
        .find(|&s| perhaps(None, s).1.is_some());
    let share = share.expect("between a copy and another picture lies what is perhaps one");
    let (audit, found) = perhaps(None, share);
    let found = found.unwrap();
    assert_eq!(
        (found.severity, first_example(&found)),
        (Severity::Warning, vec!["0.png", "other"])
    );
    assert!(
        found.exclude.is_empty() && audit.leaks().count() == 0,
        "{}",
        audit.text()
    );
    // Of one patient in two parts it is the patient that leaks.
    let (audit, found) = perhaps(Some("x"), share);
    assert_eq!((found, audit.leaks().count()), (None, 1));
}
