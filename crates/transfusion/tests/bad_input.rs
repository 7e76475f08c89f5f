//! Whatever is wrong with what a user brings, the program ends with exit code 2 and a message that
//! says where, what was expected, what was found and what to do; nothing is lost or overwritten.

mod fixture;

use fixture::{Ended, Folder, NIH, class_folders, npy, npz, picture, study};
use image::ImageFormat;

/// Runs `config` and expects it to be refused with a message of these `parts`, and every file to
/// be as it was.
#[track_caller]
fn refused(folder: &Folder, config: &str, parts: &[&str]) -> Ended {
    folder.write("study.toml", config);
    refused_command(folder, &["run", "study.toml", "--out", "out"], parts)
}

#[track_caller]
fn refused_command(folder: &Folder, arguments: &[&str], parts: &[&str]) -> Ended {
    let before = folder.files();
    let ended = folder.run(arguments).with(2).says(parts);
    assert_eq!(folder.files(), before, "files changed");
    ended
}

#[test]
fn configurations() {
    let folder = Folder::new();
    let cases: [(&str, &str, &[&str]); 14] = [
        (
            "max_steps",
            "max_step",
            &[
                "study.toml",
                "line 18",
                "unknown field `max_step`",
                "did you mean `max_steps`?",
            ],
        ),
        ("[train]", "[trian]", &["line 15", "did you mean `train`?"]),
        (
            r#"["cbr-tiny"]"#,
            r#"["cbr-tinny"]"#,
            &[
                "`grid.model`",
                "unknown network `cbr-tinny`",
                "did you mean `cbr-tiny`?",
            ],
        ),
        (
            r#""transfer""#,
            r#""transfr""#,
            &[
                "line 13",
                "unknown variant `transfr`",
                "did you mean `transfer`?",
            ],
        ),
        (
            r#""transfer""#,
            r#"{ transfuse = "block9" }"#,
            &["`cbr-tiny` has no block `block9`", "stem, block1"],
        ),
        (
            "batch_size = 8",
            "batch_size = \"8\"",
            &[
                "line 17",
                "invalid type: string \"8\"",
                "expected a whole number of at least 0",
            ],
        ),
        (
            "lr = 1e-3",
            "lr = -1",
            &["`train.lr`", "a number above 0", "found -1"],
        ),
        (
            "size = 24",
            "size = 4",
            &["`data.size`", "8 to 1024 pixels", "found 4"],
        ),
        (
            ">=2",
            ">=9",
            &["`data.positive`", "a grade k from 1 to 4", "found `>=9`"],
        ),
        (
            r#"task = "ordinal""#,
            r#"task = "multilabel""#,
            &[
                "`data.task`",
                "\"ordinal\", the task of phantom-fundus",
                "found \"multilabel\"",
            ],
        ),
        (
            "thresholds = [0.7]",
            r#"baseline = "mean-var""#,
            &["`compare.baseline`", "random, transfer", "found `mean-var`"],
        ),
        (
            "seeds = 1",
            "seeds = 1\ntrain_size = [5000]",
            &["`grid.train_size`", "at most 86", "found 5000"],
        ),
        (
            "phantom-fundus",
            "phantom-fundos",
            &[
                "`data.source`",
                "nothing at",
                "did you mean `phantom-fundus`?",
            ],
        ),
        (
            "phantom-fundus",
            "pictures",
            &[
                "`data.source`",
                "a file or folder, relative to the configuration",
                "pictures",
            ],
        ),
    ];
    for (from, to, parts) in cases {
        refused(&folder, &study(&[(from, to)]), parts);
    }
    refused_command(
        &folder,
        &["run", "nothing.toml"],
        &["cannot read configuration nothing.toml"],
    );
    refused_command(
        &folder,
        &["data", "fetch", "retinamnst"],
        &[
            "one of retinamnist",
            "`retinamnst`",
            "did you mean `retinamnist`?",
        ],
    );
}

