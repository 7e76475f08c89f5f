//! Weights in, models out: `weights inspect`, `weights convert`, `export`, `predict`, and studies
//! that adapt weights.

mod fixture;

use std::path::Path;

use fixture::{Folder, class_folders, study};
use serde_json::Value;

/// A study of the coloured pictures of [`class_folders`], whose files `predict` can read again.
const PICTURES: &str = r#"
title = "Pictures"
[data]
source = "pictures"
size = 16
[grid]
model = ["cbr-tiny", { name = "resnet18", stem = "small" }]
init = ["random"]
seeds = 1
[train]
batch_size = 8
max_steps = 4
eval_every = 2
"#;

const BUILTIN: &str = "builtin:cbr-tiny-phantom";

fn run_path(folder: &Folder, index: usize) -> String {
    folder.runs("out")[index].display().to_string()
}

/// Image ─▶ what a CSV of predictions says of it.
fn rows(text: &str) -> Vec<csv::StringRecord> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    table.records().map(|r| r.expect("a row")).collect()
}

#[test]
fn an_exported_model_predicts_what_the_run_did() {
    let folder = Folder::new();
    class_folders(&folder);
    folder.write("study.toml", PICTURES);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    for index in 0..2 {
        let (run, to) = (run_path(&folder, index), format!("exported{index}"));
        folder.run(&["export", &run, "--to", &to]).with(0);
        let metadata = folder.json(&format!("{to}/metadata.json"));
        assert!(metadata["test"]["auc"]["low"].is_number());
        for name in ["model.safetensors", "model.onnx"] {
            assert_eq!(metadata["sha256"][name].as_str().map(str::len), Some(64));
        }
        let card = String::from_utf8(folder.read(&format!("{to}/MODEL_CARD.md"))).expect("text");
        assert!(
            card.contains("Research use only") && card.contains("95% interval"),
            "{card}"
        );

        // The model, and the run itself, say of the test pictures what the record holds.
        let recorded = std::fs::read_to_string(Path::new(&run).join("predictions.csv"));
        let recorded: Vec<_> = rows(&recorded.expect("predictions"))
            .into_iter()
            .filter(|row| &row[0] == "test")
            .collect();
        assert!(!recorded.is_empty());
        for model in [to.as_str(), run.as_str()] {
            let mut arguments = vec!["predict".to_string(), model.into()];
            arguments.extend(recorded.iter().map(|row| format!("pictures/{}", &row[1])));
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let found = rows(&folder.run(&arguments).with(0).stdout);
            assert_eq!(found.len(), recorded.len());
            for (found, recorded) in found.iter().zip(&recorded) {
                for (a, b) in found.iter().skip(2).zip(recorded.iter().skip(4)) {
                    let [a, b] = [a, b].map(|p| p.parse::<f64>().expect("a probability"));
                    assert!((a - b).abs() < 1e-6, "{a} and not {b}");
                }
            }
        }
        // Nothing is overwritten.
        folder.refuses_command(&["export", &run, "--to", &to], &["already holds something"]);
    }
    folder.refuses_command(
        &["export", "out", "--to", "x"],
        &["is a study", "name one of its runs"],
    );
    folder.refuses_command(
        &["export", "pictures", "--to", "x"],
        &["expected the directory"],
    );
}

#[test]
fn bad_pictures_are_named_and_left_out() {
    let folder = Folder::new();
    class_folders(&folder);
    folder.write("pictures/broken.png", "no picture");
    let all = [
        "predict",
        BUILTIN,
        "pictures",
        "missing.png",
        "--format",
        "jsonl",
    ];
    let ended = folder
        .run(&all)
        .with(1)
        .says(&["broken.png", "missing.png", "2 of"]);
    let lines: Vec<Value> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert!(lines.len() >= 4);
    for line in &lines {
        let probabilities = line["probabilities"].as_object().expect("probabilities");
        let sum: f64 = probabilities.values().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{line}");
    }
    // A table names the same pictures.
    let first = lines[0]["image"].as_str().expect("a name");
    folder.write("table.csv", format!("file\n{first}\n"));
    let table = [
        "predict",
        BUILTIN,
        "table.csv",
        "--image-column",
        "file",
        "--top",
        "2",
    ];
    let found = rows(&folder.run(&table).with(0).stdout);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (&found[0][0], &found[0][1], &found[1][1]),
        (first, "1", "2")
    );
    folder.refuses_command(
        &["predict", BUILTIN, "table.csv"],
        &["expected a column `image`"],
    );
    folder.refuses_command(
        &["predict", "resnet50-kreas", first],
        &["did you mean `resnet50-keras`"],
    );
    folder.refuses_command(
        &["predict", "resnet18-v1", first],
        &["weights fetch resnet18-v1"],
    );
    folder.write("empty/readme.txt", "");
    folder.refuses_command(&["predict", BUILTIN, "empty"], &["no picture found"]);
}

