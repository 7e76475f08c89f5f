//! bfloat16 is taken where it makes the machine faster, and what was chosen stays.

mod fixture;

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

/// The weights of the only run of a study with `precision`, where `choice` was made before.
fn weights(precision: &str, choice: Option<&Value>) -> Vec<u8> {
    let folder = Folder::new();
    folder.write("study.toml", config(precision));
    folder.run(&["plan", "study.toml"]).with(0);
    if let Some(choice) = choice {
        // A study that is interrupted before its first step.
        folder.write("out/precisions.json", choice.to_string());
    }
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let run = folder.runs("out").pop().expect("a run");
    std::fs::read(run.join("model.safetensors")).expect("weights")
}

#[test]
fn the_choice_of_a_study_is_made_once_by_measurement() {
    let folder = Folder::new();
    folder.write("study.toml", config("bf16"));
    let run = ["run", "study.toml", "--out", "out"];
    if !kernels::Precision::is_native() {
        folder.run(&run).with(2).says(&["no bfloat16 products"]);
        return;
    }
    folder.run(&run).with(0).says(&["times as fast"]);
    let choices = folder.json("out/precisions.json");
    let [choice] = choices.as_array().expect("a list").as_slice() else {
        panic!("one network, one choice: {choices}");
    };
    let seconds = |key: &str| choice[key].as_f64().expect("seconds");
    let is_faster = seconds("f32_seconds") > 1.05 * seconds("bf16_seconds");
    let chosen = if is_faster { "bf16" } else { "f32" };
    assert_eq!(choice["precision"], chosen);
    let record = folder.runs("out").pop().expect("a run");
    let timing = std::fs::read(record.join("timing.json")).expect("times");
    let timing: Value = serde_json::from_slice(&timing).expect("JSON");
    assert_eq!(timing["precision"], chosen);
    // Again, with work to do: nothing is measured, and nothing is told.
    std::fs::remove_dir_all(&record).expect("a run");
    let again = folder.run(&run).with(0);
    assert!(!again.stderr.contains("times as fast"), "{}", again.stderr);
    assert_eq!(folder.json("out/precisions.json"), choices);

    let forced = |precision: &str| {
        let mut choices = choices.clone();
        choices[0]["precision"] = precision.into();
        choices
    };
    let single = weights("f32", None);
    let chosen_single = weights("bf16", Some(&forced("f32")));
    let chosen_half = weights("bf16", Some(&forced("bf16")));
    assert!(single == chosen_single, "f32 by choice is f32");
    assert!(single != chosen_half, "bf16 by choice rounds");
}