#[test]
fn networks_and_weights() {
    let folder = Folder::new();
    let weights = "[weights]\ncbr-tiny = \"builtin:cbr-tiny-phantom\"\n";
    refused(
        &folder,
        &study(&[(weights, "")]),
        &[
            "`transfer`",
            "`cbr-tiny`",
            "needs pretrained weights",
            "under [weights]",
        ],
    );
    refused(
        &folder,
        &study(&[
            (weights, ""),
            (r#", "transfer""#, ""),
            (
                r#""cbr-tiny""#,
                r#"{ name = "cbr-larget", padding = "valid" }"#,
            ),
        ]),
        &[
            "`cbr-larget-valid` at 24 pixels",
            "needs at least 3×3 pixels",
            "padding = \"same\"",
        ],
    );
    refused(
        &folder,
        &study(&[("cbr-tiny-phantom", "cbr-tny-phantom")]),
        &[
            "`weights`",
            "builtin:cbr-tiny-phantom",
            "found builtin:cbr-tny-phantom",
        ],
    );
    folder.write("torn.safetensors", [200, 0, 0, 0, 0, 0, 0, 0, b'{']);
    refused(
        &folder,
        &study(&[("builtin:cbr-tiny-phantom", "torn.safetensors")]),
        &["torn.safetensors", "not a whole safetensors file"],
    );

    folder.write(
        "tiny.toml",
        r#"
            model = "cbr-tiny"
            [data]
            source = "phantom-objects"
            size = 16
            count = 200
            [train]
            batch_size = 8
            max_steps = 2
            eval_every = 2
        "#,
    );
    folder.run(&["pretrain", "tiny.toml"]).with(0);
    refused(
        &folder,
        &study(&[
            (r#"["cbr-tiny"]"#, r#"["cbr-small"]"#),
            (
                "cbr-tiny = \"builtin:cbr-tiny-phantom\"",
                "cbr-small = \"tiny.safetensors\"",
            ),
        ]),
        &[
            "do not fit network `cbr-small`",
            "`stem.conv.weight` has shape [32, 3, 5, 5] instead of [32, 3, 7, 7]",
            "choose the network they belong to",
        ],
    );
}

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
        refused(
            &folder,
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
            &[("train_images.npy", npy("(4, 8, 8, 2)", &[9; 512]))],
            &["arrays", "train_images.npy", "found uint8 [4, 8, 8, 2]"],
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
        refused(&folder, &config, parts);
    }
    folder.write("arrays.npz", b"PK\x03\x04 no archive");
    refused(&folder, &config, &["arrays", "not a readable .npz archive"]);

    let outside = [
        ("train_images.npy", images()),
        ("train_labels.npy", labels(&[0, 1, 2, 0])),
    ];
    folder.write("arrays.npz", npz(&outside));
    refused(
        &folder,
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
    refused(
        &folder,
        &config.replace("patient = \"patient\"", "patient = \"patent\""),
        &["table.csv", "no column `patent`", "did you mean `patient`?"],
    );
    refused(
        &folder,
        &config.replace("image_root = \"pictures\"", "image_root = \"scans\""),
        &[
            "table.csv, line 2",
            "no picture",
            "scans",
            "39 more",
            "correct the table, or the folder",
        ],
    );
    refused(
        &folder,
        &config.replace("size = 16", "size = 16\nclasses = [\"benign\", \"normal\"]"),
        &[
            "table.csv, line 3",
            "`malignant` is outside the task",
            "one of benign, normal",
        ],
    );
    folder.write("table.csv", table(&|i| ((i / 4).to_string(), split(i), "")));
    refused(
        &folder,
        &config,
        &[
            "table.csv",
            "patient 0 is in train (line 2) and in validation (line 6)",
            "drop the split column",
        ],
    );
    let only_benign = |i: usize| if split(i) == "test" { "benign" } else { "" };
    folder.write(
        "table.csv",
        table(&|i| (i.to_string(), split(i), only_benign(i))),
    );
    refused(
        &folder,
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
    refused(
        &folder,
        &config,
        &[
            "`data.fractions`",
            "the test partition",
            "too few cases for a variance: 9 positive and 1 negative",
            "collect more, merge classes, or change the split",
        ],
    );
    folder.write("table.csv", good.replace(",0,train\n", ",0,training day\n"));
    refused(
        &folder,
        &config,
        &[
            "table.csv, line 2",
            "train, validation or test",
            "found `training day`",
        ],
    );
    folder.write("nih/nih.csv", "image,patient,Atelectasis\na.png,1,0\n");
    refused(
        &folder,
        NIH,
        &["nih.csv", "no column `Cardiomegaly`", "Atelectasis"],
    );
}

#[test]
fn output_directories() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[("max_steps = 12", "max_steps = 1")]));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    refused(
        &folder,
        &study(&[("max_steps = 12", "max_steps = 2")]),
        &[
            "out already holds the study \"Small\"",
            "differs in [train]",
            "nothing was changed",
            "--out",
        ],
    );
    refused(
        &folder,
        &study(&[
            ("max_steps = 12", "max_steps = 1"),
            ("count = 60", "count = 61"),
        ]),
        &["differs in the pictures or labels"],
    );

    folder.write("letters/mother.txt", "Dear all");
    folder.write("mine/study.toml", "# my own notes\n");
    for foreign in ["letters", "mine"] {
        refused_command(
            &folder,
            &["run", "study.toml", "--out", foreign],
            &[
                foreign,
                "is not empty and holds no study",
                "nothing was changed",
                "--out",
            ],
        );
    }
    refused_command(
        &folder,
        &["status", "letters"],
        &["letters holds no study", "transfusion run"],
    );
    refused_command(&folder, &["report", "letters"], &["letters holds no study"]);

    let plan = String::from_utf8(folder.read("out/plan.json")).expect("UTF-8");
    folder.write(
        "out/plan.json",
        plan.replacen("\"format\": 1", "\"format\": 99", 1),
    );
    for command in ["run", "status", "report"] {
        refused_command(
            &folder,
            &[command, "out"],
            &[
                "out has study format 99",
                "reads up to 1",
                "use a newer transfusion",
            ],
        );
    }
    folder.write("out/plan.json", &plan[..plan.len() / 2]);
    for command in ["run", "status", "report"] {
        refused_command(
            &folder,
            &[command, "out"],
            &["out/plan.json", "changed or cut off"],
        );
    }
}

/// A disk that is full is played by a limit on the size of files: the plan does not fit, then the
/// first weights, then the first checkpoint. With room again, the study goes on to the same end.
#[cfg(unix)]
#[test]
fn full_disk() {
    use std::process::Command;

    let folder = Folder::new();
    folder.write("study.toml", fixture::STUDY);
    folder.run(&["run", "study.toml", "--out", "whole"]).with(0);
    // Blocks of 512 bytes. A run of CBR-Tiny keeps weights of 4.3 MB and checkpoints of 13 MB.
    for (blocks, file) in [(1, "out"), (2000, "checkpoint"), (16_000, "checkpoint")] {
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks} || exit 99; exec {} run study.toml --out out",
            fixture::PROGRAM
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]);
        let ended = fixture::finish(folder.prepare(shell).spawn().expect("a shell"));
        if ended.code == Some(99) {
            println!(
                "skipped: this shell sets no limit on files: {}",
                ended.stderr
            );
            return;
        }
        ended
            .with(2)
            .says(&["cannot write", file, "File too large"]);
    }
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert_eq!(
        folder.read("out/results.json"),
        folder.read("whole/results.json")
    );
}
