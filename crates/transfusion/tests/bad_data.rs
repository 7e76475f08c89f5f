//! Whatever is wrong with pictures, arrays and tables, the program ends with exit code 2 and a
//! message that names the picture, member or line; nothing is lost or overwritten. Pictures that
//! cannot be read may be left out, and are then recorded.

mod fixture;

use fixture::{Folder, NIH, class_folders, npy, npz, picture};
use image::ImageFormat;

/// Two classes of 20 pictures, one of them cut short.
fn truncated(format: ImageFormat, name: &str) -> Folder {
    let folder = Folder::new();
    class_folders(&folder);
    let whole = picture(format, 16, 7);
    folder.write(
        &format!("pictures/benign/{name}"),
        &whole[..whole.len() * 2 / 3],
    );
    folder
}

const PICTURES: &str = r#"
title = "Pictures"
[data]
source = "pictures"
size = 16
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
batch_size = 8
max_steps = 2
eval_every = 2
"#;

#[test]
fn truncated_pictures() {
    for (format, name) in [
        (ImageFormat::Png, "cut.png"),
        (ImageFormat::Jpeg, "cut.jpg"),
    ] {
        let folder = truncated(format, name);
        let id = format!("benign/{name}");
        folder.refuses(
            PICTURES,
            &[
                "1 of 41 pictures",
                &id,
                "repair or remove them",
                "unreadable = \"skip\"",
            ],
        );
        let found = folder.run(&["data", "check", "study.toml"]).with(1);
        assert!(
            found.stdout.contains(&id) && found.stdout.contains("41 pictures, 1 cannot be read")
        );

        folder.write(
            "study.toml",
            PICTURES.replace("size = 16", "size = 16\nunreadable = \"skip\""),
        );
        folder.run(&["run", "study.toml", "--out", "out"]).with(0);
        let left_out = &folder.json("out/results.json")["data"]["unreadable"];
        assert_eq!(left_out.as_array().expect("a list").len(), 1);
        assert_eq!(left_out[0][0], id);
        let report = String::from_utf8(folder.read("out/report.html")).expect("UTF-8");
        assert!(report.contains(name), "the report does not name {name}");
    }
}

#[test]
fn arrays() {
    let folder = Folder::new();
    let config = PICTURES.replace("\"pictures\"", "\"arrays.npz\"");
    let images = || npy("(4, 8, 8)", &[9; 256]);
    let labels = |values: &[u8]| npy(&format!("({},)", values.len()), values);
    let cases: [(&[(&str, Vec<u8>)], &[&str]); 6] = [
        (
            &[
                ("train_images.npy", images()),
                ("train_labels.npy", labels(&[0, 1, 0])),
            ],
            &["arrays", "train_labels.npy", "shape [4]", "found uint8 [3]"],
        ),
        (
            &[("train_images.npy", npy("(4, 8, 8, 65)", &[9; 16_640]))],
            &["arrays", "train_images.npy", "found uint8 [4, 8, 8, 65]"],
        ),
        (
            &[("train_images.npy", npy("(4, 8, 8)", &[9; 100]))],
            &[
                "arrays",
                "train_images.npy",
                "256 bytes of elements",
                "found 100 bytes",
            ],
        ),
        (
            &[(
                "train_images.npy",
                npy("(9000000000, 1024, 1024)", &[9; 64]),
            )],
            &[
                "arrays",
                "train_images.npy",
                "an array of at most",
                "9000000000",
            ],
        ),
        (
            &[("images.npy", images())],
            &[
                "arrays",
                "members train_images, train_labels",
                "found no pictures",
            ],
        ),
        (&[], &["arrays", "found no pictures"]),
    ];
    for (members, parts) in cases {
        folder.write("arrays.npz", npz(members));
        folder.refuses(&config, parts);
    }
    folder.write("arrays.npz", b"PK\x03\x04 no archive");
    folder.refuses(&config, &["arrays", "not a readable .npz archive"]);

    let outside = [
        ("train_images.npy", images()),
        ("train_labels.npy", labels(&[0, 1, 2, 0])),
    ];
    folder.write("arrays.npz", npz(&outside));
    folder.refuses(
        &config.replace("size = 16", "size = 16\ntask = \"multilabel\""),
        &[
            "train/2",
            "label 2 is outside the task",
            "0 (absent) or 1 (present)",
        ],
    );
}

#[test]
fn tables() {
    let folder = Folder::new();
    class_folders(&folder);
    let config = PICTURES.replace(
        "\"pictures\"",
        "\"table.csv\"\nimage_root = \"pictures\"\npatient = \"patient\"\nsplit = \"split\"",
    );
    let table = |rows: &dyn Fn(usize) -> (String, &'static str, &'static str)| {
        let mut text = String::from("image,label,patient,split\n");
        for i in 0..20 {
            for class in ["benign", "malignant"] {
                let (patient, split, label) = rows(i);
                let label = if label.is_empty() { class } else { label };
                text += &format!("{class}/{i:02}.png,{label},{patient},{split}\n");
            }
        }
        text
    };
    let split = |i: usize| ["train", "train", "validation", "test"][i % 4];
    let good = table(&|i| (i.to_string(), split(i), ""));

    folder.write("table.csv", &good);
    folder.refuses(
        &config.replace("patient = \"patient\"", "patient = \"patent\""),
        &["table.csv", "a column `patent`", "did you mean `patient`?"],
    );
    folder.refuses(
        &config.replace("image_root = \"pictures\"", "image_root = \"scans\""),
        &[
            "scans: expected a readable file or folder",
            "check the path",
        ],
    );
    folder.refuses(
        &config.replace("size = 16", "size = 16\nclasses = [\"benign\", \"normal\"]"),
        &[
            "table.csv, line 3",
            "found `malignant`",
            "one of benign, normal",
        ],
    );
    folder.write("table.csv", table(&|i| ((i / 4).to_string(), split(i), "")));
    folder.refuses(
        &config,
        &[
            "table.csv, line 6",
            "patient 0 in validation and, on line 2, in train",
            "drop data.split",
        ],
    );
    let only_benign = |i: usize| if split(i) == "test" { "benign" } else { "" };
    folder.write(
        "table.csv",
        table(&|i| (i.to_string(), split(i), only_benign(i))),
    );
    folder.refuses(
        &config,
        &[
            "class malignant has no example in test",
            "collect more, merge classes",
        ],
    );
    let once_malignant = |i: usize| {
        if split(i) == "test" && i > 4 {
            "benign"
        } else {
            ""
        }
    };
    folder.write(
        "table.csv",
        table(&|i| (i.to_string(), split(i), once_malignant(i))),
    );
    folder.refuses(
        &config,
        &[
            "`data.fractions`",
            "the test partition",
            "too few cases for a variance: 9 positive and 1 negative",
            "collect more, merge classes, or change the split",
        ],
    );
    folder.write("table.csv", good.replace(",0,train\n", ",0,training day\n"));
    folder.refuses(
        &config,
        &[
            "table.csv, line 2",
            "train, validation or test",
            "found `training day`",
        ],
    );
    folder.write("nih/nih.csv", "image,patient,Atelectasis\na.png,1,0\n");
    folder.refuses(NIH, &["nih.csv", "a column `Cardiomegaly`", "Atelectasis"]);
}
