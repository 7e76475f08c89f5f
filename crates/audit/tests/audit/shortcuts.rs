//! Labels that something else than the picture gives away.

use audit::{Audit, Kind, Severity, Subject};
use images::{Label, Task};
use rand::RngExt as _;
use streams::stream;

use super::made::{of_kind, picture, subject};

/// 300 pictures of 150 patients, classes in turn by patient, nothing given away.
fn fair() -> Subject {
    let mut random = stream(1, "fair", 0);
    let base = picture("", 1);
    let pictures = (0..300).map(|index: usize| {
        let mut picture = base.clone();
        picture.id = format!("{index}.png");
        picture.patient = Some(format!("patient {}", index / 2));
        picture.label = Label::Class(index / 2 % 2);
        picture.part = usize::from(index / 2 % 5 == 4);
        picture.attributes = vec![
            ["F", "M"][random.random_range(0..2)].into(),
            format!("{}", random.random_range(20..90)),
        ];
        let traits = picture.traits.as_mut().unwrap();
        traits.look = None;
        traits.file = audit::Digest::of_bytes(&index.to_le_bytes());
        traits.pixels = traits.file;
        traits.width = random.random_range(200..400);
        traits.height = random.random_range(200..400);
        traits.mean = random.random_range(0.3..0.6);
        traits.spread = random.random_range(0.1..0.3);
        traits.file_bytes = random.random_range(10_000..90_000);
        traits.signature = audit::Signature::Png;
        picture
    });
    Subject {
        attributes: vec!["sex".into(), "age".into()],
        ..subject(pictures.collect())
    }
}

fn readable(subject: &Subject) -> Vec<String> {
    let audit = Audit::of(subject).unwrap();
    let found = of_kind(&audit, |k| {
        matches!(k, Kind::LabelReadable { .. } | Kind::PartReadable { .. })
    });
    found
        .iter()
        .map(|f| format!("{:?} {:?}", f.severity, f.kind))
        .collect()
}

/// Changes every picture of the second class.
fn of_the_ill(change: impl Fn(&mut audit::Picture)) -> Subject {
    let mut subject = fair();
    let ill = subject
        .pictures
        .iter_mut()
        .filter(|p| p.label == Label::Class(1));
    ill.for_each(change);
    subject
}

#[test]
fn nothing_is_said_of_fair_pictures() {
    assert_eq!(Audit::of(&fair()).unwrap().findings, []);
}

#[test]
fn each_shortcut_is_named() {
    let traits =
        |change: fn(&mut audit::Traits)| of_the_ill(move |p| change(p.traits.as_mut().unwrap()));
    let cases = [
        ("width", traits(|t| t.width += 120)),
        ("height", traits(|t| t.height += 120)),
        ("aspect ratio", traits(|t| t.width = t.height)),
        ("mean intensity", traits(|t| t.mean += 0.2)),
        ("spread of intensity", traits(|t| t.spread += 0.1)),
        ("file size", traits(|t| t.file_bytes += 50_000)),
        ("JPEG quality", traits(|t| t.jpeg_quality = Some(75))),
        ("channels and depth", traits(|t| t.channels = 3)),
        (
            "ending of the file name",
            of_the_ill(|p| p.id += ".PNG.jpg"),
        ),
        (
            "file format",
            traits(|t| t.signature = audit::Signature::Other),
        ),
        ("`sex`", of_the_ill(|p| p.attributes[0] = "F".into())),
        ("`age`", of_the_ill(|p| p.attributes[1] = "77.5".into())),
    ];
    for (from, subject) in cases {
        let audit = Audit::of(&subject).unwrap();
        let found = of_kind(&audit, |k| *k == Kind::LabelReadable { from: from.into() });
        assert_eq!(found.len(), 1, "{from}\n{}", audit.text());
        assert_eq!(
            (found[0].severity, found[0].pictures),
            (Severity::Warning, 300)
        );
        assert!(
            found[0].found.contains("alone tells ill: out-of-fold AUC "),
            "{}",
            found[0].found
        );
    }
}

#[test]
fn a_perfect_shortcut_is_not_lost_to_a_variance_of_zero() {
    let subject = of_the_ill(|p| p.traits.as_mut().unwrap().jpeg_quality = Some(75));
    let audit = Audit::of(&subject).unwrap();
    let text = &of_kind(&audit, |k| matches!(k, Kind::LabelReadable { .. }))[0].found;
    // 75 patients of each class, 13 clues, two targets: (2 × 0.01 / 26)^(1/75) = 0.909.
    assert!(text.contains("AUC 1.00 (0.91 to 1.00"), "{text}");
}

#[test]
fn a_number_that_tells_without_an_order_is_found() {
    // Ill pictures are of middling width, healthy ones narrow or wide.
    let mut subject = fair();
    for picture in &mut subject.pictures {
        let (traits, ill) = (
            picture.traits.as_mut().unwrap(),
            picture.label == Label::Class(1),
        );
        let middling = (266..334).contains(&traits.width);
        if ill && !middling {
            traits.width = 300;
        } else if !ill && middling {
            traits.width += 70;
        }
    }
    assert_eq!(
        readable(&subject),
        ["Warning LabelReadable { from: \"width\" }"]
    );
}

#[test]
fn findings_and_many_classes_are_asked_one_at_a_time() {
    let mut subject = fair();
    subject.task = Task::Multilabel;
    for (index, picture) in subject.pictures.iter_mut().enumerate() {
        let ill = index / 2 % 2 == 1;
        if ill {
            picture.traits.as_mut().unwrap().mean += 0.2;
        }
        picture.label = Label::Findings(vec![
            Some(index / 2 % 3 == 0),
            (index % 10 > 0).then_some(ill),
        ]);
    }
    let audit = Audit::of(&subject).unwrap();
    let found = of_kind(&audit, |k| matches!(k, Kind::LabelReadable { .. }));
    assert_eq!(
        (found.len(), found[0].groups, found[0].pictures),
        (1, 1, 270),
        "{}",
        audit.text()
    );
    assert!(found[0].found.starts_with("Mean intensity alone tells ill"));

    let mut subject = fair();
    subject.classes = ["a", "b", "c"].map(str::to_owned).into();
    for (index, picture) in subject.pictures.iter_mut().enumerate() {
        let class = index / 2 % 3;
        picture.label = Label::Class(class);
        picture.attributes[0] = ["x", "y", "z"][class].into();
    }
    assert_eq!(
        readable(&subject),
        ["Warning LabelReadable { from: \"`sex`\" }"]
    );
}

#[test]
fn parts_that_were_made_differently_are_a_note() {
    let mut subject = fair();
    for picture in subject.pictures.iter_mut().filter(|p| p.part == 1) {
        picture.traits.as_mut().unwrap().mean += 0.3;
    }
    assert_eq!(
        readable(&subject),
        ["Note PartReadable { from: \"mean intensity\" }"]
    );
}

#[test]
fn too_few_patients_are_said_to_be_too_few() {
    let mut subject = of_the_ill(|p| p.traits.as_mut().unwrap().mean += 0.3);
    // Nineteen patients of the ill, two pictures each.
    let mut ill = 0;
    subject.pictures.retain(|picture| {
        ill += usize::from(picture.label == Label::Class(1));
        picture.label == Label::Class(0) || ill <= 38
    });
    let audit = Audit::of(&subject).unwrap();
    assert!(readable(&subject).is_empty());
    let found = of_kind(&audit, |k| *k == Kind::TooFewToTell);
    assert_eq!(
        (found[0].groups, found[0].examples[0].name.as_str()),
        (1, "ill")
    );
}
