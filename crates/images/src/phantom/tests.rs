//! Pictures are repeatable, grades and classes follow their shares.

use super::patient::{GRADE_SHARES, Patient};
use super::{Fundus, Objects};
use formats::image::{Image, Samples};

/// The samples of a picture drawn here.
pub fn samples(image: &Image) -> &[u8] {
    match &image.samples {
        Samples::U8(samples) => samples,
        _ => panic!("the phantom draws 8-bit pictures"),
    }
}

#[test]
fn grades_follow_their_shares_and_eyes_agree() {
    let patients: Vec<_> = (0..20_000).map(|i| Patient::draw(7, i).grades).collect();
    for eye in 0..2 {
        for (grade, &share) in GRADE_SHARES.iter().enumerate() {
            let found = patients
                .iter()
                .filter(|grades| grades[eye] == grade)
                .count() as f32
                / patients.len() as f32;
            // Four standard errors.
            assert!(
                (found - share).abs() < 0.014,
                "eye {eye}, grade {grade}: {found}"
            );
        }
    }
    assert!(
        patients
            .iter()
            .all(|[left, right]| left.abs_diff(*right) <= 1)
    );
    let same = patients
        .iter()
        .filter(|[left, right]| left == right)
        .count() as f32
        / patients.len() as f32;
    assert!((0.5..0.8).contains(&same), "{same}");
}

#[test]
fn a_fundus_is_drawn_from_seed_and_index_alone() {
    let fundus = Fundus {
        seed: 1,
        patients: 3,
        size: 64,
    };
    let alone = Fundus {
        patients: 1,
        ..fundus
    };
    assert_eq!(fundus.len(), 6);
    assert_eq!(fundus.example(1), alone.example(1));
    assert_ne!(fundus.example(0).image, fundus.example(1).image);
    assert_ne!(
        fundus.example(0).image,
        Fundus { seed: 2, ..fundus }.example(0).image
    );
    let last = fundus.example(5);
    assert_eq!((last.patient.as_str(), last.eye), ("P0003", "right"));
    assert_eq!(
        (last.image.width, last.image.height, last.image.channels),
        (64, 64, 3)
    );
}

#[test]
fn pictures_of_any_size_are_drawn() {
    for size in [1, 7, 32, 96, 224] {
        let image = Fundus {
            seed: 3,
            patients: 1,
            size,
        }
        .example(0)
        .image;
        assert_eq!(
            (image.width, samples(&image).len()),
            (size, size * size * 3)
        );
        let image = Objects {
            seed: 3,
            count: 1,
            size,
        }
        .example(0)
        .image;
        assert_eq!(
            (image.width, samples(&image).len()),
            (size, size * size * 3)
        );
    }
}

#[test]
fn objects_are_balanced_and_drawn_from_seed_and_index_alone() {
    let objects = Objects {
        seed: 1,
        count: 32,
        size: 48,
    };
    let classes = Objects::classes();
    assert_eq!(
        (classes.len(), classes[0].as_str(), classes[15].as_str()),
        (16, "striped-disc", "speckled-star")
    );
    let mut counts = [0; 16];
    for index in 0..objects.len() {
        counts[objects.example(index).class] += 1;
    }
    assert_eq!(counts, [2; 16]);
    assert_eq!(
        objects.example(9),
        Objects {
            count: 10,
            ..objects
        }
        .example(9)
    );
    assert_ne!(objects.example(9).image, objects.example(25).image);
    assert_ne!(
        objects.example(9).image,
        Objects { seed: 2, ..objects }.example(9).image
    );
}
