//! Patients, written oddly, in two parts, or in file names alone.

use audit::{Audit, Kind, Severity};
use images::Label;

use super::made::{first_example, of_kind, picture, subject};

/// Pictures of (id, patient, part), each of its own look.
fn audit_of(rows: &[(&str, Option<&str>, usize)]) -> Audit {
    let pictures = rows.iter().enumerate().map(|(seed, (id, patient, part))| {
        let mut picture = picture(*id, seed as u64);
        picture.patient = patient.map(str::to_owned);
        picture.part = *part;
        picture.label = Label::Class(seed % 2);
        picture
    });
    Audit::of(&subject(pictures.collect())).unwrap()
}

#[test]
fn one_patient_written_in_four_ways_is_one_leak() {
    let audit = audit_of(&[
        ("a", Some("P1"), 0),
        ("b", Some("p1"), 0),
        ("c", Some(" P-01"), 1),
        ("d", Some("p 1"), 0),
        ("e", Some("P2"), 1),
        ("f", Some("P12"), 0),
    ]);
    let found = of_kind(&audit, |k| *k == Kind::PatientSpellings);
    assert_eq!(
        (found[0].severity, found[0].pictures, found[0].groups),
        (Severity::Leak, 4, 1)
    );
    assert_eq!(found[0].examples[0].name, "` P-01`, `P1`, `p 1`, `p1`");
    // Within one part it is a warning.
    let audit = audit_of(&[
        ("a", Some("P1"), 0),
        ("b", Some("P01"), 0),
        ("c", Some("P2"), 1),
    ]);
    let found = of_kind(&audit, |k| *k == Kind::PatientSpellings);
    assert_eq!(found[0].severity, Severity::Warning);
}

#[test]
fn a_patient_in_two_parts_leaks_and_one_with_two_labels_does_not() {
    let audit = audit_of(&[
        ("a", Some("x"), 0),
        ("b", Some("x"), 1),
        ("c", Some("y"), 1),
        ("d", Some("y"), 1),
    ]);
    let found = of_kind(&audit, |k| *k == Kind::PatientInParts);
    assert_eq!(
        (found[0].severity, found[0].pictures, found[0].groups),
        (Severity::Leak, 2, 1)
    );
    assert_eq!(first_example(found[0]), ["a", "b"]);
    let found = of_kind(&audit, |k| *k == Kind::PatientLabelsDiffer);
    assert_eq!((found[0].severity, found[0].groups), (Severity::Note, 2));
}

#[test]
fn a_study_in_two_parts_leaks() {
    let mut pictures: Vec<_> = (0..4)
        .map(|seed| picture(format!("{seed}"), seed))
        .collect();
    for (picture, (study, part)) in pictures
        .iter_mut()
        .zip([("s", 0), ("s", 1), ("", 0), ("", 1)])
    {
        picture.attributes = vec![study.into()];
        picture.part = part;
    }
    let mut subject = subject(pictures);
    subject.attributes = vec!["Study_UID".into()];
    let audit = Audit::of(&subject).unwrap();
    let found = of_kind(&audit, |k| *k == Kind::StudyInParts);
    assert_eq!(
        (found[0].groups, first_example(found[0])),
        (1, vec!["0", "1"])
    );
}

#[test]
fn patients_in_names_are_found_with_the_pattern_to_write() {
    let cases: [(&str, fn(usize) -> String, Severity); 6] = [
        (
            r"person(\\d+)",
            |i| format!("ill/person{}_virus_{i}.png", i / 3),
            Severity::Leak,
        ),
        (
            r"(?i)patient[_-]?(\\d+)",
            |i| format!("Patient-{:04}/view{i}.png", i / 3),
            Severity::Leak,
        ),
        (
            r"(?i)(?:^|/)(\\d+)_(?:left|right)",
            |i| format!("{}_{}.png", i / 2, ["left", "right"][i % 2]),
            Severity::Leak,
        ),
        (
            r"(?:^|/)(sub-[0-9A-Za-z]+)",
            |i| format!("sub-{}/x{i}.png", i / 3),
            Severity::Leak,
        ),
        (
            r"(?:^|/)(\\d{5,})_\\d+",
            |i| format!("{:08}_{:03}.png", i / 3, i % 3),
            Severity::Warning,
        ),
        (
            r"^([^/]+)/",
            |i| format!("Smith{}/{}.png", i / 3, ["a", "b", "c"][i % 3]),
            Severity::Warning,
        ),
    ];
    for (pattern, name, severity) in cases {
        let names: Vec<String> = (0..60).map(name).collect();
        // Every fourth picture in the test part: groups are in both.
        let rows: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(i, id)| (id.as_str(), None, usize::from(i % 4 == 3)))
            .collect();
        let audit = audit_of(&rows);
        let found = of_kind(&audit, |k| *k == Kind::PatientsInNames);
        assert_eq!(found.len(), 1, "{pattern}: {}", audit.text());
        assert_eq!(found[0].severity, severity, "{pattern}");
        let write = format!("patient = {{ pattern = \"{pattern}\" }}");
        assert!(
            found[0].remedy.contains(&write),
            "{pattern}: {}",
            found[0].remedy
        );
        // Known patients silence it.
        let rows: Vec<_> = names
            .iter()
            .map(|id| (id.as_str(), Some(id.as_str()), 0))
            .collect();
        assert!(of_kind(&audit_of(&rows), |k| *k == Kind::PatientsInNames).is_empty());
    }
}

#[test]
fn names_that_only_count_pictures_tell_no_patients() {
    let schemes: [fn(usize) -> String; 4] = [
        |i| format!("healthy/img_{i:05}.png"),
        |i| format!("train/{i}"),
        |i| format!("{}/{i}.jpeg", ["healthy", "ill"][i % 2]),
        |i| format!("site{}/{i}.jpeg", i % 3),
    ];
    for scheme in schemes {
        let names: Vec<String> = (0..60).map(scheme).collect();
        let rows: Vec<_> = names.iter().map(|id| (id.as_str(), None, 0)).collect();
        let audit = audit_of(&rows);
        let found = of_kind(&audit, |k| *k == Kind::PatientsInNames);
        assert!(found.is_empty(), "{}: {:?}", names[0], found);
    }
}
