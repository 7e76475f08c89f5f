//! Folders and tables on disk: what is read, what is passed over, what is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use images::{Fractions, Partition, Splits, Task};
use sources::folder::{self, FolderOptions, Layout};
use sources::table::{self, Join, TableOptions};
use sources::{MissingFiles, Noted, Origin, OtherFiles, Refusal, SplitBy, SplitLists};

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(9, 8)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// A folder of these files; those without another content are pictures.
fn folder_of(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        put(root.path(), file, &picture());
    }
    root
}

fn put(root: &Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn read(files: &[&str], layout: Option<&str>) -> Result<Noted, Refusal> {
    let root = folder_of(files);
    let mut options = FolderOptions::new(Task::Multiclass);
    options.layout = layout.map(|layout| Layout::new(layout).unwrap());
    folder::read(root.path(), &options)
}

fn refused(files: &[&str], parts: &[&str]) {
    let message = read(files, None).unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "expected `{part}` in: {message}");
    }
}

#[test]
fn a_folder_that_is_no_class_is_named_or_refused() {
    let noted = read(
        &[
            "train/a/1.png",
            "train/b/2.png",
            "test/a/3.png",
            "test/b/4.png",
            "all/train/a/1.png",
            "all/test/b/4.png",
            "val/5.png",
            ".cache/a/1.png",
            "__MACOSX/a/1.png",
        ],
        None,
    )
    .unwrap();
    assert_eq!(noted.dataset.classes, ["a", "b"]);
    assert_eq!(noted.dataset.len(), 4);
    let notes = noted.notes.join("\n");
    for part in [
        "layout = \"{split}/{class}\"",
        "the folder all, a copy of test, train, val with 2 pictures",
        "1 pictures of val",
        "no validation set",
        "2 files and folders that systems",
    ] {
        assert!(notes.contains(part), "expected `{part}` in: {notes}");
    }
    refused(
        &["train/a/1.png", "train/b/2.png", "more/a/3.png"],
        &["the folder more with 1 pictures", "ignore = [\"more\"]"],
    );
    refused(
        &[
            "x/P1/s/a/1.png",
            "x/P1/s/b/1.png",
            "x/P2/s/a/1.png",
            "x/P2/s/b/1.png",
        ],
        &["layout = \"x/{patient}/*/{class}\""],
    );
    refused(
        &[
            "a/images/1.png",
            "a/masks/1.png",
            "b/images/1.png",
            "b/masks/1.png",
        ],
        &["layout = \"{class}/images\""],
    );
    refused(
        &[
            "a/train/1.png",
            "a/test/1.png",
            "b/train/1.png",
            "b/test/1.png",
        ],
        &["layout = \"{class}/{split}\""],
    );
    refused(
        &["images_001/1.png", "images_002/2.png"],
        &["numbered pieces", "image_root"],
    );
    refused(
        &["patient1/1.png", "patient2/2.png"],
        &["patients", "layout = \"{patient}/{class}\""],
    );
    refused(
        &[
            "train/patient1/1.png",
            "train/patient2/2.png",
            "valid/patient3/1.png",
        ],
        &["patients", "layout = \"{split}/{patient}/{class}\""],
    );
    refused(
        &["a/1.png", "b/1.png", "masks/1.png"],
        &["the folder masks", "ignore = [\"masks\"]"],
    );
    refused(
        &["1.png", "2.png"],
        &["pictures in no folder of a class", "image_root"],
    );
    refused(&["train/1.png", "test/2.png"], &["below test, train"]);
    refused(&["a/1.png"], &["at least two classes"]);
    refused(&["a/notes.txt"], &["no pictures among 1 files of .txt"]);
}

#[test]
fn folders_inside_classes_and_pictures_beside_pictures_are_refused() {
    // A copy of the classes below them, under a long name: also a picture of a shorter path.
    refused(
        &[
            "no/0.png",
            "yes/0.png",
            "brain_tumor_dataset/no/0.png",
            "brain_tumor_dataset/yes/0.png",
        ],
        &["the folder no", "ignore = [\"brain_tumor_dataset\"]"],
    );
    refused(
        &[
            "train/A/1.png",
            "train/A/B/2.png",
            "train/B/1.png",
            "test/A/1.png",
        ],
        &["the folder B", "in A"],
    );
    refused(
        &["a/1.png", "a/val/2.png", "b/1.png"],
        &["the folder val", "layout = \"{class}/{split}\""],
    );
    refused(
        &["x/p/1.png", "x/q/1.png", "y/r/1.png", "y/s/1.png"],
        &["layout = \"*/{class}\"", "{class}/{patient}"],
    );
    refused(
        &["a/1.png", "a/1_mask.png", "b/2.png"],
        &["a/1_mask.png", "ignore = [\"*_mask.*\"]"],
    );
    refused(
        &["ben/1.png", "ben_mask/1.png", "mal/1.png"],
        &["the folder ben_mask"],
    );
    refused(
        &["Normal/1.png", "normal/2.png", "b/1.png"],
        &["`Normal` and `normal`"],
    );
    let root = folder_of(&["a/1.png", "a/1_mask.png", "b/2.png"]);
    let mut options = FolderOptions::new(Task::Multiclass);
    options.ignore = vec!["*_mask.*".into()];
    assert_eq!(
        folder::read(root.path(), &options).unwrap().dataset.len(),
        2
    );
}

