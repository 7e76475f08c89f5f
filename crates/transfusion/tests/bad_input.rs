//! Whatever is wrong with what a user brings, the program ends with exit code 2 and a message that
//! says where, what was expected, what was found and what to do; nothing is lost or overwritten.

mod fixture;

use fixture::{Folder, study};

#[test]
fn configurations() {
    let folder = Folder::new();
    let cases: [(&str, &str, &[&str]); 16] = [
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
            "count = 60",
            "patient = \"id\"",
            &[
                "`data.patient`",
                "is a folder of class folders or a table",
                "`phantom-fundus`, drawn pictures; remove the key",
            ],
        ),
        (
            "count = 60",
            "patiant = \"id\"",
            &["unknown field `patiant`", "did you mean `patient`?"],
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
        folder.refuses(&study(&[(from, to)]), parts);
    }
    // The kind of a known data set is that of its file.
    folder.write("data/cifar10/train/cat/1.png", []);
    folder.refuses(
        &study(&[("phantom-fundus", "cifar10")]),
        &["`data.count`", "`cifar10`, a folder of class folders"],
    );
    folder.refuses_command(
        &["run", "nothing.toml"],
        &["cannot read configuration nothing.toml"],
    );
    folder.refuses_command(
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
    folder.refuses(
        &study(&[(weights, "")]),
        &[
            "`transfer`",
            "`cbr-tiny`",
            "needs pretrained weights",
            "under [weights]",
        ],
    );
    folder.refuses(
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
    folder.refuses(
        &study(&[("cbr-tiny-phantom", "cbr-tny-phantom")]),
        &[
            "`weights`",
            "builtin:cbr-tiny-phantom",
            "found builtin:cbr-tny-phantom",
        ],
    );
    folder.write("torn.safetensors", [200, 0, 0, 0, 0, 0, 0, 0, b'{']);
    folder.refuses(
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
    folder.refuses(
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

#[test]
fn output_directories() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[("max_steps = 12", "max_steps = 1")]));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let plan = folder.read("out/plan.json");
    folder.refuses(
        &study(&[
            ("max_steps = 12", "max_steps = 1"),
            ("count = 60", "count = 61\nsplit_seed = 1"),
        ]),
        &[
            "out already holds the study \"Small\"",
            "differs in `data.count` (60 there, 61 here), `data.split_seed` (not set there, 1 here)",
            "nothing was changed",
            "--out",
        ],
    );
    assert_eq!(folder.read("out/plan.json"), plan);

    folder.write("letters/mother.txt", "Dear all");
    folder.write("mine/study.toml", "# my own notes\n");
    for foreign in ["letters", "mine"] {
        folder.refuses_command(
            &["run", "study.toml", "--out", foreign],
            &[
                foreign,
                "is not empty and holds no study",
                "nothing was changed",
                "--out",
            ],
        );
    }
    folder.refuses_command(
        &["status", "letters"],
        &["letters holds no study", "transfusion run"],
    );
    folder.refuses_command(&["report", "letters"], &["letters holds no study"]);

    let plan = String::from_utf8(folder.read("out/plan.json")).expect("UTF-8");
    folder.write(
        "out/plan.json",
        plan.replacen("\"format\": 4", "\"format\": 99", 1),
    );
    for command in ["run", "status", "report"] {
        folder.refuses_command(
            &[command, "out"],
            &[
                "out has study format 99",
                "reads format 4",
                "run its study.toml into a new directory",
            ],
        );
    }
    folder.write("out/plan.json", &plan[..plan.len() / 2]);
    for command in ["run", "status", "report"] {
        let ended = folder.run(&[command, "out"]).with(1);
        ended.says(&[
            "out/plan.json",
            "changed, cut off or lost",
            "transfusion repair",
        ]);
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
