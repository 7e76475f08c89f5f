//! Pretraining without labels, and one network with several weights.

mod fixture;

use fixture::Folder;
use serde_json::Value;

const SIMSIAM: &str = r#"
model = "cbr-tiny"
[data]
source = "phantom-fundus"
task = "ordinal"
size = 24
count = 60
augment = { flip_horizontal = true, brightness = 0.4 }
normalise = "data"
[pretrain]
method = "simsiam"
outputs = 32
bottleneck = 8
area = [0.5, 1]
[train]
optimizer = "sgd"
lr = 0.05
batch_size = 8
max_steps = 8
eval_every = 4
"#;

const STUDY: &str = r#"
title = "Sources"
[data]
source = "phantom-fundus"
task = "ordinal"
positive = ">=2"
size = 24
count = 60
[weights]
cbr-tiny-from-objects = "builtin:cbr-tiny-phantom"
cbr-tiny-from-own = "own.safetensors"
[grid]
model = [{ name = "cbr-tiny", from = "objects" }, { name = "cbr-tiny", from = "own" }]
init = ["random", "transfer"]
seeds = 1
[train]
lr = 1e-3
batch_size = 8
max_steps = 4
eval_every = 4
[probe]
methods = []
scores = ["logme", "leep"]
"#;

#[test]
fn weights_without_labels_are_one_of_two_sources() {
    let folder = Folder::new();
    folder.write("own.toml", SIMSIAM);
    let command = ["pretrain", "own.toml", "--out", "own", "--json"];
    let told = folder
        .run(&command)
        .with(0)
        .says(&["step 0 of 8", "step 8 of 8: loss"]);
    let card = folder.json("own.json");
    let learned = &card["without_labels"];
    assert_eq!(told.json()["without_labels"], *learned);
    assert_eq!(learned["method"], "simsiam");
    assert_eq!(learned["steps"], 8);
    assert_eq!(learned["is_collapsed"], false, "{learned}");
    for (key, range) in [
        ("loss", -1.0..1.0),
        ("spread", 0.1..1.5),
        ("neighbours", 0.0..1.01),
    ] {
        let found = learned[key].as_f64().expect(key);
        assert!(range.contains(&found), "{key}: {found}");
    }
    assert!(card["top1"].is_null() && card["classes"] == 0);
    // The same again, and from the finished one the same file.
    let first = folder.read("own.safetensors");
    folder.run(&command).with(0);
    assert!(folder.read("own.safetensors") == first);
    folder
        .run(&["pretrain", "own.toml", "--out", "again"])
        .with(0);
    assert!(folder.read("own.safetensors") == first);

    folder.write("study.toml", STUDY);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    let labels = |key: &str| -> Vec<Value> {
        let all = results[key].as_array().expect(key).iter();
        all.map(|one| one["model"].clone()).collect()
    };
    let [objects, own] = ["cbr-tiny-from-objects", "cbr-tiny-from-own"];
    assert_eq!(labels("arms"), [objects, objects, own, own]);
    // What was learned without labels has no head that LEEP could read.
    let scores = results["transferability"]["scores"]
        .as_array()
        .expect("scores");
    let leep = |model: &str| {
        let is_it =
            |s: &&Value| s["score"] == "leep" && s["model"] == model && s["init"] == "transfer";
        scores.iter().find(is_it).expect("a score")
    };
    assert!(leep(objects)["value"].is_number());
    let own = leep(own);
    assert!(own["value"].is_null() && own["reason"].is_string(), "{own}");
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = Folder::new();
    for (from, to, parts) in [
        ("\"simsiam\"", "\"simsiem\"", &["simsiem", "simsiam"][..]),
        ("bottleneck", "botleneck", &["botleneck"]),
        ("area = [0.5, 1]", "area = [0.0, 1]", &["pretrain.area"]),
        (
            "max_steps = 8",
            "max_steps = 8\npatience = 2",
            &["train.patience"],
        ),
        ("size = 24", "size = [24, 32]", &["square"]),
        (
            "model = \"cbr-tiny\"",
            "model = \"cbr-tinny\"",
            &["cbr-tiny"],
        ),
    ] {
        folder.write("own.toml", SIMSIAM.replace(from, to));
        folder.run(&["pretrain", "own.toml"]).with(2).says(parts);
    }
    folder.write(
        "study.toml",
        STUDY.replace("from = \"own\"", "from = \"My own\""),
    );
    folder
        .run(&["plan", "study.toml"])
        .with(2)
        .says(&["small letters"]);
}
