//! bfloat16 is taken where it makes the machine faster, and what was chosen stays.

mod fixture;

use std::path::{Path, PathBuf};

use fixture::{Folder, study};
use serde_json::Value;

/// One short run of a network whose convolutions round their products.
fn config(precision: &str) -> String {
    study(&[
        ("[weights]\ncbr-tiny = \"builtin:cbr-tiny-phantom\"\n", ""),
        ("[\"cbr-tiny\"]", "[\"resnet18\"]"),
        ("[\"random\", \"transfer\"]", "[\"random\"]"),
        ("max_steps = 12", "max_steps = 4"),
        (
            "lr = 1e-3",
            &format!("lr = 1e-3\nprecision = \"{precision}\""),
        ),
    ])
}

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// A study with `precision`, and its only run.
fn trained(precision: &str) -> (Folder, PathBuf) {
    let folder = Folder::new();
    folder.write("study.toml", config(precision));
    folder.run(&RUN).with(0);
    let run = folder.runs("out").pop().expect("a run");
    (folder, run)
}

/// The weights of a run.
fn weights(run: &Path) -> Vec<u8> {
    std::fs::read(run.join("model.safetensors")).expect("weights")
}

#[test]
fn the_choice_of_a_study_is_made_once_by_measurement() {
    let folder = Folder::new();
    folder.write("study.toml", config("bf16"));
    if !kernels::Precision::is_native() {
        folder.run(&RUN).with(2).says(&["no bfloat16 products"]);
        return;
    }
    folder.run(&RUN).with(0).says(&["times as fast"]);
    let choices = folder.json("out/precisions.json");
    let [choice] = choices["networks"].as_array().expect("a list").as_slice() else {
        panic!("one network, one choice: {choices}");
    };
    let seconds = |key: &str| choice[key].as_f64().expect("seconds");
    let is_faster = seconds("f32_seconds") > 1.05 * seconds("bf16_seconds");
    let chosen = if is_faster { "bf16" } else { "f32" };
    assert_eq!(choice["precision"], chosen);
    let run = folder.runs("out").pop().expect("a run");
    let timing = std::fs::read(run.join("timing.json")).expect("times");
    let timing: Value = serde_json::from_slice(&timing).expect("JSON");
    assert_eq!(timing["precision"], chosen);

    // Again, with another choice: it is kept, nothing is measured, and nothing told.
    let again = |precision: &str| {
        std::fs::remove_dir_all(&run).expect("a run");
        let mut other = choices.clone();
        other.as_object_mut().expect("keys").remove("seal");
        other["networks"][0]["precision"] = precision.into();
        let path = folder.path("out/precisions.json");
        durable::write_sealed(&path, &other, &durable::Manifest::default()).expect("a file");
        let other = folder.read("out/precisions.json");
        let again = folder.run(&RUN).with(0);
        assert!(!again.stderr.contains("times as fast"), "{}", again.stderr);
        assert_eq!(folder.read("out/precisions.json"), other);
        weights(&run)
    };
    let (_other, single) = trained("f32");
    assert!(again("f32") == weights(&single), "f32 by choice is f32");
    assert!(again("bf16") != weights(&single), "bf16 by choice rounds");
}