#[test]
fn converted_weights_say_what_they_are() {
    let folder = Folder::new();
    let convert = ["weights", "convert", BUILTIN, "--to", "w.safetensors"];
    folder.run(&convert).with(0);
    folder.refuses_command(&convert, &["exists already"]);
    let inspected = folder
        .run(&["weights", "inspect", "w.safetensors", "--json"])
        .with(0)
        .json();
    assert_eq!(inspected["fits"][0]["network"], "cbr-tiny");
    assert_eq!(
        inspected["fits"][0]["missing"].as_array().map(Vec::len),
        Some(0)
    );
    assert_eq!(inspected["tensors"].as_array().map(Vec::len), Some(22));
    let text = folder
        .run(&["weights", "inspect", "w.safetensors"])
        .with(0)
        .stdout;
    assert!(text.contains("fits cbr-tiny"), "{text}");
    folder.refuses_command(
        &[
            "weights",
            "convert",
            "w.safetensors",
            "--to",
            "x",
            "--network",
            "resnet18",
        ],
        &["none of the file's 22 tensors", "they fit `cbr-tiny`"],
    );
    folder.write("junk.pth", "no weights at all, but longer than a header");
    folder.refuses_command(&["weights", "inspect", "junk.pth"], &["junk.pth"]);
}

/// Weights of three channels serve grey pictures, summed or repeated, and the record says so; a
/// study that scales pixels otherwise is told.
#[test]
fn weights_are_adapted_to_grey_pictures() {
    let folder = Folder::new();
    let channels = |adapt: &str| {
        let grey = format!("size = 24\nchannels = 1\nadapt = \"{adapt}\"");
        study(&[("size = 24", grey.as_str())])
    };
    for (adapt, how) in [("sum", "summed"), ("repeat", "repeated")] {
        let out = format!("out-{adapt}");
        folder.write("study.toml", channels(adapt));
        folder.run(&["run", "study.toml", "--out", &out]).with(0);
        let transfer = &folder.runs(&out)[1];
        let matches = std::fs::read(transfer.join("match.json")).expect("a match report");
        let matches: Value = serde_json::from_slice(&matches).expect("JSON");
        assert_eq!(
            (&matches["adapted"], &matches["unexpected"]),
            (&1.into(), &Value::Array(vec![]))
        );
        assert_eq!(matches["tensors"][0]["action"]["adapted"]["how"], how);
    }
    folder.refuses(&channels("replicate"), &["data.adapt", "replicate"]);
    let own = study(&[("size = 24", "size = 24\nnormalise = \"data\"")]);
    folder.write("study.toml", own);
    let told = folder.run(&["plan", "study.toml"]).with(0);
    told.says(&[
        "warning: pixels of `cbr-tiny`",
        "its weights were trained with",
    ]);
}

/// A tensor too many is an error unless the study allows it.
#[test]
fn unexpected_tensors_have_to_be_allowed() {
    let folder = Folder::new();
    folder
        .run(&["weights", "convert", BUILTIN, "--to", "w.safetensors"])
        .with(0);
    let bytes = folder.read("w.safetensors");
    let length = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length])
        .expect("text")
        .trim_end();
    let extra = format!(
        "{},\"extra.weight\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{n},{}]}}}}",
        &header[..header.len() - 1],
        bytes.len() - 8 - length + 4,
        n = bytes.len() - 8 - length,
    );
    let mut changed = (extra.len() as u64).to_le_bytes().to_vec();
    changed.extend(extra.as_bytes());
    changed.extend(&bytes[8 + length..]);
    changed.extend([0; 4]);
    folder.write("extra.safetensors", changed);
    let plain = study(&[("\"builtin:cbr-tiny-phantom\"", "\"extra.safetensors\"")]);
    folder.refuses(
        &plain,
        &["`extra.weight` is unexpected", "allow_unexpected"],
    );
    let allowed = study(&[(
        "\"builtin:cbr-tiny-phantom\"",
        "{ file = \"extra.safetensors\", allow_unexpected = [\"extra.*\"] }",
    )]);
    folder.write("study.toml", allowed);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let matches = std::fs::read(folder.runs("out")[1].join("match.json")).expect("a report");
    let matches: Value = serde_json::from_slice(&matches).expect("JSON");
    assert_eq!(matches["unexpected"], serde_json::json!(["extra.weight"]));
}
