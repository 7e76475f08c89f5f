//! Real pictures, from the folder of shared data; skipped where that folder is absent.

use std::path::PathBuf;
use std::process::Command;

use audit::{Audit, Kind, Likeness, Relation, Severity, Subject};
use images::Task;
use images::npz::{self, NpzOptions};
use sources::folder::{self, FolderOptions};

use super::made::of_kind;

fn shared(name: &str) -> Option<PathBuf> {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    path.exists().then_some(path)
}

#[test]
fn chest_x_rays_of_children_have_thirty_groups_of_equal_files_and_patients_in_two_parts() {
    let Some(tar) = shared("pneumonia224.tar") else {
        return;
    };
    let place = std::env::temp_dir().join(format!("audit-{}", std::process::id()));
    std::fs::create_dir_all(&place).unwrap();
    let unpacked = Command::new("tar")
        .arg("xf")
        .arg(tar)
        .arg("-C")
        .arg(&place)
        .status();
    assert!(unpacked.unwrap().success());
    let dataset = folder::read(
        &place.join("pneumonia224"),
        &FolderOptions::new(Task::Multiclass),
    )
    .unwrap()
    .dataset;
    let audit = Audit::of(&Subject::of(&dataset)).unwrap();
    std::fs::remove_dir_all(&place).unwrap();

    let (likeness, relation) = (Likeness::Bytes, Relation::WithinPart);
    let equal = of_kind(&audit, |k| *k == Kind::Copies { likeness, relation });
    assert_eq!((equal[0].groups, equal[0].pictures), (30, 62));
    // Chest X-rays all look alike: of 17 million pairs, one more is told, of the same bones.
    let copies = of_kind(&audit, |k| matches!(k, Kind::Copies { .. }));
    assert_eq!(copies.len(), 2, "{}", audit.text());
    let (likeness, relation) = (Likeness::Perhaps, Relation::WithinPart);
    let perhaps = of_kind(&audit, |k| *k == Kind::Copies { likeness, relation });
    assert_eq!(
        (perhaps[0].severity, perhaps[0].groups),
        (Severity::Note, 1)
    );
    let names = of_kind(&audit, |k| *k == Kind::PatientsInNames);
    assert_eq!((names[0].severity, names[0].groups), (Severity::Leak, 170));
    assert!(
        names[0]
            .remedy
            .contains(r#"patient = { pattern = "person(\\d+)", blank = "own" }"#)
    );
}

#[test]
fn small_ultrasound_pictures_have_copies_in_two_parts_and_a_healthy_positive_class() {
    let Some(path) = shared("breastmnist.npz") else {
        return;
    };
    let class_names = Some(vec!["malignant".into(), "normal".into()]);
    let options = NpzOptions {
        class_names,
        ..NpzOptions::new(Task::Multiclass)
    };
    let audit = Audit::of(&Subject::of(&npz::read(&path, &options).unwrap())).unwrap();
    let positive = of_kind(&audit, |k| *k == Kind::PositiveClass);
    assert!(positive[0].remedy.starts_with("`positive = \"malignant\"`"));
    let (likeness, relation) = (Likeness::Near, Relation::AcrossParts);
    let near = of_kind(&audit, |k| *k == Kind::Copies { likeness, relation });
    assert_eq!((near[0].severity, near[0].groups), (Severity::Leak, 80));
}
