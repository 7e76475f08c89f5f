//! Classes and parts; what a reader is told.

use audit::{Audit, Kind, Picture, Severity, Subject, SubjectError, sheet};
use images::{Label, Task};

use super::made::{image, of_kind, picture, shown, subject};

fn with_classes(names: [&str; 2], classes: impl Iterator<Item = (usize, usize)>) -> Audit {
    let pictures = classes.enumerate().map(|(seed, (class, part))| {
        let mut picture = picture(format!("{seed}"), seed as u64);
        (picture.label, picture.part) = (Label::Class(class), part);
        picture
    });
    let classes = names.map(str::to_owned).into();
    Audit::of(&Subject {
        classes,
        ..subject(pictures.collect())
    })
    .unwrap()
}

#[test]
fn a_healthy_positive_class_is_named_with_the_key_to_write() {
    let even = || (0..60).map(|i| (i % 2, i / 2 % 2));
    let audit = with_classes(["malignant", "normal"], even());
    let found = of_kind(&audit, |k| *k == Kind::PositiveClass);
    assert!(found[0].found.contains("`normal`"));
    assert!(found[0].remedy.starts_with("`positive = \"malignant\"`"));
    for names in [
        ["normal", "malignant"],
        ["0", "1"],
        ["no", "yes"],
        ["cat", "dog"],
    ] {
        assert!(of_kind(&with_classes(names, even()), |k| *k == Kind::PositiveClass).is_empty());
    }
}

#[test]
fn rare_and_absent_classes_are_told_with_their_places() {
    // Training: 210 and 10 pictures; test: 20 and none.
    let rows = (0..240).map(|i| (usize::from(i < 10), usize::from(i >= 220)));
    let audit = with_classes(["healthy", "ill"], rows);
    let absent = of_kind(&audit, |k| *k == Kind::AbsentFromPart);
    assert_eq!(
        absent[0].examples[0].name,
        "ill in test: 0 pictures, 0 patients"
    );
    assert!(of_kind(&audit, |k| *k == Kind::FewInPart).is_empty());
    let imbalance = of_kind(&audit, |k| *k == Kind::Imbalance);
    assert_eq!(
        (imbalance[0].severity, imbalance[0].pictures),
        (Severity::Note, 10)
    );

    let rows = (0..60).map(|i| (usize::from(i % 2 == 0), usize::from(i >= 50)));
    let few = with_classes(["healthy", "ill"], rows);
    let few = of_kind(&few, |k| *k == Kind::FewInPart);
    assert_eq!((few[0].groups, few[0].pictures), (2, 10));
}

#[test]
fn blank_misnamed_and_unread_pictures_are_listed() {
    let mut pictures: Vec<Picture> = (0..30).map(|i| picture(format!("{i}"), i)).collect();
    for (shade, id) in [(77, "grey"), (255, "white")] {
        let blank = images::Image::from_u8(9, 9, 1, vec![shade; 81]);
        pictures.push(shown(id, &blank));
    }
    pictures[3].id = "3.png".into();
    pictures[3].traits.as_mut().unwrap().signature = audit::Signature::Jpeg;
    pictures[4].traits = None;
    let audit = Audit::of(&subject(pictures)).unwrap();
    let ids = |kind: Kind| -> Vec<String> {
        let found = of_kind(&audit, |k| *k == kind);
        found[0]
            .examples
            .iter()
            .map(|e| e.members[0].id.clone())
            .collect()
    };
    assert_eq!(ids(Kind::Blank), ["grey", "white"]);
    assert_eq!(ids(Kind::WrongEnding), ["3.png"]);
    assert_eq!(ids(Kind::NotDecoded), ["4"]);
    assert_eq!(audit.decoded, 31);
}

#[test]
fn the_text_keeps_to_eighty_columns_and_survives_json() {
    let mut pictures: Vec<Picture> = (0..40)
        .map(|i| picture(format!("person{}/\u{1b}[2J x {i}", i / 3), i / 2))
        .collect();
    pictures.iter_mut().enumerate().for_each(|(i, p)| {
        p.part = i % 2;
        p.label = Label::Class(i / 3 % 2);
    });
    let audit = Audit::of(&subject(pictures)).unwrap();
    let text = audit.text();
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'));
    let leak = text.find("20 groups of identical files, 40 pictures, in more than one part.");
    let conflict = text.find("Conflicts: ").unwrap();
    assert!(
        leak.unwrap() < conflict && text.contains("… and 15 more"),
        "{text}"
    );
    let json = serde_json::to_string(&audit).unwrap();
    assert_eq!(serde_json::from_str::<Audit>(&json).unwrap(), audit);
}

#[test]
fn a_subject_that_contradicts_itself_is_refused() {
    let refused = |change: fn(&mut Subject)| {
        let mut subject = subject(vec![picture("a", 1)]);
        change(&mut subject);
        Audit::of(&subject).unwrap_err()
    };
    assert!(matches!(
        refused(|s| s.pictures[0].part = 2),
        SubjectError::Part { part: 2, .. }
    ));
    assert!(matches!(
        refused(|s| s.pictures[0].label = Label::Class(2)),
        SubjectError::Label { .. }
    ));
    assert!(matches!(
        refused(|s| s.task = Task::Multilabel),
        SubjectError::Label { .. }
    ));
    assert!(matches!(
        refused(|s| s.attributes.push("sex".into())),
        SubjectError::Attributes { .. }
    ));
    let empty = Audit::of(&Subject {
        parts: vec![],
        ..subject(vec![])
    })
    .unwrap();
    assert!(empty.findings.is_empty() && empty.text().contains("Nothing found."));
}

#[test]
fn a_sheet_has_a_row_for_each_group() {
    let png = sheet(
        &[
            vec![image(1, 30, 20), image(2, 9, 9)],
            vec![],
            vec![image(3, 8, 8)],
        ],
        16,
    )
    .unwrap();
    let decoded = images::decode(&png).unwrap();
    assert_eq!(
        (decoded.width, decoded.height, decoded.channels),
        (34, 34, 3)
    );
    assert_eq!(sheet(&[vec![]], 16), None);
}