#[test]
fn a_row_never_gets_the_picture_of_another_folder() {
    let root = folder_of(&["train/1.png", "test/2.png"]);
    put(
        root.path(),
        "t.csv",
        b"image,label\ntrain/1.png,a\ntrain/2.png,b\n",
    );
    let mut options = TableOptions::new(root.path().into(), Task::Multiclass);
    let error = table::read(&root.path().join("t.csv"), &options)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("line 3") && error.contains("train/2.png"),
        "{error}"
    );
    // A prefix that is not there at all may be left out, and is said to be.
    put(
        root.path(),
        "t.csv",
        b"image,label\nold/1.png,a\nold/2.png,b\n",
    );
    options.missing_files = MissingFiles::Stop;
    let noted = table::read(&root.path().join("t.csv"), &options).unwrap();
    assert!(
        noted
            .notes
            .join("\n")
            .contains("2 pictures were looked for without the folders")
    );
}

#[test]
fn a_layout_says_patients_and_attributes() {
    let noted = read(
        &[
            "P1/left/a/1.png",
            "P1/right/b/2.png",
            "P2/left/a/3.png",
            "readme/4.png",
        ],
        Some("{patient}/{eye}/{class}"),
    )
    .unwrap();
    assert_eq!(noted.dataset.attributes, ["eye"]);
    let first = &noted.dataset.examples[0];
    assert_eq!(
        (first.patient.as_deref(), &first.attributes[..]),
        (Some("P1"), &["left".to_owned()][..])
    );
    assert!(
        noted
            .notes
            .join("\n")
            .contains("1 pictures in readme that do not fit the layout")
    );
    let error = read(&["P1/a/1.png"], Some("{class}/x/y"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("correct data.layout"), "{error}");
}

#[test]
fn classes_that_lose_different_shares_of_files_stop() {
    let root = folder_of(&["a/1.png", "a/2.png", "b/1.png", "b/2.png"]);
    put(root.path(), "b/3.heic", b"x");
    put(root.path(), "a/notes.txt", b"x");
    let mut options = FolderOptions::new(Task::Multiclass);
    let error = folder::read(root.path(), &options).unwrap_err().to_string();
    assert!(
        error.contains("1 of 3 in b") && error.contains("other_files = \"skip\""),
        "{error}"
    );
    options.other_files = OtherFiles::Skip;
    let notes = folder::read(root.path(), &options)
        .unwrap()
        .notes
        .join("\n");
    assert!(
        notes.contains("1 files of .heic, 1 files of .txt"),
        "{notes}"
    );
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_are_lost_files() {
    let root = folder_of(&["a/1.png", "a/2.png", "b/1.png", "b/2.png"]);
    std::os::unix::fs::symlink("gone.png", root.path().join("b/3.png")).unwrap();
    let options = FolderOptions::new(Task::Multiclass);
    let error = folder::read(root.path(), &options).unwrap_err().to_string();
    assert!(error.contains("1 of 3 in b"), "{error}");
}

#[test]
fn pictures_are_found_by_the_names_that_tables_write() {
    let root = folder_of(&["img/x/1.png", "img/y/1.png", "img/y/2.PNG"]);
    put(
        root.path(),
        "t.csv",
        "image;label\nC:\\old\\x\\1.png;a\n/mnt/y/1;b\nelse/2;b\nimg/3.png;a\n".as_bytes(),
    );
    let csv = root.path().join("t.csv");
    let mut options = TableOptions::new(root.path().into(), Task::Multiclass);
    let error = table::read(&csv, &options).unwrap_err().to_string();
    assert!(
        error.contains("line 5")
            && error.contains("1 of 4 rows without their picture")
            && error.contains("missing_files = \"skip\""),
        "{error}"
    );
    options.missing_files = MissingFiles::Skip;
    let noted = table::read(&csv, &options).unwrap();
    assert_eq!(noted.dataset.len(), 3);
    assert_eq!(noted.dataset.image(0).unwrap().height, 8);
    assert!(
        noted
            .notes
            .join("\n")
            .contains("left out: 1 rows whose picture")
    );

    put(root.path(), "t.csv", b"image,label\n1.png,a\n2,b\n");
    let error = table::read(&csv, &options).unwrap_err().to_string();
    assert!(error.contains("img/x/1.png and img/y/1.png"), "{error}");
    // Two rows of different names must not become one picture in silence.
    put(
        root.path(),
        "t.csv",
        b"image,label\ny/2.png,a\nother/2.png,a\n",
    );
    let error = table::read(&csv, &options).unwrap_err().to_string();
    assert!(
        error.contains("line 3") && error.contains("one name"),
        "{error}"
    );
}

#[test]
fn tables_are_joined_and_lists_divide() {
    let root = folder_of(&["1.png", "2.png", "3.png"]);
    put(root.path(), "t.csv", b"image,label\n1,a\n2,b\n3,a\n");
    put(
        root.path(),
        "m.csv",
        b"id;lesion;label\n1.png;L1;x\n2.png;L2;x\n3.png;L1;x\n",
    );
    put(root.path(), "train.txt", b"1.png\n3.png\n");
    put(root.path(), "test.txt", b"some/2.png\n");
    let csv = root.path().join("t.csv");
    let mut options = TableOptions::new(root.path().into(), Task::Multiclass);
    options.joins = vec![Join {
        path: root.path().join("m.csv"),
        left: "image".into(),
        right: "id".into(),
        keeps_unmatched: false,
    }];
    options.patient = Some(Origin::Column("lesion".into()));
    options.attributes = vec![("other".into(), Origin::Column("m.label".into()))];
    let lists = |unlisted| {
        SplitBy::Lists(SplitLists {
            files: vec![
                (Partition::Train, root.path().join("train.txt")),
                (Partition::Test, root.path().join("test.txt")),
            ],
            skips_unlisted: unlisted,
        })
    };
    options.split = Some(lists(false));
    let dataset = table::read(&csv, &options).unwrap().dataset;
    let parts: Vec<_> = dataset
        .examples
        .iter()
        .map(|e| {
            (
                e.patient.as_deref().unwrap(),
                e.partition.unwrap(),
                &*e.attributes[0],
            )
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("L1", Partition::Train, "x"),
            ("L2", Partition::Test, "x"),
            ("L1", Partition::Train, "x")
        ]
    );
    put(root.path(), "test.txt", b"");
    let error = table::read(&csv, &options).unwrap_err().to_string();
    assert!(
        error.contains("1 pictures in none: 2") && error.contains("unlisted = \"skip\""),
        "{error}"
    );
    options.split = Some(lists(true));
    assert_eq!(table::read(&csv, &options).unwrap().dataset.len(), 2);
    put(root.path(), "m.csv", b"id,lesion\n1,L1\n1,L3\n");
    let error = table::read(&csv, &options).unwrap_err().to_string();
    assert!(
        error.contains("m.csv, line 3") && error.contains("1 again, first on line 2"),
        "{error}"
    );
}

fn shared(name: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    path.exists().then_some(path)
}

fn unpacked(tar: &Path, root: &Path) {
    let status = std::process::Command::new("tar")
        .arg("xf")
        .arg(tar)
        .arg("-C")
        .arg(root)
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn real_findings_split_by_patient() {
    let (Some(tar), Some(csv)) = (shared("nih1000_64px.tar"), shared("nih1000_labels.csv")) else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    unpacked(&tar, root.path());
    let header = std::fs::read_to_string(&csv).unwrap();
    let mut options = TableOptions::new(root.path().into(), Task::Multilabel);
    options.labels = header
        .lines()
        .next()
        .unwrap()
        .split(',')
        .skip(6)
        .map(str::to_owned)
        .collect();
    options.patient = Some(Origin::Column("patient".into()));
    let dataset = table::read(&csv, &options).unwrap().dataset;
    assert_eq!(
        (dataset.len(), dataset.classes.len(), dataset.channels),
        (1000, 14, 3)
    );
    let splits = Splits::of(&dataset, Fractions::default(), 7).unwrap();
    assert!((splits.train.len() as f64 / 1000.0 - 0.7).abs() < 0.06);
    options.split = Some(SplitBy::Column("source_split".into()));
    let error = table::read(&csv, &options).unwrap_err().to_string();
    assert!(error.contains("every patient in one part"), "{error}");
    options.shares_patients = true;
    let dataset = table::read(&csv, &options).unwrap().dataset;
    assert!(Splits::of(&dataset, Fractions::default(), 7).is_err());
    Splits::with_shared_patients(&dataset, Fractions::default(), 7).unwrap();
}

#[test]
fn real_class_folders_with_an_official_split() {
    let Some(tar) = shared("cifar10_jpeg.tar.gz") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let status = std::process::Command::new("tar")
        .arg("xzf")
        .arg(tar)
        .arg("-C")
        .arg(root.path())
        .args(["train/cat", "train/dog", "test/cat", "test/dog"])
        .status();
    assert!(status.unwrap().success());
    let options = FolderOptions::new(Task::Multiclass);
    let dataset = folder::read(root.path(), &options).unwrap().dataset;
    assert_eq!(
        (dataset.classes.join(" "), dataset.len()),
        ("cat dog".into(), 12_000)
    );
    // 0.1 / (0.7 + 0.1) of each training class of 5000; the official test set stays whole.
    let splits = Splits::of(&dataset, Fractions::default(), 3).unwrap();
    assert_eq!(
        (
            splits.train.len(),
            splits.validation.len(),
            splits.test.len()
        ),
        (8750, 1250, 2000)
    );
}
